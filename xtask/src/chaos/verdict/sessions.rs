//! Verification of all sessions, in the database and at both servers.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::read;
use crate::{
    chaos::{
        account::{Account, Session},
        answer::{Answer, Request},
        findings::Findings,
        operations::PREFIX,
        schedule::Site,
        stage::Stage,
        worker::Worker,
    },
    database::Sibling,
};

/// Session in the database.
#[derive(Deserialize)]
struct StoredSession {
    hash: String,
    live: bool,
    /// Number of `session.started` events.
    entries: usize,
}

/// Checks that each session in the database has one `session.started` event, and that each session that a worker
/// started has the expected state.
pub(super) fn judge_stored(
    database: &Sibling<'_>,
    workers: &[Worker<'_>],
    findings: &Findings,
) -> Result<()> {
    let stored = stored(database)?;
    for StoredSession { hash, entries, .. } in
        stored.values().filter(|session| session.entries != 1)
    {
        findings.note(format!(
            "the session {hash} has {entries} audit events session.started"
        ));
    }
    let alone = database.query(
        "select count(*) from audit_events e
        where e.action = 'session.started' and not exists (select from sessions s where s.id = e.target_id)",
    )?;
    if alone != "0" {
        findings.note(format!("{alone} sessions have an audit event, but no row"));
    }
    for (account, session) in workers.iter().flat_map(Worker::sessions) {
        let name = account.username();
        let life = session.life;
        match stored.get(&hash(&session.cookie)) {
            None => findings.note(format!("{name}: a started session has no row")),
            Some(StoredSession { live, .. }) if !life.agrees_with(*live) => {
                findings.note(format!("{name}: a session is {life:?}, and live: {live}"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Returns the sessions of the test's users by token hash.
fn stored(database: &Sibling<'_>) -> Result<BTreeMap<String, StoredSession>> {
    let rows: Vec<StoredSession> = read(
        database,
        &format!(
            "select json_build_object(
                'hash', encode(s.token_hash, 'hex'), 'live', s.ended_at is null,
                'entries', (select count(*) from audit_events where action = 'session.started' and target_id = s.id)
            ) from sessions s join users u on u.id = s.user_id where u.username like '{PREFIX}%'"
        ),
    )?;
    let hashed = rows
        .into_iter()
        .map(|session| (session.hash.clone(), session));
    Ok(hashed.collect())
}

/// Uses each session at both servers. Returns the number of sessions.
pub(super) fn use_all(stage: &Stage<'_>, workers: &[Worker<'_>], findings: &Findings) -> usize {
    let callers = stage.callers();
    let mut count = 0;
    for (account, session) in workers.iter().flat_map(Worker::sessions) {
        count += 1;
        let request = Request::get("/api/auth/me", &session.cookie);
        let answers = Site::BOTH.map(|site| callers.ask(site, &request));
        if let Err(wrong) = judge_answers(account, session, &answers) {
            findings.note(format!("{}, at the end: {wrong}", account.username()));
        }
    }
    count
}

/// Checks that both servers treat a session alike and as expected.
fn judge_answers(
    account: &Account,
    session: &Session,
    answers: &[Answer; 2],
) -> Result<(), String> {
    let mut allowed = [false; 2];
    for (allowed, answer) in allowed.iter_mut().zip(answers) {
        match answer {
            Answer::Done(body, _) => {
                account.recognise(body.get("user").unwrap_or(body))?;
                *allowed = true;
            }
            Answer::Rejected(401) => {}
            Answer::Rejected(_) | Answer::Failed(_) => return Err(format!("{answer:?}")),
        }
    }
    let [at_a, at_b] = allowed;
    if at_a != at_b {
        return Err("a session works at one server only".to_owned());
    }
    session.life.used(at_a).map(drop).map_err(str::to_owned)
}

/// Returns the token hash that the database stores for a cookie.
fn hash(cookie: &str) -> String {
    let value = cookie.split_once('=').map_or(cookie, |(_, value)| value);
    let bytes = Sha256::digest(value);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chaos::{ledger::History, sessions::Life};

    fn judged(life: Life, a: Answer, b: Answer) -> Result<(), String> {
        let history = History {
            username: "p".to_owned(),
            ..History::default()
        };
        let mut account = Account::new(history, true);
        account.id = "1".to_owned();
        let session = Session {
            cookie: "session_token=x".to_owned(),
            life,
        };
        judge_answers(&account, &session, &[a, b])
    }

    fn signed_in(username: &str) -> Answer {
        Answer::Done(json!({ "user": { "id": "1", "username": username } }), None)
    }

    #[test]
    fn both_servers_must_agree() {
        let out = || Answer::Rejected(401);
        for (life, a, b, is_right) in [
            (Life::Live, signed_in("p"), signed_in("p"), true),
            (Life::Live, out(), out(), false),
            (Life::Ended, out(), out(), true),
            (Life::Ended, signed_in("p"), signed_in("p"), false),
            (Life::InDoubt, out(), out(), true),
            (Life::InDoubt, signed_in("p"), out(), false),
            (Life::Live, signed_in("q"), signed_in("p"), false),
            (Life::Ended, out(), Answer::Rejected(404), false),
        ] {
            assert_eq!(judged(life, a, b).is_ok(), is_right, "{life:?}");
        }
    }

    #[test]
    fn cookie_is_stored_as_its_hash() {
        let expected = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(hash("session_token=x"), expected);
    }
}
