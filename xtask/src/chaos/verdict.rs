//! What is looked at when the load is over: the database, and every session at both servers.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    answer::{Answer, Request},
    deeds::PREFIX,
    findings::Findings,
    ledger::{Entry, Fate, Row, Unclear},
    person::{Person, Session},
    schedule::Site,
    stage::Stage,
    worker::Worker,
};
use crate::database::Sibling;

/// How many changes were asked for, and what became of them.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) acknowledged: usize,
    pub(super) refused: usize,
    pub(super) unclear: Unclear,
    pub(super) sessions: usize,
}

/// A session in the database.
#[derive(Deserialize)]
struct Kept {
    hash: String,
    live: bool,
    /// Entries of its beginning.
    entries: usize,
}

/// Looks at everything.
pub(super) fn reach(
    stage: &Stage<'_>,
    workers: &[Worker<'_>],
    findings: &Findings,
) -> Result<Changes> {
    let mut changes = judge_people(&stage.database, workers, findings)?;
    judge_kept(&stage.database, workers, findings)?;
    let callers = stage.callers();
    for (person, session) in workers.iter().flat_map(Worker::sessions) {
        changes.sessions += 1;
        let request = Request::get("/api/auth/me", &session.cookie);
        let answers = Site::BOTH.map(|site| callers.ask(site, &request));
        findings.extend(judge_answers(person, session, &answers));
    }
    if let Some(complaint) = stage.doctor()? {
        findings.note(format!("rollcall doctor is not content:\n{complaint}"));
    }
    Ok(changes)
}

/// Every account and its entries.
fn judge_people(
    database: &Sibling<'_>,
    workers: &[Worker<'_>],
    findings: &Findings,
) -> Result<Changes> {
    let mut rows: BTreeMap<String, Row> = read::<Row>(
        database,
        &format!(
            "select json_build_object(
                'username', username, 'displayName', display_name, 'status', status, 'reason', suspended_reason,
                'deleted', deleted_at is not null, 'version', version
            ) from users where username like '{PREFIX}%'"
        ),
    )?
    .into_iter()
    .map(|row| (row.username.clone(), row))
    .collect();
    let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in read::<Entry>(
        database,
        &format!(
            "select json_build_object('username', target_label, 'action', action, 'changes', changes)
            from audit_events where target_kind = 'user' and target_label like '{PREFIX}%' order by id"
        ),
    )? {
        entries.entry(entry.username.clone()).or_default().push(entry);
    }
    let mut changes = Changes::default();
    for person in workers.iter().flat_map(Worker::everybody) {
        let row = rows.remove(person.username());
        let entries = entries.remove(person.username()).unwrap_or_default();
        findings.extend(person.history.judge(row.as_ref(), &entries));
        changes.count(person, &entries);
    }
    let unknown = rows.keys().chain(entries.keys());
    findings.extend(unknown.map(|name| format!("{name} is there, and nobody has asked for it")));
    Ok(changes)
}

impl Changes {
    fn count(&mut self, person: &Person, entries: &[Entry]) {
        let unclear = person.history.unclear(entries);
        self.unclear.there += unclear.there;
        self.unclear.not_there += unclear.not_there;
        for attempt in &person.history.attempts {
            match attempt.fate {
                Fate::Done => self.acknowledged += 1,
                Fate::Refused => self.refused += 1,
                Fate::Unclear => {}
            }
        }
    }
}

/// Every session in the database: each has one entry of its beginning, and each of which we know is what it should be.
fn judge_kept(database: &Sibling<'_>, workers: &[Worker<'_>], findings: &Findings) -> Result<()> {
    let kept = read::<Kept>(
        database,
        &format!(
            "select json_build_object(
                'hash', encode(s.token_hash, 'hex'), 'live', s.ended_at is null,
                'entries', (select count(*) from audit_events where action = 'session.started' and target_id = s.id)
            ) from sessions s join users u on u.id = s.user_id where u.username like '{PREFIX}%'"
        ),
    )?;
    for session in kept.iter().filter(|session| session.entries != 1) {
        let Kept { hash, entries, .. } = session;
        findings.note(format!(
            "session {hash} has begun {entries} times by the record"
        ));
    }
    let orphans = database.query(
        "select count(*) from audit_events e
        where e.action = 'session.started' and not exists (select from sessions s where s.id = e.target_id)",
    )?;
    if orphans != "0" {
        findings.note(format!("{orphans} sessions are in the record alone"));
    }
    let kept: BTreeMap<String, bool> = kept
        .into_iter()
        .map(|session| (session.hash, session.live))
        .collect();
    for (person, session) in workers.iter().flat_map(Worker::sessions) {
        let name = person.username();
        let life = session.life;
        match kept.get(&hash(&session.cookie)) {
            None => findings.note(format!("{name}: a session that was begun is not there")),
            Some(is_live) if !life.agrees_with(*is_live) => {
                findings.note(format!(
                    "{name}: a session should be {life:?}, and live is {is_live}"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What a session's use at both servers shows.
fn judge_answers(person: &Person, session: &Session, answers: &[Answer; 2]) -> Vec<String> {
    let name = person.username();
    let allowed = answers.each_ref().map(|answer| match answer {
        Answer::Done(..) => Some(true),
        Answer::Refused(401) => Some(false),
        Answer::Refused(_) | Answer::Failed(_) => None,
    });
    let [Some(at_a), Some(at_b)] = allowed else {
        return vec![format!("{name}: a session, at the end: {answers:?}")];
    };
    if at_a != at_b {
        return vec![format!("{name}: a session works at one server alone")];
    }
    let wrong = session.life.used(at_a).err();
    wrong
        .map(|wrong| format!("{name}: {wrong}, at the end"))
        .into_iter()
        .collect()
}

/// What the database keeps of a cookie.
fn hash(cookie: &str) -> String {
    let value = cookie.split_once('=').map_or(cookie, |(_, value)| value);
    Sha256::digest(value)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The rows of a query that gives an object for each.
fn read<T: DeserializeOwned>(database: &Sibling<'_>, sql: &str) -> Result<Vec<T>> {
    database
        .query(sql)?
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("the database says {line}")))
        .collect()
}
