//! Properties of the whole data set, computed before any user. It holds no users, so that its memory does not grow with
//! their number.

use db::demo::Millis;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    calendar::{Calendar, DAY},
    dice::Dice,
    groups::Groups,
    names::Names,
    shares::Shares,
    shuffle::{Shuffle, mix},
};

/// Average number of personas per user.
const PERSONAS: u64 = 2;
/// Average number of annotations per user.
const ANNOTATIONS: u64 = 1;
/// Pending users per thousand, all of them among the newest.
const PENDING: u64 = 15;
/// Share of pending users among the newest: one in this number.
const PENDING_AMONG_NEWEST: u64 = 4;
/// Approved users per thousand that never signed in.
const NEVER_SEEN: u64 = 65;
/// Number of users per admin and per auditor.
const USERS_PER_ADMIN: u64 = 1_000;
const USERS_PER_AUDITOR: u64 = 500;
/// Number of users from which there are at least two admins.
const TWO_ADMINS_FROM: u64 = 100;
/// Users per resource; small data sets have up to `FEWEST_RESOURCES`, one for each user.
const USERS_PER_RESOURCE: u64 = 10;
const FEWEST_RESOURCES: u64 = 60;
/// Users per client, and the same.
const USERS_PER_CLIENT: u64 = 2_000;
const FEWEST_CLIENTS: u64 = 6;

/// Parameters of a data set: equal values give the same data to the last byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Number of users to generate.
    pub users: u64,
    /// Seed of the random generator.
    pub seed: u64,
    /// Date of the data: every timestamp is before the start of this day, UTC.
    pub today: OffsetDateTime,
    /// Number of users that exist already. Numbers in usernames and email addresses start beyond it.
    pub taken: u64,
    /// Built-in roles of the database.
    pub roles: RoleIds,
}

/// Ids of the built-in roles.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoleIds {
    /// Id of the role `admin`.
    pub admin: Uuid,
    /// Id of the role `auditor`.
    pub auditor: Uuid,
    /// Id of the role `user`.
    pub user: Uuid,
}

/// Properties of a data set that depend on no single user.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) plan: Plan,
    /// Start of the day of the plan.
    pub(super) now: Millis,
    pub(super) names: Names,
    pub(super) personas: Shares,
    pub(super) annotations: Shares,
    pub(super) groups: Groups,
    /// Number of resources.
    pub(super) resources: u64,
    /// Numbers of the clients.
    pub(super) clients: Vec<i32>,
    calendar: Calendar,
    pending: u64,
    users_per_admin: u64,
    seen: u64,
    activity: Shuffle,
}

/// Activity of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActivityState {
    /// Registration that is pending.
    Pending,
    /// Approved account without a sign-in.
    NeverSeen,
    /// Account that signed in at least once. Rank 0 is the most active.
    Seen {
        /// Position in the order of activity.
        rank: u64,
    },
}

impl Plan {
    /// Returns the number of clients.
    pub(super) fn clients(&self) -> u64 {
        (self.users / USERS_PER_CLIENT).max(self.users.min(FEWEST_CLIENTS))
    }
}

impl Crowd {
    /// Computes the properties of a plan. Users, personas and resources have these clients.
    pub(super) fn new(plan: Plan, clients: Vec<i32>) -> Self {
        let now = Millis(Millis::from(plan.today).0.div_euclid(DAY) * DAY);
        let pending = plan.users * PENDING / 1000;
        let seen = plan.users - pending - plan.users * NEVER_SEEN / 1000;
        let fewest_admins = if plan.users < TWO_ADMINS_FROM { 1 } else { 2 };
        let admins = (plan.users / USERS_PER_ADMIN).max(fewest_admins);
        Self {
            now,
            names: Names::new(plan.seed, plan.users),
            personas: Shares::skewed(plan.users * PERSONAS, seen),
            annotations: Shares::strongly_skewed(plan.users * ANNOTATIONS, seen),
            groups: Groups::new(plan.users),
            resources: (plan.users / USERS_PER_RESOURCE).max(plan.users.min(FEWEST_RESOURCES)),
            clients,
            calendar: Calendar::until(now),
            pending,
            users_per_admin: (plan.users / admins).max(1),
            seen,
            activity: Shuffle::new(plan.users - pending, mix(plan.seed.wrapping_add(1))),
            plan,
        }
    }

    /// Returns the random stream of a user, after its first draws gave the time of the sign-up and the id.
    pub(super) fn identify(&self, user_index: u64) -> (Dice, Millis, Uuid) {
        let mut dice = Dice::new(self.plan.seed, user_index);
        let joined = self
            .calendar
            .joined((user_index as f64 + dice.fraction()) / self.plan.users as f64);
        let id = joined.id(&dice.bytes());
        (dice, joined, id)
    }

    /// Returns the activity of a user.
    pub(super) fn activity(&self, user_index: u64) -> ActivityState {
        let among_newest = (user_index + 1).saturating_sub(self.long_here());
        if among_newest > 0 && among_newest.is_multiple_of(PENDING_AMONG_NEWEST) {
            return ActivityState::Pending;
        }
        let pending_before = among_newest / PENDING_AMONG_NEWEST;
        let rank = self.activity.at(user_index - pending_before);
        if rank < self.seen {
            ActivityState::Seen { rank }
        } else if user_index.is_multiple_of(self.users_per_admin) {
            ActivityState::Seen { rank: self.seen }
        } else {
            ActivityState::NeverSeen
        }
    }

    /// Returns whether a user is an admin. The first user is: it did the setup.
    pub(super) fn is_admin(&self, user_index: u64) -> bool {
        user_index.is_multiple_of(self.users_per_admin)
            && self.activity(user_index) != ActivityState::Pending
    }

    /// Returns whether a user is an auditor.
    pub(super) fn is_auditor(&self, user_index: u64) -> bool {
        user_index % USERS_PER_AUDITOR == USERS_PER_AUDITOR / 2
    }

    /// Returns an admin who signed up before a user. None for the first user.
    pub(super) fn admin_before(&self, user_index: u64, dice: &mut Dice) -> Option<Uuid> {
        let admins = user_index
            .min(self.long_here())
            .div_ceil(self.users_per_admin);
        (admins > 0).then(|| self.identify(dice.below(admins) * self.users_per_admin).2)
    }

    /// Returns the number of users before the newest ones, among which the pending ones are.
    fn long_here(&self) -> u64 {
        self.plan.users - self.pending * PENDING_AMONG_NEWEST
    }
}
