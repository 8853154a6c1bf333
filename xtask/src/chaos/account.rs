//! Account of a user that one worker manages.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    ledger::{History, Outcome},
    sessions::Life,
};

/// Time after which an unclear change has either taken effect or never will: a killed server or PostgreSQL sends
/// nothing more, and a running one can at most complete a commit.
const RESOLVED: Duration = Duration::from_secs(5);

/// State of an account as far as the worker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountState {
    Active,
    Suspended,
    Deleted,
}

/// Session of the user.
pub(super) struct Session {
    /// Cookie as a browser sends it.
    pub(super) cookie: String,
    pub(super) life: Life,
}

/// Account and its known state.
pub(super) struct Account {
    pub(super) id: String,
    pub(super) state: AccountState,
    pub(super) version: u64,
    /// Whether the user has a password.
    pub(super) signs_in: bool,
    pub(super) sessions: Vec<Session>,
    pub(super) history: History,
    /// Time until which an unclear change may still take effect; `None` if every change had a clear response.
    doubt: Option<Instant>,
}

impl Account {
    /// Creates the state of an account that has just been created.
    pub(super) fn new(history: History, signs_in: bool) -> Self {
        Self {
            id: String::new(),
            state: AccountState::Active,
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

    /// Reports whether all changes had a clear response.
    pub(super) fn is_certain(&self) -> bool {
        self.doubt.is_none()
    }

    /// Reports whether unclear changes have ended, so that the account can be read.
    pub(super) fn can_be_resolved(&self) -> bool {
        self.doubt.is_some_and(|until| until < Instant::now())
    }

    pub(super) fn resolve_doubt(&mut self) {
        self.doubt = None;
    }

    /// Updates the state after a change was requested.
    pub(super) fn changed(&mut self, outcome: Outcome) {
        if outcome == Outcome::Unclear {
            self.doubt = Some(Instant::now() + RESOLVED);
        }
    }

    /// Updates the sessions after a change was requested that revokes all of them.
    pub(super) fn sessions_ending(&mut self, outcome: Outcome) {
        for session in &mut self.sessions {
            session.life = session.life.ending(outcome);
        }
    }

    /// Updates the known state from a response.
    ///
    /// # Errors
    /// Description of the problem if the response is not about this account or lacks a field.
    pub(super) fn learn(&mut self, body: &Value) -> Result<(), String> {
        if self.id.is_empty() {
            body.get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .clone_into(&mut self.id);
        }
        self.recognise(body)?;
        let wrong = || format!("{}: invalid account: {body}", self.username());
        let version = body.get("version").and_then(Value::as_u64);
        let status = body.get("status").and_then(Value::as_str);
        let deleted = body.get("deletedAt").ok_or_else(wrong)?;
        let state = match (deleted.is_null(), status) {
            (false, Some(_)) => AccountState::Deleted,
            (true, Some("active")) => AccountState::Active,
            (true, Some("suspended")) => AccountState::Suspended,
            _ => return Err(wrong()),
        };
        self.version = version.ok_or_else(wrong)?;
        self.state = state;
        Ok(())
    }

    /// Checks that a response is about this account.
    ///
    /// # Errors
    /// Description of the response that is about something else.
    pub(super) fn recognise(&self, body: &Value) -> Result<(), String> {
        let is = |field, expected: &str| {
            body.get(field).and_then(Value::as_str) == Some(expected) && !expected.is_empty()
        };
        if is("id", &self.id) && is("username", self.username()) {
            return Ok(());
        }
        let name = self.username();
        Err(format!(
            "{name}: the response is about something else: {body}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account() -> Account {
        let history = History {
            username: "p".to_owned(),
            ..History::default()
        };
        Account::new(history, false)
    }

    #[test]
    fn answer_updates_the_account_state() {
        let mut account = account();
        for (status, deleted, state) in [
            ("active", json!(null), AccountState::Active),
            ("suspended", json!(null), AccountState::Suspended),
            (
                "suspended",
                json!("2026-01-01T00:00:00Z"),
                AccountState::Deleted,
            ),
        ] {
            let body = json!({ "id": "1", "username": "p", "version": 4, "status": status, "deletedAt": deleted });
            account.learn(&body).unwrap();
            assert_eq!((account.state, account.version), (state, 4));
        }
    }

    #[test]
    fn answer_about_another_account_is_detected() {
        let mut account = account();
        let body = |id, name| json!({ "id": id, "username": name, "version": 1, "status": "active", "deletedAt": null });
        account.learn(&body("1", "p")).unwrap();
        assert!(account.learn(&body("2", "p")).is_err());
        assert!(account.learn(&body("1", "q")).is_err());
        assert!(
            account
                .learn(&json!({ "id": "1", "username": "p" }))
                .is_err()
        );
        assert!(account.learn(&json!([])).is_err());
    }
}
