//! Database of demo users, created once and reused by later runs.

use std::time::Instant;

use anyhow::{Result, anyhow};

use super::{
    client::USER_AGENT,
    plan::{Size, UserSettings},
    words::SearchWords,
};
use crate::{
    database::Sibling, fingerprint::Fingerprint, process, program::Program, report,
    workspace::Workspace,
};

/// Files that determine the content of the database, besides the settings: schema, generator and preparation.
const SOURCES: &[&str] = &[
    "migrations",
    "crates/service/src/demo",
    "crates/db/src/demo",
    "bench/users.sql",
    GENERATOR,
];
/// Script that generates usage and conversations.
const GENERATOR: &str = "bench/metering.sql";
/// Script that sets passwords and selects the search terms.
const PREPARATION: &str = "bench/users.sql";

/// Number of users whose uses are measured together.
const CONSUMERS: u32 = 5_000;

/// Database of demo users; some can sign in.
pub(super) struct UserDatabase<'a> {
    pub(super) database: Sibling<'a>,
    pub(super) words: SearchWords,
    /// Password of the admin and of all users in `accounts`.
    pub(super) password: String,
    /// Usernames of the users that can sign in.
    pub(super) accounts: Vec<String>,
}

/// Username of the admin that `rollcall demo --admin` creates.
pub(super) const ADMIN: &str = "admin";

impl<'a> UserDatabase<'a> {
    /// Creates the database unless it exists and was created with the same settings and sources.
    pub(super) fn ready(
        workspace: &'a Workspace,
        program: &Program,
        url: &str,
        settings: &UserSettings,
        size: &Size,
    ) -> Result<Self> {
        let database = Sibling::new(workspace, url, &size.database);
        let fingerprint = fingerprint(workspace, settings, size)?;
        if !was_created_by(&database, &fingerprint)? {
            create(workspace, program, &database, settings, size, &fingerprint)?;
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
            .map_err(|_| anyhow!("the database has no search terms"))?;
        let accounts =
            database.query("select username from users join bench.accounts using (id)")?;
        // Sessions of earlier runs would let the table of sessions grow from run to run.
        database.query(&format!(
            "delete from sessions where user_agent = '{USER_AGENT}'"
        ))?;
        Ok(Self {
            words: words(&database, few, many)?,
            password,
            accounts: accounts.lines().map(str::to_owned).collect(),
            database,
        })
    }
}

/// Selects the objects of the cases.
fn words(database: &Sibling<'_>, few: String, many: String) -> Result<SearchWords> {
    let group_id = database.query(
        "select group_id from group_totals group by group_id order by sum(members) desc, group_id limit 1",
    )?;
    let group = database.query(&format!("select name from groups where id = '{group_id}'"))?;
    let client = database.query(
        "select client from users, unnest(client_list) as client where deleted_at is null
        group by client order by count(*) desc, client limit 1",
    )?;
    let user = database.query(
        "select m.user_id from group_members m join users u on u.id = m.user_id
        where u.status = 'active' and u.deleted_at is null and not exists (select from admins a where a.user_id = u.id)
        group by m.user_id order by count(*) desc, m.user_id limit 1",
    )?;
    let hot = database.query(
        "select user_id from limits where user_id is not null and metric = 'requests' order by id limit 1",
    )?;
    let consumers = database.query(&format!(
        r#"select format('{{"user": "%s", "model": "gpt-5", "tokensIn": 900, "tokensOut": 300, "cost": "0.005"}}', u.user_id)
        from (
            select distinct user_id from usage_daily
            where day = (select min(day) from usage_daily) and user_id <> '{hot}' order by user_id limit {CONSUMERS}
        ) u"#
    ))?;
    let questions = |number: u32| {
        database.query(&format!(
            "select jsonb_agg(jsonb_build_object(
                'user', '{user}', 'object', jsonb_build_object('resource', jsonb_build_object('id', r.id))
            ))
            from (select id from resources order by md5(id::text) limit {number}) r"
        ))
    };
    Ok(SearchWords {
        few,
        many,
        question: questions(1)?,
        questions: questions(100)?,
        group_id,
        group,
        client,
        user,
        consumers,
        hot,
    })
}

fn fingerprint(workspace: &Workspace, settings: &UserSettings, size: &Size) -> Result<String> {
    let numbers = [
        size.users,
        size.events,
        size.messages,
        settings.seed,
        settings.accounts,
    ];
    let numbers = numbers.map(|number| number.to_string());
    let mut fingerprint = Fingerprint::new(&numbers.each_ref().map(String::as_str));
    for source in SOURCES {
        fingerprint.add_folder(&workspace.root.join(source))?;
    }
    Ok(fingerprint.finish())
}

fn was_created_by(database: &Sibling<'_>, fingerprint: &str) -> Result<bool> {
    if !database.exists()?
        || database
            .query("select to_regclass('bench.made')")?
            .is_empty()
    {
        return Ok(false);
    }
    Ok(database.query("select fingerprint from bench.made")? == fingerprint)
}

fn create(
    workspace: &Workspace,
    program: &Program,
    database: &Sibling<'_>,
    settings: &UserSettings,
    size: &Size,
    fingerprint: &str,
) -> Result<()> {
    let started = Instant::now();
    println!(
        "Creating the database {} with {} users (once for these settings)",
        size.database, size.users
    );
    database.remove()?;
    database.create()?;
    let password = program.fill(&database.url(), size.users, settings.seed)?;
    process::output(
        database
            .psql()
            .arg("-f")
            .arg(workspace.root.join(GENERATOR))
            .env("BENCH_EVENTS", size.events.to_string())
            .env("BENCH_MESSAGES", size.messages.to_string()),
    )?;
    process::output(
        database
            .psql()
            .arg("-f")
            .arg(workspace.root.join(PREPARATION))
            .env("BENCH_FINGERPRINT", fingerprint)
            .env("BENCH_ACCOUNTS", settings.accounts.to_string())
            .env("BENCH_PASSWORD", password),
    )?;
    report::step(&format!("{} created", size.database), started);
    Ok(())
}
