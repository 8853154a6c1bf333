//! Changes that workers request.

use serde_json::{Value, json};

use super::{
    account::{Account, AccountState, Session},
    answer::{Answer, Request},
    ledger::{Attempt, History, Operation},
    sessions::Life,
    worker::Worker,
};

/// Prefix of the usernames of the test.
pub(super) const PREFIX: &str = "drill-";

impl Worker<'_> {
    /// Creates an account and adds it to those of the worker.
    pub(super) fn create(&mut self, is_admin: bool, signs_in: bool) {
        let text = self.text();
        let username = format!("{PREFIX}{text}");
        let name = format!("Person {text}");
        let body = json!({ "username": username, "displayName": name, "isAdmin": is_admin });
        let history = History {
            username,
            ..History::default()
        };
        let mut account = Account::new(history, signs_in);
        let request = Request::post("/api/admin/users", &self.desk, body);
        let answer = self.change(&mut account, Operation::Create, name, &request);
        match answer {
            Answer::Done(body, _) => {
                self.learn(&mut account, &body);
                self.accounts.push(account);
            }
            // The id is unknown without a response; the final verification finds the account by its username.
            Answer::Rejected(_) | Answer::Failed(_) => self.retired.push(account),
        }
    }

    pub(super) fn rename(&mut self, account: &mut Account) {
        let name = format!("Name {}", self.text());
        let body = json!({ "displayName": name, "version": account.version });
        let request = Request::patch(&path(account, ""), &self.desk, body);
        let answer = self.change(account, Operation::Rename, name.clone(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(account, &body);
            self.expect(account, &body, "displayName", &name);
        }
    }

    pub(super) fn suspend(&mut self, account: &mut Account) {
        let reason = format!("Reason {}", self.text());
        let body = json!({ "reason": reason });
        let request = Request::post(&path(account, "/suspend"), &self.desk, body);
        let answer = self.change(account, Operation::Suspend, reason, &request);
        account.sessions_ending(answer.outcome());
        if let Answer::Done(body, _) = answer {
            self.learn(account, &body);
            self.expect(account, &body, "status", "suspended");
        }
    }

    pub(super) fn unsuspend(&mut self, account: &mut Account) {
        let request = Request::post(&path(account, "/unsuspend"), &self.desk, json!({}));
        let answer = self.change(account, Operation::Unsuspend, String::new(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(account, &body);
            self.expect(account, &body, "status", "active");
        }
    }

    pub(super) fn delete(&mut self, account: &mut Account) {
        let request = Request::delete(&path(account, ""), &self.desk);
        let answer = self.change(account, Operation::Delete, String::new(), &request);
        account.sessions_ending(answer.outcome());
        if let Answer::Done(body, _) = answer {
            account.state = AccountState::Deleted;
            self.expect_success(account, &body);
        }
    }

    pub(super) fn restore(&mut self, account: &mut Account) {
        let request = Request::post(&path(account, "/restore"), &self.desk, json!({}));
        let answer = self.change(account, Operation::Restore, String::new(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(account, &body);
            if account.state == AccountState::Deleted {
                self.find(format!(
                    "{} was restored and is still deleted",
                    account.username()
                ));
            }
        }
    }

    pub(super) fn revoke_sessions(&mut self, account: &mut Account) {
        let request = Request::delete(&path(account, "/sessions"), &self.desk);
        let answer = self.change(account, Operation::RevokeSessions, String::new(), &request);
        account.sessions_ending(answer.outcome());
        if let Answer::Done(body, _) = answer {
            self.expect_success(account, &body);
        }
    }

    /// Revokes one session of a user, after looking up its id.
    pub(super) fn revoke_session(&mut self, account: &mut Account) {
        let is_live = |session: &Session| session.life == Life::Live;
        let Some(index) = account.sessions.iter().rposition(is_live) else {
            return self.sign_in(account);
        };
        let mut session = account.sessions.swap_remove(index);
        if let Some(id) = self.id_of(account, &mut session) {
            let request = Request::delete(&format!("/api/admin/sessions/{id}"), &self.desk);
            let answer = self.change(account, Operation::RevokeSession, String::new(), &request);
            session.life = session.life.ending(answer.outcome());
            if let Answer::Done(body, _) = answer {
                self.expect_success(account, &body);
            }
        }
        account.sessions.push(session);
    }

    /// Sends a change and adds it to the history. A denial is a finding unless an earlier change is still unclear.
    fn change(
        &mut self,
        account: &mut Account,
        operation: Operation,
        mark: String,
        request: &Request,
    ) -> Answer {
        let answer = self.ask(operation.name(), request);
        let outcome = answer.outcome();
        if let (Answer::Rejected(status), true) = (&answer, account.is_certain()) {
            self.find(format!(
                "{}: {} was denied with {status} without a reason",
                account.username(),
                operation.name()
            ));
        }
        account.changed(outcome);
        account.history.attempts.push(Attempt {
            operation,
            mark,
            outcome,
        });
        answer
    }

    /// Updates the known state of an account from a response.
    pub(super) fn learn(&self, account: &mut Account, body: &Value) {
        if let Err(wrong) = account.learn(body) {
            self.find(wrong);
        }
    }

    fn expect(&self, account: &Account, body: &Value, field: &str, expected: &str) {
        if body.get(field).and_then(Value::as_str) != Some(expected) {
            let name = account.username();
            self.find(format!("{name}: {field} is not {expected:?} in {body}"));
        }
    }

    pub(super) fn expect_success(&self, account: &Account, body: &Value) {
        if body.get("success") != Some(&Value::Bool(true)) {
            let name = account.username();
            self.find(format!("{name}: no success, but {body}"));
        }
    }
}

/// Returns the API path of an account, or of a resource below it.
pub(super) fn path(account: &Account, under: &str) -> String {
    format!("/api/admin/users/{}{under}", account.id)
}
