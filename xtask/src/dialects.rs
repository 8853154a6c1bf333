//! Clients of other systems, from their registries and unmodified, against a running server with its dialects.

mod client;
mod record;
mod recorder;

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use recordings::UNRECORDED;

use crate::{
    build::Mode,
    database::{self, Sibling},
    openapi, process,
    program::Program,
    report::seconds,
    server::{self, Server},
    workspace::Workspace,
};
use client::{Client, Outcome};

/// Number of users in the database.
const USERS: u64 = 10;
/// Seed of the demo users, the same in each run.
const USERS_SEED: u64 = 1;
/// Key of the operator for LiteLLM's clients, used in this test only.
pub(crate) const MASTER_KEY: &str = "sk-rollcall-dialects-test-key";
/// Settings without which the test suites of some clients cannot run: they expect that passwords given at creation sign in, and use
/// common ones.
const SETTINGS: [(&str, &str); 5] = [
    ("ADMIN_SET_PASSWORDS", "lasting"),
    ("PASSWORD_CHECK", "off"),
    ("ALLOW_REGISTRATION", "true"),
    (
        "API_KEY_ENCRYPTION_KEY",
        "6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d",
    ),
    ("LITELLM_MASTER_KEY", MASTER_KEY),
];
/// Email address of the user `admin`, with which some clients sign in.
const ADMIN_EMAIL: &str = "admin@example.org";
/// Password of the only user, who is the same in each recording and when it is replayed.
const RECORDED_PASSWORD: &str = "recorded-password-of-the-admin";

/// Options of `cargo xtask dialects`.
#[derive(Args)]
pub(crate) struct DialectsArgs {
    /// Run only the client in this folder of `crates/dialects/clients`.
    client: Option<String>,
    /// Record the conversation of each client, for the tests that replay it.
    #[arg(long)]
    record: bool,
}

/// Where the clients find the server, and the credentials that they use.
pub(crate) struct Access {
    /// URL of the panel.
    pub(crate) panel: String,
    /// Addresses of the dialects, by name.
    pub(crate) dialects: BTreeMap<String, SocketAddr>,
    admin_email: String,
    pub(crate) admin_password: String,
    /// Access token of the user `admin`.
    pub(crate) admin_token: String,
}

/// Runs the clients and prints a table of their results. Returns success only if every check of every client succeeded.
pub(crate) fn dialects(workspace: &Workspace, args: &DialectsArgs) -> Result<ExitCode> {
    let mut clients = Client::list(&workspace.root.join(recordings::CLIENTS))?;
    clients.retain(|client| {
        let is_named = args.client.as_ref().is_none_or(|name| client.name == *name);
        is_named && !(args.record && UNRECORDED.contains(&&*client.name))
    });
    if clients.is_empty() {
        bail!("{} has no such client", recordings::CLIENTS);
    }
    let folder = workspace.cache().join("dialects");
    fs::create_dir_all(&folder)?;
    // The same modes as in the browser tests, so that nothing is compiled again after them.
    let program = Program::build_halves(workspace, Mode::Release, Mode::Dev, &folder)?;
    let url = database::url(workspace)?;
    let outcomes = if args.record {
        record_all(workspace, &program, &url, &clients)?
    } else {
        let name = format!("rollcall_dialects_{}", std::process::id());
        let database = Sibling::new(workspace, &url, &name);
        database.create()?;
        let outcomes = run_all(workspace, &program, &database, &clients);
        database.remove()?;
        outcomes?
    };
    print(&clients, &outcomes, &folder);
    Ok(if outcomes.iter().all(Outcome::is_success) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the program with the settings of the clients and an address for each dialect, and these addresses by the names of the dialects.
fn configured<'n>(
    program: &Program,
    dialects: impl IntoIterator<Item = &'n str>,
) -> Result<(Program, BTreeMap<String, SocketAddr>)> {
    let mut addresses = BTreeMap::new();
    for dialect in dialects {
        addresses.insert(dialect.to_owned(), server::free_address()?);
    }
    let mut program = SETTINGS
        .into_iter()
        .fold(program.clone(), |program, (name, value)| {
            program.with(name, value)
        });
    for (dialect, address) in &addresses {
        let setting = format!("{}_ADDR", dialect.to_uppercase());
        program = program.with(setting, address.to_string());
    }
    Ok((program, addresses))
}

/// Starts a server on an empty database, which gets few users, with an address for each dialect.
pub(crate) fn start<'n>(
    workspace: &Workspace,
    program: &Program,
    database: &Sibling<'_>,
    dialects: impl IntoIterator<Item = &'n str>,
) -> Result<(Server, Access)> {
    let (program, dialects) = configured(program, dialects)?;
    let url = database.url();
    let admin_password = program.fill(&url, USERS, USERS_SEED)?;
    let admin_token = program.issue_token(&url, "dialects", &openapi::scopes(workspace)?)?;
    let set_email = format!("update users set email = '{ADMIN_EMAIL}' where username = 'admin'");
    database.query(&set_email)?;
    let server = Server::start(&program, &url)?;
    let access = Access {
        panel: server.base.clone(),
        dialects,
        admin_email: ADMIN_EMAIL.to_owned(),
        admin_password,
        admin_token,
    };
    Ok((server, access))
}

