//! Meter: a simulated host application that counts uses of two users of its own, and sends each use again until it has a
//! clear response.

use std::{sync::atomic::Ordering, thread, time::Instant};

use serde_json::{Value, json};

use super::{
    answer::{Answer, Callers, Request, RequestError},
    ledger::Outcome,
    schedule::Site,
    tally::Tally,
    uses::Use,
    worker::{PATIENCE, PAUSE, Shared},
};
use crate::dice::Dice;

/// Prefix of the usernames of the metered users.
pub(super) const METERED: &str = "metered-";
/// Number of times a use is sent: longer than each outage.
const SENT_MAX: u32 = 200;
/// Maximum number of uses in a batch.
const BATCH: u64 = 20;
/// Maximum number of requests of a use.
const REQUESTS: u64 = 3;
/// Seconds of a lease, which is settled immediately, or never.
const LEASE_SECONDS: u64 = 2;
/// Leases in a hundred that are not settled.
const ABANDONED: u64 = 30;
const CONFLICT: u16 = 409;
const TOO_MANY: u16 = 429;

/// Host application and its users.
pub(super) struct Meter<'a> {
    pub(super) shared: &'a Shared,
    pub(super) callers: Callers,
    pub(super) dice: Dice,
    /// Number of the meter, which makes its event ids unique.
    pub(super) number: u64,
    /// Number of event ids that were generated.
    pub(super) texts: u64,
    /// Cookie of the session.
    pub(super) desk: String,
    /// The id of a user whose limit denies nothing.
    pub(super) roomy: String,
    /// The id of a user whose limit denies many uses.
    pub(super) tight: String,
    pub(super) uses: Vec<Use>,
    pub(super) tally: Tally,
    /// Start of the load.
    pub(super) began: Instant,
}

/// Next action of a meter.
#[derive(Clone, Copy)]
enum Turn {
    Consume,
    Report,
    Reserve,
    Repeat,
}

