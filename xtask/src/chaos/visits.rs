//! Read requests, sign-ins and sign-outs of the workers.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Request},
    deeds::path,
    person::{Person, Session, Standing},
    sessions::Life,
    worker::Worker,
};

/// Page size of a list; there are more users than that.
const ROWS: usize = 25;
const TOO_MANY: u16 = 429;
const NOT_FOUND: u16 = 404;
const UNAUTHENTICATED: u16 = 401;

impl Worker<'_> {
    /// Checks that a session belongs to its user.
    pub(super) fn check(&mut self, person: &Person, session: &mut Session) {
        let request = Request::get("/api/auth/me", &session.cookie);
        let answer = self.ask("who am I", &request);
        if let Answer::Done(body, _) = &answer {
            self.recognise(person, body);
        }
        self.used(person, session, &answer);
    }

    /// Checks the worker's own session, which is never revoked.
    pub(super) fn check_desk(&mut self) {
        let request = Request::get("/api/auth/me", &self.desk);
        if let Answer::Refused(status) = self.ask("who am I", &request) {
            let number = self.number;
            self.find(format!(
                "the session of worker {number}, which was not ended, got {status}"
            ));
        }
    }

    /// Signs a user in, who may be suspended or deleted.
    pub(super) fn sign_in(&mut self, person: &mut Person) {
        let body = json!({ "username": person.username(), "password": self.shared.password });
        let request = Request::post("/api/auth/login", "", body).anonymous();
        let answer = self.ask("sign in", &request);
        let may = person.standing == Standing::Active;
        let name = person.username();
        match answer {
            Answer::Done(body, cookie) => {
                self.recognise(person, &body);
                if person.is_certain() && !may {
                    self.find(format!("{name} is {:?} and could sign in", person.standing));
                }
                let life = if person.is_certain() {
                    Life::Live
                } else {
                    Life::InDoubt
                };
                match cookie {
                    Some(cookie) => person.sessions.push(Session { cookie, life }),
                    None => self.find(format!("{name} signed in and got no cookie")),
                }
            }
            // Interrupted attempts may or may not have counted as failed, so a limit can be reached at any time.
            Answer::Refused(TOO_MANY) | Answer::Failed(_) => {}
            Answer::Refused(status) if person.is_certain() && may => {
                self.find(format!("{name} could not sign in: {status}"));
            }
            Answer::Refused(_) => {}
        }
    }

    /// Signs out the user's latest session.
    pub(super) fn sign_out(&mut self, person: &mut Person) {
        let Some(mut session) = person.sessions.pop() else {
            return self.sign_in(person);
        };
        let request = Request::post("/api/auth/logout", &session.cookie, json!({}));
        let answer = self.ask("sign out", &request);
        session.life = session.life.ending(answer.fate());
        match answer {
            Answer::Done(body, _) => self.expect_success(person, &body),
            Answer::Refused(status) => {
                self.find(format!("{} cannot sign out: {status}", person.username()));
            }
            Answer::Failed(_) => {}
        }
        person.sessions.push(session);
    }

    /// Returns the public id of a session, if the session works.
    pub(super) fn id_of(&mut self, person: &Person, session: &mut Session) -> Option<String> {
        let request = Request::get("/api/sessions", &session.cookie);
        let answer = self.ask("list own sessions", &request);
        self.used(person, session, &answer);
        let Answer::Done(list, _) = answer else {
            return None;
        };
        let own = list.as_array().into_iter().flatten();
        let current = own
            .filter(|row| row.get("isCurrent") == Some(&Value::Bool(true)))
            .find_map(|row| row.get("id")?.as_str());
        if current.is_none() {
            let name = person.username();
            self.find(format!("{name}: the current session is not in {list}"));
        }
        current.map(str::to_owned)
    }

    /// Reads the state of an account after an unclear change.
    pub(super) fn look(&mut self, person: &mut Person) {
        let request = Request::get(&path(person, ""), &self.desk);
        match self.ask("read an account", &request) {
            Answer::Done(body, _) => {
                self.learn(person, &body);
                person.settle();
            }
            Answer::Refused(NOT_FOUND) => {
                person.standing = Standing::Deleted;
                person.settle();
            }
            Answer::Refused(status) => {
                let name = person.username();
                self.find(format!("{name} cannot be read: {status}"));
            }
            Answer::Failed(_) => {}
        }
    }

    /// Reads a page of users and one of sessions.
    pub(super) fn read_lists(&mut self) {
        for (what, path) in [
            ("list users", "/api/admin/users"),
            ("list sessions", "/api/admin/sessions"),
        ] {
            let request = Request::get(&format!("{path}?limit={ROWS}"), &self.desk);
            match self.ask(what, &request) {
                Answer::Done(body, _) if is_page(&body) => {}
                Answer::Done(body, _) => self.find(format!("{what}: {body}")),
                Answer::Refused(status) => self.find(format!("{what}: {status}")),
                Answer::Failed(_) => {}
            }
        }
    }

    /// Updates the state of a session from a response to its request, if there was one.
    fn used(&self, person: &Person, session: &mut Session, answer: &Answer) {
        let allowed = match answer {
            Answer::Done(..) => true,
            Answer::Refused(UNAUTHENTICATED) => false,
            Answer::Refused(status) => {
                let name = person.username();
                return self.find(format!(
                    "{name}: a request with a session was denied with {status}"
                ));
            }
            Answer::Failed(_) => return,
        };
        match session.life.used(allowed) {
            Ok(life) => session.life = life,
            Err(wrong) => self.find(format!("{}: {wrong}", person.username())),
        }
    }

    fn recognise(&self, person: &Person, body: &Value) {
        let user = body.get("user").unwrap_or(&Value::Null);
        if let Err(wrong) = person.recognise(user) {
            self.find(wrong);
        }
    }
}

/// Reports whether a body is a full page of rows with an id and a username.
fn is_page(body: &Value) -> bool {
    let is_row = |row: &Value| {
        ["id", "username"]
            .iter()
            .all(|field| row.get(field).is_some_and(Value::is_string))
    };
    body.as_array()
        .is_some_and(|rows| rows.len() == ROWS && rows.iter().all(is_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_full_and_has_names() {
        let row = json!({ "id": "1", "username": "p" });
        let full = Value::Array(vec![row.clone(); ROWS]);
        assert!(is_page(&full));
        assert!(!is_page(&Value::Array(vec![row; ROWS - 1])));
        assert!(!is_page(&Value::Array(vec![json!({ "id": "1" }); ROWS])));
        assert!(!is_page(&json!({ "error": "UNAVAILABLE" })));
    }
}
