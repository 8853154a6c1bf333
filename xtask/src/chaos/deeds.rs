//! Changes that workers request.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Request},
    ledger::{Attempt, Deed, History},
    person::{Person, Session, Standing},
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
        let mut person = Person::new(history, signs_in);
        let request = Request::post("/api/admin/users", &self.desk, body);
        let answer = self.change(&mut person, Deed::Create, name, &request);
        match answer {
            Answer::Done(body, _) => {
                self.learn(&mut person, &body);
                self.people.push(person);
            }
            // The id is unknown without a response; the final verification finds the account by its username.
            Answer::Refused(_) | Answer::Failed(_) => self.retired.push(person),
        }
    }

    pub(super) fn rename(&mut self, person: &mut Person) {
        let name = format!("Name {}", self.text());
        let body = json!({ "displayName": name, "version": person.version });
        let request = Request::patch(&path(person, ""), &self.desk, body);
        let answer = self.change(person, Deed::Rename, name.clone(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(person, &body);
            self.expect(person, &body, "displayName", &name);
        }
    }

    pub(super) fn suspend(&mut self, person: &mut Person) {
        let reason = format!("Reason {}", self.text());
        let body = json!({ "reason": reason });
        let request = Request::post(&path(person, "/suspend"), &self.desk, body);
        let answer = self.change(person, Deed::Suspend, reason, &request);
        person.sessions_ending(answer.fate());
        if let Answer::Done(body, _) = answer {
            self.learn(person, &body);
            self.expect(person, &body, "status", "suspended");
        }
    }

    pub(super) fn unsuspend(&mut self, person: &mut Person) {
        let request = Request::post(&path(person, "/unsuspend"), &self.desk, json!({}));
        let answer = self.change(person, Deed::Unsuspend, String::new(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(person, &body);
            self.expect(person, &body, "status", "active");
        }
    }

    pub(super) fn delete(&mut self, person: &mut Person) {
        let request = Request::delete(&path(person, ""), &self.desk);
        let answer = self.change(person, Deed::Delete, String::new(), &request);
        person.sessions_ending(answer.fate());
        if let Answer::Done(body, _) = answer {
            person.standing = Standing::Deleted;
            self.expect_success(person, &body);
        }
    }

    pub(super) fn restore(&mut self, person: &mut Person) {
        let request = Request::post(&path(person, "/restore"), &self.desk, json!({}));
        let answer = self.change(person, Deed::Restore, String::new(), &request);
        if let Answer::Done(body, _) = answer {
            self.learn(person, &body);
            if person.standing == Standing::Deleted {
                self.find(format!(
                    "{} was restored and is still deleted",
                    person.username()
                ));
            }
        }
    }

    pub(super) fn end_sessions(&mut self, person: &mut Person) {
        let request = Request::delete(&path(person, "/sessions"), &self.desk);
        let answer = self.change(person, Deed::EndSessions, String::new(), &request);
        person.sessions_ending(answer.fate());
        if let Answer::Done(body, _) = answer {
            self.expect_success(person, &body);
        }
    }

    /// Revokes one session of a user, after looking up its id.
    pub(super) fn revoke_session(&mut self, person: &mut Person) {
        let is_live = |session: &Session| session.life == Life::Live;
        let Some(index) = person.sessions.iter().rposition(is_live) else {
            return self.sign_in(person);
        };
        let mut session = person.sessions.swap_remove(index);
        if let Some(id) = self.id_of(person, &mut session) {
            let request = Request::delete(&format!("/api/admin/sessions/{id}"), &self.desk);
            let answer = self.change(person, Deed::RevokeSession, String::new(), &request);
            session.life = session.life.ending(answer.fate());
            if let Answer::Done(body, _) = answer {
                self.expect_success(person, &body);
            }
        }
        person.sessions.push(session);
    }

    /// Sends a change and adds it to the history. A denial is a finding unless an earlier change is still unclear.
    fn change(
        &mut self,
        person: &mut Person,
        deed: Deed,
        mark: String,
        request: &Request,
    ) -> Answer {
        let answer = self.ask(deed.name(), request);
        let fate = answer.fate();
        if let (Answer::Refused(status), true) = (&answer, person.is_certain()) {
            self.find(format!(
                "{}: {} was denied with {status} without a reason",
                person.username(),
                deed.name()
            ));
        }
        person.changed(fate);
        person.history.attempts.push(Attempt { deed, mark, fate });
        answer
    }

    /// Updates the known state of an account from a response.
    pub(super) fn learn(&self, person: &mut Person, body: &Value) {
        if let Err(wrong) = person.learn(body) {
            self.find(wrong);
        }
    }

    fn expect(&self, person: &Person, body: &Value, field: &str, expected: &str) {
        if body.get(field).and_then(Value::as_str) != Some(expected) {
            let name = person.username();
            self.find(format!("{name}: {field} is not {expected:?} in {body}"));
        }
    }

    pub(super) fn expect_success(&self, person: &Person, body: &Value) {
        if body.get("success") != Some(&Value::Bool(true)) {
            let name = person.username();
            self.find(format!("{name}: no success, but {body}"));
        }
    }
}

/// Returns the API path of an account, or of a resource below it.
pub(super) fn path(person: &Person, under: &str) -> String {
    format!("/api/admin/users/{}{under}", person.id)
}