impl Meter<'_> {
    /// Starts counting requests; times are measured from `began`.
    pub(super) fn begin(&mut self, load: Instant) {
        self.began = load;
    }

    /// Counts uses until the load is over.
    pub(super) fn run(&mut self) {
        while !self.shared.over.load(Ordering::Relaxed) {
            let turn = self.dice.weigh(&[
                (6, Turn::Consume),
                (2, Turn::Report),
                (3, Turn::Reserve),
                (1, Turn::Repeat),
            ]);
            match turn {
                Some(Turn::Consume) | None => self.consume(),
                Some(Turn::Report) => self.report(),
                Some(Turn::Reserve) => self.reserve(),
                Some(Turn::Repeat) => self.repeat(),
            }
            thread::sleep(PAUSE);
        }
    }

    /// Asks for a use, which the limit of one of the users often denies.
    fn consume(&mut self) {
        let mut requested = self.draw();
        let (answer, is_repeated) =
            self.insist("consume", "/api/limits/consume", &body(&requested));
        let can_be_denied = requested.user == self.tight;
        match &answer {
            Answer::Done(body, _) if !is_repeated && body["counted"] != true => {
                self.find(format!("{}: not counted, but {body}", requested.event));
            }
            Answer::Rejected(status) if *status != TOO_MANY || !can_be_denied => {
                self.find(format!("{}: denied with {status}", requested.event));
            }
            Answer::Done(..) | Answer::Rejected(_) | Answer::Failed(_) => {}
        }
        requested.outcome = answer.outcome();
        self.uses.push(requested);
    }

    /// Reports uses of both users at once, and one of them that was acknowledged before.
    fn report(&mut self) {
        let number = 1 + self.dice.below(BATCH);
        let requested: Vec<Use> = (0..number).map(|_| self.draw()).collect();
        let done = |known: &&Use| known.outcome == Outcome::Done;
        let known = self.uses.iter().rev().find(done).cloned();
        let events: Vec<Value> = requested.iter().chain(&known).map(body).collect();
        let sent = events.len() as u64;
        let (answer, is_repeated) =
            self.insist("report usage", "/api/usage", &json!({ "events": events }));
        match &answer {
            Answer::Done(body, _) => {
                let of = |field: &str| body[field].as_u64().unwrap_or_default();
                let (counted, repeated) = (of("counted"), of("repeated"));
                let is_right = counted + repeated == sent && (is_repeated || counted == number);
                if !is_right {
                    self.find(format!("{number} new of {sent} events, but {body}"));
                }
            }
            Answer::Rejected(status) => {
                self.find(format!("a report of usage was denied with {status}"));
            }
            Answer::Failed(_) => {}
        }
        let outcome = answer.outcome();
        let requested = requested.into_iter();
        self.uses.extend(requested.map(|requested| Use {
            outcome,
            ..requested
        }));
    }

    /// Reserves a use, and settles it with another number of requests, or leaves its lease to end by itself.
    fn reserve(&mut self) {
        let mut requested = Use {
            user: self.roomy.clone(),
            ..self.draw()
        };
        let mut reservation = body(&requested);
        if let Some(fields) = reservation.as_object_mut() {
            fields.insert("seconds".to_owned(), json!(LEASE_SECONDS));
        }
        let (answer, _) = self.insist("reserve", "/api/limits/reserve", &reservation);
        // A reservation counts nothing, whatever its response.
        requested.outcome = Outcome::Rejected;
        match answer {
            Answer::Done(body, _) if self.dice.below(100) >= ABANDONED => {
                requested.requests += self.dice.below(REQUESTS);
                let settlement =
                    json!({ "lease": body.get("lease"), "requests": requested.requests });
                let (answer, _) = self.insist("settle", "/api/limits/settle", &settlement);
                if let Answer::Rejected(status) = answer {
                    self.find(format!("{}: not settled: {status}", requested.event));
                }
                requested.outcome = answer.outcome();
            }
            Answer::Rejected(status) => {
                self.find(format!("{}: not reserved: {status}", requested.event));
            }
            Answer::Done(..) | Answer::Failed(_) => {}
        }
        self.uses.push(requested);
    }

    /// Asks for an acknowledged use again, which must not count again.
    fn repeat(&mut self) {
        if self.uses.is_empty() {
            return;
        }
        let index = self.dice.index(self.uses.len());
        let Some(known) = self.uses.get(index).cloned() else {
            return;
        };
        if known.outcome != Outcome::Done {
            return;
        }
        let (answer, _) = self.insist("consume again", "/api/limits/consume", &body(&known));
        match answer {
            Answer::Done(body, _) if body.get("counted") == Some(&json!(false)) => {}
            Answer::Done(body, _) => self.find(format!("{}: counted again: {body}", known.event)),
            Answer::Rejected(status) => {
                self.find(format!("{}: denied with {status} later", known.event));
            }
            Answer::Failed(_) => {}
        }
    }

    /// Sends a request until it has a clear response. Returns the last response, and whether an earlier request may have
    /// taken effect.
    fn insist(&mut self, what: &'static str, path: &str, body: &Value) -> (Answer, bool) {
        let request = Request::post(path, &self.desk, body.clone());
        let mut may_be_done = false;
        for _ in 1..SENT_MAX {
            let answer = self.ask(what, &request);
            match answer {
                // The earlier request is still running.
                Answer::Rejected(CONFLICT) => thread::sleep(PATIENCE),
                Answer::Done(..) | Answer::Rejected(_) => return (answer, may_be_done),
                Answer::Failed(RequestError::Unreached) => {}
                Answer::Failed(_) => may_be_done = true,
            }
        }
        let answer = match self.ask(what, &request) {
            Answer::Failed(RequestError::Unreached) | Answer::Rejected(CONFLICT) if may_be_done => {
                Answer::Failed(RequestError::Cut)
            }
            answer => answer,
        };
        (answer, may_be_done)
    }

    /// Sends a request to a random server and counts the outcome.
    fn ask(&mut self, what: &'static str, request: &Request) -> Answer {
        let site = Site::draw(&mut self.dice);
        let answer = self.callers.ask(site, request);
        self.tally.note(what, site, &answer, self.began.elapsed());
        if let Some(problem) = answer.problem() {
            self.find(format!("{what} at server {}: {problem}", site.name()));
        }
        if !answer.is_answer() {
            thread::sleep(PATIENCE);
        }
        answer
    }

    /// Draws a use with a new event id.
    fn draw(&mut self) -> Use {
        self.texts += 1;
        let user = if self.dice.below(2) == 0 {
            &self.roomy
        } else {
            &self.tight
        };
        Use {
            user: user.clone(),
            event: format!("{METERED}{}-{}", self.number, self.texts),
            requests: 1 + self.dice.below(REQUESTS),
            outcome: Outcome::Unclear,
        }
    }

    fn find(&self, what: String) {
        self.shared.findings.note(what);
    }
}

/// Returns the body of a request for a use.
fn body(requested: &Use) -> Value {
    json!({ "user": requested.user, "eventId": requested.event, "requests": requested.requests })
}
