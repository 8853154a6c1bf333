//! Somebody whom one worker looks after.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    ledger::{Fate, History},
    sessions::Life,
};

/// After so long a change without a clear answer has happened or never will: of a server or a PostgreSQL that is gone
/// nothing can come any more, and where they live, all that can be left is a commit under way.
const SETTLED: Duration = Duration::from_secs(5);

/// Whether an account can be used, as far as the worker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Active,
    Suspended,
    Deleted,
}

/// A session of theirs.
pub(super) struct Session {
    /// As a browser sends it.
    pub(super) cookie: String,
    pub(super) life: Life,
}

/// An account and what is known of it.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) standing: Standing,
    pub(super) version: u64,
    /// Whether they have a password.
    pub(super) signs_in: bool,
    pub(super) sessions: Vec<Session>,
    pub(super) history: History,
    /// Until when a change without a clear answer may still come.
    doubt: Option<Instant>,
}

impl Person {
    /// Somebody who has just been made.
    pub(super) fn new(history: History, signs_in: bool) -> Self {
        Self {
            id: String::new(),
            standing: Standing::Active,
            version: 1,
            signs_in,
            sessions: Vec::new(),
            history,
            doubt: None,
        }
    }

    pub(super) fn username(&self) -> &str {
        &self.history.username
    }

    /// Whether all that was asked for had a clear answer.
    pub(super) fn is_certain(&self) -> bool {
        self.doubt.is_none()
    }

    /// Whether what was unclear can be looked up.
    pub(super) fn can_be_settled(&self) -> bool {
        self.doubt.is_some_and(|until| until < Instant::now())
    }

    pub(super) fn settle(&mut self) {
        self.doubt = None;
    }

    /// After a change was asked for.
    pub(super) fn changed(&mut self, fate: Fate) {
        if fate == Fate::Unclear {
            self.doubt = Some(Instant::now() + SETTLED);
        }
    }

    /// After something was asked for that ends all their sessions.
    pub(super) fn sessions_ending(&mut self, fate: Fate) {
        for session in &mut self.sessions {
            session.life = session.life.ending(fate);
        }
    }

    /// Takes over what an answer says of the account.
    ///
    /// # Errors
    /// What is wrong with it if it is not an answer about this account.
    pub(super) fn learn(&mut self, body: &Value) -> Result<(), String> {
        if self.id.is_empty() {
            body.get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .clone_into(&mut self.id);
        }
        self.recognise(body)?;
        let wrong = || format!("{}: an account looks like this: {body}", self.username());
        let version = body.get("version").and_then(Value::as_u64);
        let status = body.get("status").and_then(Value::as_str);
        let deleted = body.get("deletedAt").ok_or_else(wrong)?;
        let standing = match (deleted.is_null(), status) {
            (false, Some(_)) => Standing::Deleted,
            (true, Some("active")) => Standing::Active,
            (true, Some("suspended")) => Standing::Suspended,
            _ => return Err(wrong()),
        };
        self.version = version.ok_or_else(wrong)?;
        self.standing = standing;
        Ok(())
    }

    /// Whether something is about this account.
    ///
    /// # Errors
    /// What it is about instead.
    pub(super) fn recognise(&self, body: &Value) -> Result<(), String> {
        let is = |field, expected: &str| {
            body.get(field).and_then(Value::as_str) == Some(expected) && !expected.is_empty()
        };
        if is("id", &self.id) && is("username", self.username()) {
            return Ok(());
        }
        let name = self.username();
        Err(format!("{name}: the answer is not about them: {body}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person() -> Person {
        let history = History {
            username: "p".to_owned(),
            ..History::default()
        };
        Person::new(history, false)
    }

    #[test]
    fn an_answer_tells_how_somebody_stands() {
        let mut person = person();
        for (status, deleted, standing) in [
            ("active", json!(null), Standing::Active),
            ("suspended", json!(null), Standing::Suspended),
            (
                "suspended",
                json!("2026-01-01T00:00:00Z"),
                Standing::Deleted,
            ),
        ] {
            let body = json!({ "id": "1", "username": "p", "version": 4, "status": status, "deletedAt": deleted });
            person.learn(&body).unwrap();
            assert_eq!((person.standing, person.version), (standing, 4));
        }
    }

    #[test]
    fn an_answer_about_somebody_else_is_noticed() {
        let mut person = person();
        let body = |id, name| json!({ "id": id, "username": name, "version": 1, "status": "active", "deletedAt": null });
        person.learn(&body("1", "p")).unwrap();
        assert!(person.learn(&body("2", "p")).is_err());
        assert!(person.learn(&body("1", "q")).is_err());
        assert!(
            person
                .learn(&json!({ "id": "1", "username": "p" }))
                .is_err()
        );
        assert!(person.learn(&json!([])).is_err());
    }
}
