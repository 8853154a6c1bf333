//! Read requests, sign-ins and sign-outs of the workers.

use serde_json::{Value, json};

use super::{
    account::{Account, AccountState, Session},
    answer::{Answer, Request},
    operations::path,
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
    pub(super) fn check(&mut self, account: &Account, session: &mut Session) {
        let request = Request::get("/api/auth/me", &session.cookie);
        let answer = self.ask("who am I", &request);
        if let Answer::Done(body, _) = &answer {
            self.recognise(account, body);
        }
        self.used(account, session, &answer);
    }

    /// Checks the worker's own session, which is never revoked.
    pub(super) fn check_desk(&mut self) {
        let request = Request::get("/api/auth/me", &self.desk);
        if let Answer::Rejected(status) = self.ask("who am I", &request) {
            let number = self.number;
            self.find(format!(
                "the session of worker {number}, which was not ended, got {status}"
            ));
        }
    }

    /// Signs a user in, who may be suspended or deleted.
    pub(super) fn sign_in(&mut self, account: &mut Account) {
        let body = json!({ "username": account.username(), "password": self.shared.password });
        let request = Request::post("/api/auth/login", "", body).anonymous();
        let answer = self.ask("sign in", &request);
        let may = account.state == AccountState::Active;
        let name = account.username();
        match answer {
            Answer::Done(body, cookie) => {
                self.recognise(account, &body);
                if account.is_certain() && !may {
                    self.find(format!("{name} is {:?} and could sign in", account.state));
                }
                let life = if account.is_certain() {
                    Life::Live
                } else {
                    Life::InDoubt
                };
                match cookie {
                    Some(cookie) => account.sessions.push(Session { cookie, life }),
                    None => self.find(format!("{name} signed in and got no cookie")),
                }
            }
            // Interrupted attempts may or may not have counted as failed, so a limit can be reached at any time.
            Answer::Rejected(TOO_MANY) | Answer::Failed(_) => {}
            Answer::Rejected(status) if account.is_certain() && may => {
                self.find(format!("{name} could not sign in: {status}"));
            }
            Answer::Rejected(_) => {}
        }
    }

    /// Signs out the user's latest session.
    pub(super) fn sign_out(&mut self, account: &mut Account) {
        let Some(mut session) = account.sessions.pop() else {
            return self.sign_in(account);
        };
        let request = Request::post("/api/auth/logout", &session.cookie, json!({}));
        let answer = self.ask("sign out", &request);
        session.life = session.life.ending(answer.outcome());
        match answer {
            Answer::Done(body, _) => self.expect_success(account, &body),
            Answer::Rejected(status) => {
                self.find(format!("{} cannot sign out: {status}", account.username()));
            }
            Answer::Failed(_) => {}
        }
        account.sessions.push(session);
    }

    /// Returns the public id of a session, if the session works.
    pub(super) fn id_of(&mut self, account: &Account, session: &mut Session) -> Option<String> {
        let request = Request::get("/api/sessions", &session.cookie);
        let answer = self.ask("list own sessions", &request);
        self.used(account, session, &answer);
        let Answer::Done(list, _) = answer else {
            return None;
        };
        let own = list.as_array().into_iter().flatten();
        let current = own
            .filter(|row| row.get("isCurrent") == Some(&Value::Bool(true)))
            .find_map(|row| row.get("id")?.as_str());
        if current.is_none() {
            let name = account.username();
            self.find(format!("{name}: the current session is not in {list}"));
        }
        current.map(str::to_owned)
    }

    /// Reads the state of an account after an unclear change.
    pub(super) fn look(&mut self, account: &mut Account) {
        let request = Request::get(&path(account, ""), &self.desk);
        match self.ask("read an account", &request) {
            Answer::Done(body, _) => {
                self.learn(account, &body);
                account.resolve_doubt();
            }
            Answer::Rejected(NOT_FOUND) => {
                account.state = AccountState::Deleted;
                account.resolve_doubt();
            }
            Answer::Rejected(status) => {
                let name = account.username();
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
                Answer::Rejected(status) => self.find(format!("{what}: {status}")),
                Answer::Failed(_) => {}
            }
        }
    }

    /// Updates the state of a session from a response to its request, if there was one.
    fn used(&self, account: &Account, session: &mut Session, answer: &Answer) {
        let allowed = match answer {
            Answer::Done(..) => true,
            Answer::Rejected(UNAUTHENTICATED) => false,
            Answer::Rejected(status) => {
                let name = account.username();
                return self.find(format!(
                    "{name}: a request with a session was denied with {status}"
                ));
            }
            Answer::Failed(_) => return,
        };
        match session.life.used(allowed) {
            Ok(life) => session.life = life,
            Err(wrong) => self.find(format!("{}: {wrong}", account.username())),
        }
    }

    fn recognise(&self, account: &Account, body: &Value) {
        let user = body.get("user").unwrap_or(&Value::Null);
        if let Err(wrong) = account.recognise(user) {
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
    fn page_is_full_and_has_names() {
        let row = json!({ "id": "1", "username": "p" });
        let full = Value::Array(vec![row.clone(); ROWS]);
        assert!(is_page(&full));
        assert!(!is_page(&Value::Array(vec![row; ROWS - 1])));
        assert!(!is_page(&Value::Array(vec![json!({ "id": "1" }); ROWS])));
        assert!(!is_page(&json!({ "error": "UNAVAILABLE" })));
    }
}
