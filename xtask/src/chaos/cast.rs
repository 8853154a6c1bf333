//! Workers and the users that they start with.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{
    account::{Account, Session},
    answer::{Answer, Request},
    dice::Dice,
    operations::PREFIX,
    schedule::Site,
    sessions::Life,
    stage::Stage,
    tally::Tally,
    worker::{Shared, Worker},
};

/// Number of parallel workers.
const WORKERS: u64 = 8;
/// Number of users per worker that can sign in.
const SIGNERS: usize = 3;
/// Username of the admin that `rollcall demo --admin` creates.
const ADMIN: &str = "admin";

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

fn sign_in(stage: &Stage<'_>, username: &str, password: &str) -> Result<String> {
    let body = json!({ "username": username, "password": password });
    let request = Request::post("/api/auth/login", "", body).anonymous();
    match stage.callers().ask(Site::A, &request) {
        Answer::Done(_, cookie) => cookie.context("signing in returned no cookie"),
        answer => bail!("{username} cannot sign in: {answer:?}"),
    }
}
