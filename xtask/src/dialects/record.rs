//! Recording the conversations of clients, each with a server of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, bail};
use recordings::{Address, Exchange, Recording, Scrubber};

use super::{
    Access, MASTER_KEY,
    client::{Client, Outcome},
    recorder::Recorder,
    start_alone,
};
use crate::{database::Sibling, openapi, program::Program, workspace::Workspace};

/// Runs a client through proxies, on an empty database with the user `admin`. If its checks succeed, stores its conversation beside its
/// script.
pub(super) fn record(
    workspace: &Workspace,
    program: &Program,
    url: &str,
    client: &Client,
) -> Result<Outcome> {
    let name = format!("rollcall_recording_{}", std::process::id());
    let database = Sibling::new(workspace, url, &name);
    database.create()?;
    let outcome = on_database(workspace, program, &database, client);
    database.remove()?;
    outcome
}

fn on_database(
    workspace: &Workspace,
    program: &Program,
    database: &Sibling<'_>,
    client: &Client,
) -> Result<Outcome> {
    let scopes = openapi::scopes(workspace)?;
    let (server, direct) = start_alone(program, database, client.dialect(), &scopes)?;
    let recorder = Recorder::default();
    let panel = recorder.listen(Address::Panel, server.address)?;
    let mut dialects = BTreeMap::new();
    for (name, address) in &direct.dialects {
        let proxy = recorder.listen(Address::Dialect, *address)?;
        dialects.insert(name.clone(), proxy);
    }
    let access = Access {
        panel: format!("http://{panel}"),
        dialects,
        ..direct
    };
    let outcome = client.run(workspace, &access, &program.folder)?;
    let base = server.base.clone();
    server.stop()?;
    let exchanges = recorder.take()?;
    if outcome.is_success() {
        let secrets = [
            ("master_key", MASTER_KEY),
            ("admin_password", access.admin_password.as_str()),
            ("admin_token", access.admin_token.as_str()),
            ("panel_url", base.as_str()),
        ];
        let scopes = scopes.split(',').map(str::to_owned).collect();
        store(
            &client.folder.join(recordings::FILE),
            scopes,
            exchanges,
            &secrets,
        )?;
    }
    Ok(outcome)
}

/// Writes a recording.
///
/// # Errors
/// It would contain a secret.
fn store(
    file: &Path,
    scopes: Vec<String>,
    exchanges: Vec<Exchange>,
    secrets: &[(&str, &str)],
) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    let mut scrubber = Scrubber::new(secrets, now);
    let exchanges: Vec<Exchange> = exchanges
        .into_iter()
        .map(|exchange| scrubber.scrub(exchange))
        .collect();
    println!("{} exchanges: {}", exchanges.len(), file.display());
    let text = serde_json::to_string_pretty(&Recording { scopes, exchanges })?;
    for (name, secret) in secrets {
        if text.contains(secret) {
            bail!("{} would contain {name}", file.display());
        }
    }
    fs::write(file, text + "\n")?;
    Ok(())
}
