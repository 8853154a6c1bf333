//! The database of demo people, made once and kept for the next runs.

use std::time::Instant;

use anyhow::{Result, anyhow};

use super::{
    client::USER_AGENT,
    plan::{PeopleSettings, Size, Words},
};
use crate::{
    database::Sibling, fingerprint::Fingerprint, process, program::Program, report,
    workspace::Workspace,
};

/// What the people depend on beside the settings: the schema, the generator, and what is done to them afterwards.
const SOURCES: &[&str] = &[
    "migrations",
    "crates/service/src/demo",
    "crates/db/src/demo",
    "bench/people.sql",
];
/// Gives them passwords and looks for words to search for.
const PREPARATION: &str = "bench/people.sql";

/// A database full of people, some of whom can sign in.
pub(super) struct People<'a> {
    pub(super) database: Sibling<'a>,
    pub(super) words: Words,
    /// The password of the admin and of everyone in `accounts`.
    pub(super) password: String,
    /// Usernames.
    pub(super) accounts: Vec<String>,
}

/// The name that `rollcall demo --admin` gives the admin.
pub(super) const ADMIN: &str = "admin";

impl<'a> People<'a> {
    /// Makes the database, unless it is there and was made by the same settings.
    pub(super) fn ready(
        workspace: &'a Workspace,
        program: &Program,
        url: &str,
        settings: &PeopleSettings,
        size: &Size,
    ) -> Result<Self> {
        let database = Sibling::new(workspace, url, &size.database);
        let fingerprint = fingerprint(workspace, settings, size)?;
        if !was_made_by(&database, &fingerprint)? {
            make(workspace, program, &database, settings, size, &fingerprint)?;
        }
        Self::find(database)
    }

    fn find(database: Sibling<'a>) -> Result<Self> {
        let made = database.query("select few, many, password from bench.made")?;
        let [few, many, password] = made
            .split('|')
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| anyhow!("the database holds no words to search for"))?;
        let accounts =
            database.query("select username from users join bench.accounts using (id)")?;
        // Those of earlier runs would make the table of sessions grow from run to run.
        database.query(&format!(
            "delete from sessions where user_agent = '{USER_AGENT}'"
        ))?;
        Ok(Self {
            words: Words { few, many },
            password,
            accounts: accounts.lines().map(str::to_owned).collect(),
            database,
        })
    }
}

fn fingerprint(workspace: &Workspace, settings: &PeopleSettings, size: &Size) -> Result<String> {
    let numbers = [size.users, settings.seed, settings.accounts].map(|number| number.to_string());
    let mut fingerprint = Fingerprint::new(&numbers.each_ref().map(String::as_str));
    for source in SOURCES {
        fingerprint.add_folder(&workspace.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

fn was_made_by(database: &Sibling<'_>, fingerprint: &str) -> Result<bool> {
    if !database.exists()?
        || database
            .query("select to_regclass('bench.made')")?
            .is_empty()
    {
        return Ok(false);
    }
    Ok(database.query("select fingerprint from bench.made")? == fingerprint)
}

fn make(
    workspace: &Workspace,
    program: &Program,
    database: &Sibling<'_>,
    settings: &PeopleSettings,
    size: &Size,
    fingerprint: &str,
) -> Result<()> {
    let started = Instant::now();
    println!(
        "Making the database {} of {} people (once for these settings)",
        size.database, size.users
    );
    database.remove()?;
    database.create()?;
    let password = program.fill(&database.url(), size.users, settings.seed)?;
    process::output(
        database
            .psql()
            .arg("-f")
            .arg(workspace.root.join(PREPARATION))
            .env("BENCH_FINGERPRINT", fingerprint)
            .env("BENCH_ACCOUNTS", settings.accounts.to_string())
            .env("BENCH_PASSWORD", password),
    )?;
    report::step(&format!("{} made", size.database), started);
    Ok(())
}