/// Starts a server as it is recorded: on an empty database, which gets the user `admin`, with an address for one dialect. The scopes of the
/// access token are separated by commas.
pub(crate) fn start_alone(
    program: &Program,
    database: &Sibling<'_>,
    dialect: &str,
    scopes: &str,
) -> Result<(Server, Access)> {
    let (program, dialects) = configured(program, [dialect])?;
    let url = database.url();
    process::run(program.command(&url).arg("migrate"))?;
    let create = ["user", "create", "--username", "admin", "--name", "Admin"];
    let with = [
        "--roles",
        "admin",
        "--email",
        ADMIN_EMAIL,
        "--password",
        RECORDED_PASSWORD,
    ];
    process::run(program.command(&url).args(create).args(with))?;
    let admin_token = program.issue_token(&url, "dialects", scopes)?;
    let server = Server::start(&program, &url)?;
    let access = Access {
        panel: server.base.clone(),
        dialects,
        admin_email: ADMIN_EMAIL.to_owned(),
        admin_password: RECORDED_PASSWORD.to_owned(),
        admin_token,
    };
    Ok((server, access))
}

/// Runs the clients one after the other on one server.
fn run_all(
    workspace: &Workspace,
    program: &Program,
    database: &Sibling<'_>,
    clients: &[Client],
) -> Result<Vec<Outcome>> {
    let dialects = clients.iter().map(Client::dialect);
    let (server, access) = start(workspace, program, database, dialects)?;
    let mut outcomes = Vec::new();
    for client in clients {
        println!("\n{}", client.name);
        outcomes.push(client.run(workspace, &access, &program.folder)?);
    }
    server.stop()?;
    Ok(outcomes)
}

/// Records the clients, one after the other.
fn record_all(
    workspace: &Workspace,
    program: &Program,
    url: &str,
    clients: &[Client],
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for client in clients {
        println!("\n{}", client.name);
        outcomes.push(record::record(workspace, program, url, client)?);
    }
    Ok(outcomes)
}

/// Prints a line for each client, and the checks that failed.
fn print(clients: &[Client], outcomes: &[Outcome], folder: &Path) {
    let widest = clients.iter().map(|client| client.name.len()).max();
    let width = widest.unwrap_or_default();
    println!("\n{:width$}  result    checks  failed      time", "client");
    for (client, outcome) in clients.iter().zip(outcomes) {
        println!(
            "{:width$}  {:8}  {:6}  {:6}  {:>8}",
            client.name,
            if outcome.is_success() { "ok" } else { "FAILED" },
            outcome.checks(),
            outcome.failed.len(),
            seconds(outcome.time),
        );
    }
    for (client, outcome) in clients.iter().zip(outcomes) {
        for check in &outcome.failed {
            println!("{}: {check}", client.name);
        }
    }
    if !outcomes.iter().all(Outcome::is_success) {
        println!("Logs: {}", folder.display());
    }
}
