//! Worker: a simulated admin that manages users of its own. No other worker changes them and requests are sequential,
//! so the worker knows the expected state.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    answer::{Answer, Callers, Failure, Request},
    dice::Dice,
    findings::Findings,
    person::{Person, Session, Standing},
    schedule::Site,
    tally::Tally,
};

/// Pause between two requests; it keeps the load steady and below the machine's limit.
const PAUSE: Duration = Duration::from_millis(10);
/// Pause after a request that did not get through, as real clients wait before they try again.
const PATIENCE: Duration = Duration::from_millis(50);
/// Maximum number of managed users. For each new one beyond it, one that cannot sign in is no longer changed.
const PEOPLE: usize = 12;

/// State that all workers share.
pub(super) struct Shared {
    pub(super) findings: Findings,
    /// Password of all users that have one.
    pub(super) password: String,
    pub(super) over: AtomicBool,
}

/// Worker and the users that it manages.
pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared,
    pub(super) callers: Callers,
    pub(super) dice: Dice,
    /// Number of the worker, which makes its texts unique.
    pub(super) number: u64,
    /// Number of texts that were generated.
    pub(super) texts: u64,
    /// Cookie of the worker's own session.
    pub(super) desk: String,
    pub(super) people: Vec<Person>,
    /// Users that are no longer changed.
    pub(super) retired: Vec<Person>,
    pub(super) tally: Tally,
    /// Start of the load.
    pub(super) began: Instant,
}

/// Next action of a worker.
#[derive(Clone, Copy)]
enum Turn {
    WhoAmI,
    Lists,
    Create,
    Act,
}

/// Action on a user, or by the user.
#[derive(Clone, Copy)]
enum Act {
    Rename,
    Suspend,
    Unsuspend,
    Delete,
    Restore,
    EndSessions,
    RevokeSession,
    SignIn,
    SignOut,
}

impl Worker<'_> {
    /// Starts counting requests; times are measured from `began`.
    pub(super) fn begin(&mut self, load: Instant) {
        self.tally = Tally::default();
        self.began = load;
    }

    /// Works until the load is over.
    pub(super) fn run(&mut self) {
        while !self.shared.over.load(Ordering::Relaxed) {
            let turn = self.dice.weigh(&[
                (5, Turn::WhoAmI),
                (1, Turn::Lists),
                (1, Turn::Create),
                (6, Turn::Act),
            ]);
            match turn {
                Some(Turn::Lists) => self.read_lists(),
                Some(Turn::Create) => self.create_another(),
                Some(Turn::WhoAmI) => self.with_somebody(Self::check_a_session),
                Some(Turn::Act) | None => self.with_somebody(Self::act),
            }
            thread::sleep(PAUSE);
        }
    }

    /// Performs an action on one of the users.
    fn with_somebody(&mut self, what: impl FnOnce(&mut Self, &mut Person)) {
        if self.people.is_empty() {
            return;
        }
        let index = self.dice.index(self.people.len());
        let mut person = self.people.swap_remove(index);
        what(self, &mut person);
        self.people.push(person);
    }

    fn create_another(&mut self) {
        if self.people.len() >= PEOPLE
            && let Some(index) = self.people.iter().position(|person| !person.signs_in)
        {
            let person = self.people.swap_remove(index);
            self.retired.push(person);
        }
        self.create(false, false);
    }

    /// Performs an action that is possible in the known state.
    fn act(&mut self, person: &mut Person) {
        if person.can_be_settled() {
            return self.look(person);
        }
        let own = |weight: u64| if person.signs_in { weight } else { 0 };
        let choices = match person.standing {
            Standing::Active => vec![
                (6, Act::Rename),
                (2, Act::Suspend),
                (1, Act::Delete),
                (1, Act::EndSessions),
                (own(6), Act::SignIn),
                (own(2), Act::SignOut),
                (own(2), Act::RevokeSession),
            ],
            Standing::Suspended => vec![
                (1, Act::Rename),
                (4, Act::Unsuspend),
                (1, Act::Delete),
                (own(1), Act::SignIn),
            ],
            Standing::Deleted => vec![(4, Act::Restore), (own(1), Act::SignIn)],
        };
        match self.dice.weigh(&choices) {
            Some(Act::Rename) | None => self.rename(person),
            Some(Act::Suspend) => self.suspend(person),
            Some(Act::Unsuspend) => self.unsuspend(person),
            Some(Act::Delete) => self.delete(person),
            Some(Act::Restore) => self.restore(person),
            Some(Act::EndSessions) => self.end_sessions(person),
            Some(Act::RevokeSession) => self.revoke_session(person),
            Some(Act::SignIn) => self.sign_in(person),
            Some(Act::SignOut) => self.sign_out(person),
        }
    }

    /// Checks the owner of a random session; in half of the cases, one of the latest is chosen.
    fn check_a_session(&mut self, person: &mut Person) {
        const LATEST: usize = 4;
        let all = person.sessions.len();
        let some = if self.dice.below(2) == 0 {
            all.min(LATEST)
        } else {
            all
        };
        let back = self.dice.index(some) + 1;
        let Some(index) = all.checked_sub(back) else {
            return self.check_desk();
        };
        let mut session = person.sessions.swap_remove(index);
        self.check(person, &mut session);
        person.sessions.push(session);
        let last = person.sessions.len() - 1;
        person.sessions.swap(index, last);
    }

    /// Sends a request to a random server and counts the outcome.
    pub(super) fn ask(&mut self, what: &'static str, request: &Request) -> Answer {
        let site = if self.dice.below(2) == 0 {
            Site::A
        } else {
            Site::B
        };
        let answer = self.callers.ask(site, request);
        let at = self.began.elapsed();
        self.tally.note(what, site, &answer, at);
        match &answer {
            // Temporary errors have a status of their own, so that clients know that they may try again. A 500 and an
            // unreadable body are findings.
            Answer::Failed(failure @ (Failure::Status(500) | Failure::Unreadable)) => {
                let failure = failure.name();
                self.find(format!("{what} at server {}: {failure}", site.name()));
            }
            Answer::Failed(_) => thread::sleep(PATIENCE),
            Answer::Done(..) | Answer::Refused(_) => {}
        }
        answer
    }

    /// Returns a text that no other change uses.
    pub(super) fn text(&mut self) -> String {
        self.texts += 1;
        format!("{}-{}", self.number, self.texts)
    }

    /// Adds a finding.
    pub(super) fn find(&self, what: impl Into<String>) {
        self.shared.findings.note(what);
    }

    /// Returns all users that the worker has ever managed.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().chain(&self.retired)
    }

    /// Returns their sessions, each with its user.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&Person, &Session)> {
        self.everybody()
            .flat_map(|person| person.sessions.iter().map(move |session| (person, session)))
    }
}
