//! History of a demo account, with events in a plausible order.

use db::demo::Millis;
use uuid::Uuid;

use super::{
    calendar::{DAY, HOUR},
    crowd::{ActivityState, Crowd},
    dice::Dice,
};

/// Retention of ended sessions, and so the period for which there are any: 30 days.
pub(super) const RECENT: i64 = 30 * DAY;
/// Users per thousand with a sign-in whose last one is within [`RECENT`]; the second figure is for the most active users.
const SEEN_RECENTLY: u64 = 406;
const BUSY_SEEN_RECENTLY: u64 = 950;
/// Users per thousand with a sign-in that are suspended.
const SUSPENDED: u64 = 22;
/// Suspensions per thousand that have an end.
const SUSPENDED_FOR_A_WHILE: u64 = 600;

const REASONS: [&str; 8] = [
    "Shared the account with others",
    "Repeated spam in comments",
    "Left the organization; owned data under review",
    "Suspicious sign-ins from several countries",
    "Requested a break",
    "Uploaded material without permission",
    "Contract on hold",
    "Did not confirm the terms of use",
];

/// Timestamps and states of one account.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) id: Uuid,
    pub(super) joined: Millis,
    pub(super) created_via: &'static str,
    pub(super) created_by: Option<Uuid>,
    /// Last sign-in and last activity; None for users without a sign-in.
    pub(super) seen: Option<(Millis, Millis)>,
    pub(super) suspension: Option<Suspension>,
    pub(super) pending: bool,
    /// Position in the order of activity; None for users without a sign-in.
    pub(super) rank: Option<u64>,
}

/// Suspension of an account.
#[derive(Debug, Clone)]
pub(super) struct Suspension {
    pub(super) reason: &'static str,
    pub(super) at: Millis,
    pub(super) until: Option<Millis>,
    pub(super) by: Option<Uuid>,
}

impl Life {
    /// Generates the history of a user. Returns it with the random stream from which the rest of the user is drawn.
    pub(super) fn of(crowd: &Crowd, user_index: u64) -> (Self, Dice) {
        let (mut dice, joined, id) = crowd.identify(user_index);
        let activity = crowd.activity(user_index);
        let rank = match activity {
            ActivityState::Seen { rank } => Some(rank),
            ActivityState::Pending | ActivityState::NeverSeen => None,
        };
        let pending = activity == ActivityState::Pending;
        let created_via = if user_index == 0 {
            "setup"
        } else {
            created_via(pending, &mut dice)
        };
        let created_by = match created_via {
            "admin" | "invitation" | "import" => crowd.admin_before(user_index, &mut dice),
            _ => None,
        };
        let busy = rank.is_some_and(|rank| rank < crowd.plan.users / 50);
        let seen = rank.map(|_| seen(crowd.now, joined, busy, &mut dice));
        let mut life = Self {
            id,
            joined,
            created_via,
            created_by,
            seen,
            suspension: None,
            pending,
            rank,
        };
        if !crowd.is_admin(user_index) && dice.per_mille(SUSPENDED) {
            life.suspend(crowd, user_index, &mut dice);
        }
        (life, dice)
    }

    /// Suspends the account, some time after its last activity. Does nothing without any activity.
    fn suspend(&mut self, crowd: &Crowd, user_index: u64, dice: &mut Dice) {
        let Some((_, active)) = self.seen else { return };
        let for_a_while = dice.per_mille(SUSPENDED_FOR_A_WHILE);
        self.suspension = Some(Suspension {
            reason: dice.pick(&REASONS),
            at: lately(active, crowd.now, dice),
            until: for_a_while.then(|| crowd.now + DAY * (2 + dice.below(90) as i64)),
            by: crowd.admin_before(user_index, dice),
        });
    }

    /// Returns the status as it is stored.
    pub(super) fn status(&self) -> &'static str {
        match (self.pending, &self.suspension) {
            (true, _) => "pending",
            (false, Some(_)) => "suspended",
            (false, None) => "active",
        }
    }

    /// Returns the time of the last use; that of the sign-up for users without a sign-in.
    pub(super) fn last_active(&self) -> Millis {
        self.seen.map_or(self.joined, |(_, active)| active)
    }
}

fn created_via(pending: bool, dice: &mut Dice) -> &'static str {
    if pending {
        return "registration";
    }
    dice.weigh(&[
        (40, "registration"),
        (27, "admin"),
        (19, "invitation"),
        (11, "import"),
        (3, "cli"),
    ])
}

/// Returns the last sign-in and the last activity: within the last days for many users, long ago for some.
fn seen(now: Millis, joined: Millis, busy: bool, dice: &mut Dice) -> (Millis, Millis) {
    let recently = if busy {
        BUSY_SEEN_RECENTLY
    } else {
        SEEN_RECENTLY
    };
    let begin_of_recent = joined.max(now - RECENT);
    let signed_in = if joined == begin_of_recent || dice.per_mille(recently) {
        lately(begin_of_recent, now, dice)
    } else {
        lately(joined, begin_of_recent, dice)
    };
    let stayed = HOUR / 60 + dice.below(8 * HOUR.unsigned_abs()) as i64;
    let returns = if dice.per_mille(300) {
        dice.below(3 * DAY.unsigned_abs()) as i64
    } else {
        0
    };
    (signed_in, now.min(signed_in + stayed + returns))
}

/// Draws a time between two, nearer to the end.
pub(super) fn lately(begin: Millis, end: Millis, dice: &mut Dice) -> Millis {
    let fraction = dice.fraction();
    end - ((end - begin) as f64 * fraction * fraction) as i64
}

/// Draws a time between two, all with the same probability.
pub(super) fn between(begin: Millis, end: Millis, dice: &mut Dice) -> Millis {
    begin + dice.below((end - begin).max(0).unsigned_abs()) as i64
}
