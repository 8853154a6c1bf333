//! API tests generated from the OpenAPI description: no response may be 5xx or differ from the description. Before them, recorded requests to
//! the dialects, and after them altered ones.

mod conversation;
mod dialects;
mod mutation;
mod replay;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Error, Result, bail};
use clap::Args;
use serde_json::json;
use ureq::http::Method;

use crate::{
    build::Mode,
    client::{self, Call, Client},
    database::{self, Sibling},
    fingerprint::Fingerprint,
    openapi, process,
    program::Program,
    server::Server,
    steps,
    workspace::Workspace,
};
use dialects::Plan;

/// Folder with the requirements and the configuration of schemathesis.
const FOLDER: &str = "fuzz";
/// Number of users in the database.
const USERS: u64 = 50;
/// Seed of the demo users, the same in each run.
const USERS_SEED: u64 = 1;
/// Encryption key for provider API keys, used in this test only.
const ENCRYPTION_KEY: &str = "5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c";
/// Event stream, excluded because it never ends.
const STREAM: &str = "/api/admin/sessions/events";

/// Timeout of the requests after the run.
const PATIENCE: Duration = Duration::from_secs(10);

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub(crate) struct FuzzArgs {
    /// Duration in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Repeat the run with this seed, which it has printed.
    #[arg(long)]
    seed: Option<u64>,
}

/// Tests the API for eight tenths of the given time and the dialects for the rest, with other requests in each run unless a seed is given.
pub(crate) fn fuzz(workspace: &Workspace, args: &FuzzArgs) -> Result<()> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = args
        .seed
        .unwrap_or_else(|| now().map_or(0, |now| now.as_secs()));
    println!("seed {seed}");
    // Once for altered requests and once for generated ones.
    let of_dialects = args.seconds / 10;
    let seconds = (args.seconds - 2 * of_dialects).to_string();
    let seed_text = seed.to_string();
    let settings = [
        "--phases",
        "coverage,fuzzing,stateful",
        "--max-time",
        &seconds,
        "--seed",
        &seed_text,
    ];
    let time = Duration::from_secs(of_dialects);
    run(workspace, &settings, &Plan { seed, time })
}

/// Tests the API with the same requests in each run, so that results depend only on the code.
pub(crate) fn a_minute(workspace: &Workspace) -> Result<()> {
    let settings = [
        "--phases",
        "coverage,fuzzing",
        "--seed",
        "1",
        "--max-examples",
        "10",
    ];
    let time = Duration::ZERO;
    run(workspace, &settings, &Plan { seed: 1, time })
}

fn run(workspace: &Workspace, settings: &[&str], plan: &Plan) -> Result<()> {
    let schemathesis = install(workspace)?;
    let folder = workspace.cache().join(FOLDER);
    fs::create_dir_all(&folder)?;
    // The same modes as in the browser tests, so that nothing is compiled again after them.
    let program = Program::build_halves(workspace, Mode::Release, Mode::Dev, &folder)?;
    let recordings = recordings::list(&workspace.root).map_err(Error::msg)?;
    for (client, recording) in &recordings {
        on_database(workspace, |database| {
            replay::run(&program, database, client, recording)
        })?;
    }
    on_database(workspace, |database| {
        against(
            workspace,
            &schemathesis,
            program.clone(),
            database,
            settings,
        )
    })?;
    on_database(workspace, |database| {
        let sent = (recordings.as_slice(), plan);
        dialects::run(workspace, &schemathesis, &program, database, sent)
    })
}

/// Runs tests on an empty database.
fn on_database(
    workspace: &Workspace,
    tests: impl FnOnce(&Sibling<'_>) -> Result<()>,
) -> Result<()> {
    let url = database::url(workspace)?;
    let name = format!("rollcall_fuzz_{}", std::process::id());
    let database = Sibling::new(workspace, &url, &name);
    database.create()?;
    let done = tests(&database);
    database.remove()?;
    done
}

fn against(
    workspace: &Workspace,
    schemathesis: &Path,
    program: Program,
    database: &Sibling<'_>,
    settings: &[&str],
) -> Result<()> {
    let program = program
        .with("API_KEY_ENCRYPTION_KEY", ENCRYPTION_KEY)
        .with("API_RATE_LIMIT", "0")
        .with("ALLOW_REGISTRATION", "true");
    let password = program.fill(&database.url(), USERS, USERS_SEED)?;
    let scopes = openapi::scopes(workspace)?;
    let token = program.issue_token(&database.url(), "fuzz", &scopes)?;
    let server = Server::start(&program, &database.url())?;
    let tried = try_all(
        workspace,
        schemathesis,
        &server.base,
        &token,
        &password,
        settings,
    );
    server.stop_after(&program, tried)
}

/// Sends the requests. Each operation is tested with the authentication that its description names: access token,
/// session or none.
fn try_all(
    workspace: &Workspace,
    schemathesis: &Path,
    base: &str,
    token: &str,
    password: &str,
    settings: &[&str],
) -> Result<()> {
    let client = Client::new(base, "rollcall-xtask", PATIENCE);
    let cookie = sign_in(&client, password)?;
    let (_, session) = cookie.split_once('=').context("a cookie without a value")?;
    process::run(
        Command::new(schemathesis)
            .current_dir(workspace.root.join(FOLDER))
            .env("ROLLCALL_TOKEN", token)
            .env("ROLLCALL_SESSION", session)
            .arg("run")
            .arg(format!("{base}/api/openapi.json"))
            .args(["--exclude-path", STREAM])
            .args(["--continue-on-failure", "--no-color"])
            .args(settings),
    )?;
    let me = Call::get("/api/auth/me");
    let with_token = Call {
        token: Some(token),
        ..Call::get("/api/auth/me")
    };
    let signed_in = Call {
        cookie: Some(&cookie),
        ..me
    };
    for call in [with_token, signed_in] {
        if client.send(&call)?.status() != 200 {
            bail!(
                "the token or the session was no longer valid at the end, so most requests were denied"
            );
        }
    }
    Ok(())
}

/// Signs in as `admin` and returns the cookie.
fn sign_in(client: &Client, password: &str) -> Result<String> {
    let body = json!({ "username": "admin", "password": password });
    let answer = client.send(&Call {
        method: Method::POST,
        body: Some(&body),
        ..Call::get("/api/auth/login")
    })?;
    let cookie = client::cookie(&answer).context("signing in failed")?;
    Ok(cookie.to_owned())
}

/// Installs schemathesis in a virtual environment unless it matches the list of packages. Returns the program.
fn install(workspace: &Workspace) -> Result<PathBuf> {
    let list = workspace.root.join(FOLDER).join("requirements.txt");
    let mut key = Fingerprint::new(&[]);
    key.add_file(&list)?;
    let home = workspace
        .tools()
        .join(format!("schemathesis-{}", key.finish()));
    let program = home.join("bin/schemathesis");
    // Written last, so that an interrupted installation is repeated.
    let stamp = home.join(".complete");
    if stamp.exists() {
        return Ok(program);
    }
    let step = steps::SCHEMATHESIS.start(workspace);
    process::output(
        workspace
            .command("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )?;
    let mut pip = workspace.command(home.join("bin/pip"));
    pip.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    process::output(pip.arg(&list))?;
    fs::write(stamp, "")?;
    step.finish();
    Ok(program)
}
