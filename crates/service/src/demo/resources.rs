//! Demo resources of the host application, and grants of access to them.

use std::collections::BTreeSet;

use db::demo::{Millis, ResourceGrantRow, ResourceRow};

use super::{clients, crowd::Crowd, dice::Dice, groups, life::between, topics::TOPICS};

/// First random stream of resources, and of their grants.
const STREAMS: u64 = 3 << 40;
const GRANT_STREAMS: u64 = 4 << 40;
/// Resources per thousand that have a client.
const WITH_CLIENT: u64 = 400;
/// Resources per thousand that are not active.
const INACTIVE: u64 = 40;
/// Resources per thousand that are granted to everyone.
const FOR_EVERYONE: u64 = 50;
/// Grants per thousand that include writing.
const WRITE: u64 = 250;

/// Kinds with their weights and the word in the names.
const KINDS: [(u64, (&str, &str)); 5] = [
    (300, ("knowledge", "collection")),
    (300, ("prompts", "prompt")),
    (200, ("models", "model")),
    (120, ("tools", "tool")),
    (80, ("brand", "brand")),
];

/// Generates a resource. The numbers of a later data set begin beyond the number of existing users.
pub(super) fn resource(crowd: &Crowd, index: u64) -> ResourceRow {
    let mut dice = Dice::new(crowd.plan.seed, STREAMS + index);
    let (kind, word) = dice.weigh(&KINDS);
    let topic = dice.pick(&TOPICS);
    let number = crowd.plan.taken + index + 1;
    let (_, joined, owner) = crowd.identify(dice.below(crowd.plan.users));
    let created_at = between(joined, crowd.now, &mut dice);
    let is_brand = kind == "brand";
    let has_client = is_brand || dice.per_mille(WITH_CLIENT);
    ResourceRow {
        id: created_at.id(&dice.bytes()),
        kind,
        external_id: format!("{kind}-{number}"),
        name: format!("{} {word} {number}", topic.name),
        owner_id: (!is_brand).then_some(owner),
        client_id: clients::draw(crowd, &mut dice).filter(|_| has_client),
        active: !dice.per_mille(INACTIVE),
        created_at,
        updated_at: created_at,
    }
}

/// Generates the grants of a resource: to everyone, to groups, the first ones more often, and to users.
pub(super) fn grants(crowd: &Crowd, index: u64) -> Vec<ResourceGrantRow> {
    let resource = resource(crowd, index);
    let mut dice = Dice::new(crowd.plan.seed, GRANT_STREAMS + index);
    let mut grants = Vec::new();
    let grant = |since: Millis, dice: &mut Dice| ResourceGrantRow {
        resource_id: resource.id,
        user_id: None,
        group_id: None,
        level: if dice.per_mille(WRITE) {
            "write"
        } else {
            "read"
        },
        granted_by: resource.owner_id,
        granted_at: between(since.max(resource.created_at), crowd.now, dice),
    };
    if dice.per_mille(FOR_EVERYONE) {
        grants.push(ResourceGrantRow {
            level: "read",
            ..grant(resource.created_at, &mut dice)
        });
    }
    let number = dice.weigh(&[(400, 0), (400, 1), (150, 2), (50, 4)]);
    let drawn: BTreeSet<u64> = (0..number)
        .map(|_| {
            let bound = dice.below(crowd.groups.count) + 1;
            dice.below(bound)
        })
        .collect();
    for group in drawn {
        let (id, created_at) = groups::identify(crowd, group);
        grants.push(ResourceGrantRow {
            group_id: Some(id),
            ..grant(created_at, &mut dice)
        });
    }
    let number = dice.weigh(&[(600, 0), (250, 1), (150, 3)]);
    let drawn: BTreeSet<u64> = (0..number).map(|_| dice.below(crowd.plan.users)).collect();
    for user in drawn {
        let (_, joined, id) = crowd.identify(user);
        grants.push(ResourceGrantRow {
            user_id: Some(id),
            ..grant(joined, &mut dice)
        });
    }
    grants
}
