//! Worker: a simulated admin that manages users of its own. No other worker changes them and requests are sequential,
//! so the worker knows the expected state.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    account::{Account, AccountState, Session},
    answer::{Answer, Callers, Request},
    findings::Findings,
    schedule::Site,
    tally::Tally,
};
use crate::dice::Dice;

/// Pause between two requests; it keeps the load steady and below the machine's limit.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
/// Pause after a request that did not get through, as real clients wait before they try again.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);
/// Maximum number of managed users. For each new one beyond it, one that cannot sign in is no longer changed.
const ACCOUNTS: usize = 12;

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
    pub(super) accounts: Vec<Account>,
    /// Users that are no longer changed.
    pub(super) retired: Vec<Account>,
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
    RevokeSessions,
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

    /// Sends requests until the load is over.
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
                Some(Turn::WhoAmI) => self.with_random_account(Self::check_a_session),
                Some(Turn::Act) | None => self.with_random_account(Self::act),
            }
            thread::sleep(PAUSE);
        }
    }

    /// Performs an action on one of the users.
    fn with_random_account(&mut self, what: impl FnOnce(&mut Self, &mut Account)) {
        if self.accounts.is_empty() {
            return;
        }
        let index = self.dice.index(self.accounts.len());
        let mut account = self.accounts.swap_remove(index);
        what(self, &mut account);
        self.accounts.push(account);
    }

    fn create_another(&mut self) {
        if self.accounts.len() >= ACCOUNTS
            && let Some(index) = self.accounts.iter().position(|account| !account.signs_in)
        {
            let account = self.accounts.swap_remove(index);
            self.retired.push(account);
        }
        self.create(false, false);
    }

    /// Performs an action that is possible in the known state.
    fn act(&mut self, account: &mut Account) {
        if account.can_be_resolved() {
            return self.look(account);
        }
        let own = |weight: u64| if account.signs_in { weight } else { 0 };
        let choices = match account.state {
            AccountState::Active => vec![
                (6, Act::Rename),
                (2, Act::Suspend),
                (1, Act::Delete),
                (1, Act::RevokeSessions),
                (own(6), Act::SignIn),
                (own(2), Act::SignOut),
                (own(2), Act::RevokeSession),
            ],
            AccountState::Suspended => vec![
                (1, Act::Rename),
                (4, Act::Unsuspend),
                (1, Act::Delete),
                (own(1), Act::SignIn),
            ],
            AccountState::Deleted => vec![(4, Act::Restore), (own(1), Act::SignIn)],
        };
        match self.dice.weigh(&choices) {
            Some(Act::Rename) | None => self.rename(account),
            Some(Act::Suspend) => self.suspend(account),
            Some(Act::Unsuspend) => self.unsuspend(account),
            Some(Act::Delete) => self.delete(account),
            Some(Act::Restore) => self.restore(account),
            Some(Act::RevokeSessions) => self.revoke_sessions(account),
            Some(Act::RevokeSession) => self.revoke_session(account),
            Some(Act::SignIn) => self.sign_in(account),
            Some(Act::SignOut) => self.sign_out(account),
        }
    }

    /// Checks the owner of a random session; in half of the cases, one of the latest is chosen.
    fn check_a_session(&mut self, account: &mut Account) {
        const LATEST: usize = 4;
        let all = account.sessions.len();
        let some = if self.dice.below(2) == 0 {
            all.min(LATEST)
        } else {
            all
        };
        let back = self.dice.index(some) + 1;
        let Some(index) = all.checked_sub(back) else {
            return self.check_desk();
        };
        let mut session = account.sessions.swap_remove(index);
        self.check(account, &mut session);
        account.sessions.push(session);
        let last = account.sessions.len() - 1;
        account.sessions.swap(index, last);
    }

    /// Sends a request to a random server and counts the outcome.
    pub(super) fn ask(&mut self, what: &'static str, request: &Request) -> Answer {
        let site = Site::draw(&mut self.dice);
        let answer = self.callers.ask(site, request);
        let at = self.began.elapsed();
        self.tally.note(what, site, &answer, at);
        if let Some(problem) = answer.problem() {
            self.find(format!("{what} at server {}: {problem}", site.name()));
        } else if !answer.is_answer() {
            thread::sleep(PATIENCE);
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
    pub(super) fn all_accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().chain(&self.retired)
    }

    /// Returns their sessions, each with its user.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&Account, &Session)> {
        self.all_accounts().flat_map(|account| {
            account
                .sessions
                .iter()
                .map(move |session| (account, session))
        })
    }
}
