//! Demo groups: a few large ones and many small ones, with managers and features.

use db::demo::{GroupRow, MemberRow, Millis};
use domain::features::FeatureSet;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    crowd::Crowd,
    dice::Dice,
    life::between,
    shares::Shares,
    shuffle::{Shuffle, mix},
    topics::TOPICS,
};

/// Users per group; small data sets have up to `FEWEST`, one for each user.
const USERS_PER_GROUP: u64 = 100;
const FEWEST: u64 = 12;
/// Part of the users that are in the largest group: one in this number.
const IN_LARGEST: u64 = 5;
/// First random stream of groups.
const STREAMS: u64 = 2 << 40;
/// Members per manager, up to `MANAGERS_MAX` managers.
const MEMBERS_PER_MANAGER: u64 = 10;
const MANAGERS_MAX: u64 = 3;
/// Maximum number of features of a group.
const FEATURES_MAX: u64 = 8;

const TEAMS: [&str; 6] = [
    "team",
    "editors",
    "reviewers",
    "guests",
    "training",
    "archive",
];

/// Number of groups, and their sizes.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) count: u64,
    largest: u64,
    others: Shares,
}

impl Groups {
    /// Computes the groups of a number of users. Users are in one group other than the largest one, on average.
    pub(super) fn new(users: u64) -> Self {
        let count = (users / USERS_PER_GROUP).max(users.min(FEWEST));
        Self {
            count,
            largest: (users / IN_LARGEST).max(1),
            others: Shares::skewed(users, count.saturating_sub(1)),
        }
    }

    /// Returns the number of members of a group; group 0 is the largest.
    fn size(&self, index: u64) -> u64 {
        match index.checked_sub(1) {
            None => self.largest,
            Some(rank) => self.others.of(rank).min(self.largest),
        }
    }
}

/// Properties of a group that do not depend on its members.
struct Founded {
    dice: Dice,
    id: Uuid,
    created_at: Millis,
    created_by: Option<Uuid>,
}

/// Returns the beginning of a group: the oldest groups are the largest.
fn found(crowd: &Crowd, index: u64) -> Founded {
    let mut dice = Dice::new(crowd.plan.seed, STREAMS + index);
    let founder = crowd.plan.users * index / crowd.groups.count.max(1);
    let (_, joined, _) = crowd.identify(founder);
    let created_by = crowd.admin_before(founder, &mut dice);
    let id = joined.id(&dice.bytes());
    Founded {
        dice,
        id,
        created_at: joined,
        created_by,
    }
}

/// Returns the id of a group, and the time at which it was created.
pub(super) fn identify(crowd: &Crowd, index: u64) -> (Uuid, Millis) {
    let founded = found(crowd, index);
    (founded.id, founded.created_at)
}

/// Generates a group. The numbers in the names of a later data set begin beyond the number of existing users.
pub(super) fn group(crowd: &Crowd, index: u64) -> GroupRow {
    let mut founded = found(crowd, index);
    let number = crowd.plan.taken + index;
    let topics = TOPICS.len() as u64;
    let teams = TEAMS.len() as u64;
    let topic = TOPICS.get((number % topics) as usize).copied();
    let topic = topic.unwrap_or_default();
    let team = TEAMS.get((number / topics % teams) as usize).copied();
    let team = team.unwrap_or_default();
    let name = match number / (topics * teams) {
        0 => format!("{} {team}", topic.name),
        round => format!("{} {team} {}", topic.name, round + 1),
    };
    GroupRow {
        id: founded.id,
        name,
        description: format!("Works on videos with: {}.", topic.things.join(", ")),
        features: features(&mut founded.dice),
        created_by: founded.created_by,
        created_at: founded.created_at,
        updated_at: founded.created_at,
    }
}

fn features(dice: &mut Dice) -> Value {
    let all = FeatureSet::OpenWebui.features();
    let drawn = (0..dice.below(FEATURES_MAX + 1)).filter_map(|_| {
        let feature = all.get(dice.below(all.len() as u64) as usize)?;
        Some((feature.key.clone(), Value::Bool(true)))
    });
    Value::Object(drawn.collect::<Map<_, _>>())
}

/// Generates the members of a group. The first ones manage it.
pub(super) fn members(crowd: &Crowd, index: u64) -> impl Iterator<Item = MemberRow> {
    let Founded {
        mut dice,
        id,
        created_at,
        created_by,
    } = found(crowd, index);
    let size = crowd.groups.size(index);
    let managers = size.div_ceil(MEMBERS_PER_MANAGER).min(MANAGERS_MAX);
    let order = Shuffle::new(
        crowd.plan.users,
        mix(crowd.plan.seed.wrapping_add(STREAMS + index)),
    );
    (0..size).map(move |position| {
        let (_, joined, user_id) = crowd.identify(order.at(position));
        MemberRow {
            group_id: id,
            user_id,
            is_manager: position < managers,
            added_by: created_by,
            added_at: between(created_at.max(joined), crowd.now, &mut dice),
            password_links: true,
        }
    })
}
