//! The whole crowd: what is known of everybody before anybody is made. Holds no people, so that a million cost no memory.

use db::demo::Millis;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    calendar::{Calendar, DAY},
    dice::Dice,
    names::Names,
    shares::Shares,
    shuffle::{Shuffle, mix},
};

/// Personas for each person, on average.
const PERSONAS: u64 = 2;
/// Annotations for each person, on average.
const ANNOTATIONS: u64 = 1;
/// Of a thousand people: those who wait for approval, all of them among the newest.
const PENDING: u64 = 15;
/// One of so many of the newest waits for approval.
const PENDING_AMONG_NEWEST: u64 = 4;
/// Of a thousand people: those who were let in but never signed in.
const NEVER_SEEN: u64 = 65;
/// One of so many people is an admin, one of so many an auditor.
const PEOPLE_PER_ADMIN: u64 = 1_000;
const PEOPLE_PER_AUDITOR: u64 = 500;
/// From so many people on there are two admins at least.
const TWO_ADMINS_FROM: u64 = 100;

/// What decides who is in a crowd: with the same values it is the same crowd to the last byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// How many people.
    pub users: u64,
    /// Which crowd of all that are possible.
    pub seed: u64,
    /// When it is: everything happened before this day began, UTC.
    pub today: OffsetDateTime,
    /// How many users there are already. Usernames and addresses begin with numbers beyond theirs.
    pub taken: u64,
    /// The built-in roles.
    pub roles: Roles,
}

/// Ids of the built-in roles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roles {
    /// `admin`
    pub admin: Uuid,
    /// `auditor`
    pub auditor: Uuid,
    /// `user`
    pub user: Uuid,
}

/// Everything about a crowd that does not depend on one person.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) plan: Plan,
    /// The beginning of the day.
    pub(super) now: Millis,
    pub(super) names: Names,
    pub(super) personas: Shares,
    pub(super) annotations: Shares,
    calendar: Calendar,
    pending: u64,
    people_per_admin: u64,
    seen: u64,
    activity: Shuffle,
}

/// What a person is to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Waits for approval.
    Pending,
    /// Never signed in.
    NeverSeen,
    /// Signed in. Rank 0 does the most.
    Seen {
        /// Place in the order of how much they do.
        rank: u64,
    },
}

impl Crowd {
    /// The crowd of a plan.
    pub(super) fn new(plan: Plan) -> Self {
        let now = Millis(Millis::from(plan.today).0.div_euclid(DAY) * DAY);
        let pending = plan.users * PENDING / 1000;
        let seen = plan.users - pending - plan.users * NEVER_SEEN / 1000;
        let fewest_admins = if plan.users < TWO_ADMINS_FROM { 1 } else { 2 };
        let admins = (plan.users / PEOPLE_PER_ADMIN).max(fewest_admins);
        Self {
            now,
            names: Names::new(plan.seed, plan.users),
            personas: Shares::skewed(plan.users * PERSONAS, seen),
            annotations: Shares::strongly_skewed(plan.users * ANNOTATIONS, seen),
            calendar: Calendar::until(now),
            pending,
            people_per_admin: (plan.users / admins).max(1),
            seen,
            activity: Shuffle::new(plan.users - pending, mix(plan.seed.wrapping_add(1))),
            plan,
        }
    }

    /// The random stream of a person, and with its first draws when they joined and their id.
    pub(super) fn identify(&self, person: u64) -> (Dice, Millis, Uuid) {
        let mut dice = Dice::new(self.plan.seed, person);
        let joined = self
            .calendar
            .joined((person as f64 + dice.fraction()) / self.plan.users as f64);
        let id = joined.id(&dice.bytes());
        (dice, joined, id)
    }

    /// What a person is to the system.
    pub(super) fn standing(&self, person: u64) -> Standing {
        let among_newest = (person + 1).saturating_sub(self.long_here());
        if among_newest > 0 && among_newest.is_multiple_of(PENDING_AMONG_NEWEST) {
            return Standing::Pending;
        }
        let pending_before = among_newest / PENDING_AMONG_NEWEST;
        let rank = self.activity.at(person - pending_before);
        if rank < self.seen {
            Standing::Seen { rank }
        } else if person.is_multiple_of(self.people_per_admin) {
            Standing::Seen { rank: self.seen }
        } else {
            Standing::NeverSeen
        }
    }

    /// Whether a person is an admin. The first one is: somebody had to set the system up.
    pub(super) fn is_admin(&self, person: u64) -> bool {
        person.is_multiple_of(self.people_per_admin) && self.standing(person) != Standing::Pending
    }

    /// Whether a person is an auditor.
    pub(super) fn is_auditor(&self, person: u64) -> bool {
        person % PEOPLE_PER_AUDITOR == PEOPLE_PER_AUDITOR / 2
    }

    /// An admin who was there before a person; none before the first.
    pub(super) fn admin_before(&self, person: u64, dice: &mut Dice) -> Option<Uuid> {
        let admins = person.min(self.long_here()).div_ceil(self.people_per_admin);
        (admins > 0).then(|| self.identify(dice.below(admins) * self.people_per_admin).2)
    }

    /// How many came before the newest, of whom some wait for approval.
    fn long_here(&self) -> u64 {
        self.plan.users - self.pending * PENDING_AMONG_NEWEST
    }
}
