//! Workers and the users that they start with.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{
    account::{Account, Session},
    answer::{Answer, Request},
    meter::{METERED, Meter},
    operations::PREFIX,
    schedule::Site,
    sessions::Life,
    stage::Stage,
    tally::Tally,
    worker::{Shared, Worker},
};
use crate::dice::Dice;

/// Number of parallel workers.
const WORKERS: u64 = 8;
/// Number of parallel host applications that count uses.
const METERS: u64 = 3;
/// Limit that denies nothing: amount, period and its seconds.
const ROOM: (u64, &str, u64) = (1_000_000_000, "total", 3_155_695_200);
/// Limit that denies many uses.
const TIGHT: (u64, &str, u64) = (6, "2s", 2);
/// Number of users per worker that can sign in.
const SIGNERS: usize = 3;
/// Username of the admin that `rollcall demo --admin` creates.
pub(super) const ADMIN: &str = "admin";

/// Creates the workers, each signed in as an admin of its own and responsible for users of its own.
pub(super) fn assemble<'a>(
    stage: &Stage<'_>,
    shared: &'a Shared,
    seed: u64,
) -> Result<Vec<Worker<'a>>> {
    let mut workers = Vec::new();
    let desk = sign_in(stage, ADMIN, &shared.password)?;
    for number in 1..=WORKERS {
        let mut worker = Worker {
            shared,
            callers: stage.callers(),
            dice: Dice::new(seed, number),
            number,
            texts: 0,
            desk: desk.clone(),
            accounts: Vec::new(),
            retired: Vec::new(),
            tally: Tally::default(),
            began: Instant::now(),
        };
        worker.create(true, true);
        for _ in 0..SIGNERS {
            worker.create(false, true);
        }
        workers.push(worker);
    }
    let broken = shared.findings.take();
    if !broken.is_empty() {
        bail!("before the first fault: {}", broken.join("\n"));
    }
    set_passwords(stage)?;
    for worker in &mut workers {
        take_desk(stage, worker)?;
    }
    Ok(workers)
}

/// Creates the meters, whose requests are those of the admin as a host application.
pub(super) fn assemble_meters<'a>(
    stage: &Stage<'_>,
    shared: &'a Shared,
    seed: u64,
) -> Result<Vec<Meter<'a>>> {
    stage.database.query(&format!(
        "insert into user_roles (user_id, role_id, granted_at)
        select u.id, r.id, now() from users u, roles r
        where u.username = '{ADMIN}' and r.builtin_kind = 'application'"
    ))?;
    let desk = sign_in(stage, ADMIN, &shared.password)?;
    (1..=METERS)
        .map(|number| {
            Ok(Meter {
                shared,
                callers: stage.callers(),
                // The streams after those of the workers.
                dice: Dice::new(seed, WORKERS + number),
                number,
                texts: 0,
                desk: desk.clone(),
                roomy: metered(stage, &format!("roomy-{number}"), ROOM)?,
                tight: metered(stage, &format!("tight-{number}"), TIGHT)?,
                uses: Vec::new(),
                tally: Tally::default(),
                began: Instant::now(),
            })
        })
        .collect()
}

/// Creates a user with a limit of requests: an amount, the period and its length in seconds. Returns the id.
pub(super) fn metered(
    stage: &Stage<'_>,
    name: &str,
    (amount, period, seconds): (u64, &str, u64),
) -> Result<String> {
    let id = stage.database.query(&format!(
        "with metered as (
            insert into users (id, username, display_name, created_via, created_at, updated_at)
            values (uuid_v7(now()), '{METERED}{name}', 'Metered', 'cli', now(), now()) returning id
        ), limited as (
            insert into limits (id, user_id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
            select uuid_v7(now()), id, 'requests', {amount}, '{period}', {seconds}, now(), now(), now() from metered
        )
        select id from metered"
    ))?;
    Ok(id.trim().to_owned())
}

/// Signs the worker in as its own admin, whose account is not changed from here on.
fn take_desk(stage: &Stage<'_>, worker: &mut Worker<'_>) -> Result<()> {
    let mut admin: Account = worker.accounts.remove(0);
    let cookie = sign_in(stage, admin.username(), &worker.shared.password)?;
    worker.desk.clone_from(&cookie);
    let life = Life::Live;
    admin.sessions.push(Session { cookie, life });
    worker.retired.push(admin);
    Ok(())
}

/// Copies the admin's password to all users of the test. Users normally set one by link, which is not tested here.
fn set_passwords(stage: &Stage<'_>) -> Result<()> {
    stage
        .database
        .query(&format!(
            "update users u
            set password_hash = admin.password_hash, password_changed_at = now(), must_change_password = false
            from users admin where admin.username = '{ADMIN}' and u.username like '{PREFIX}%'"
        ))
        .map(drop)
}

/// Signs a user in. Returns the cookie.
pub(super) fn sign_in(stage: &Stage<'_>, username: &str, password: &str) -> Result<String> {
    let body = json!({ "username": username, "password": password });
    let request = Request::post("/api/auth/login", "", body).anonymous();
    match stage.callers().ask(Site::A, &request) {
        Answer::Done(_, cookie) => cookie.context("signing in returned no cookie"),
        answer => bail!("{username} cannot sign in: {answer:?}"),
    }
}
