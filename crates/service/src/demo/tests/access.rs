//! Groups, clients and resources of every data set.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{CLIENTS, crowd, demo_users, plan};
use crate::demo::{clients, crowd::Plan, groups, resources};

#[test]
fn groups_are_skewed_and_have_managers() {
    const USERS: u64 = 20_000;
    let crowd = crowd(USERS, 1);
    let groups: Vec<_> = (0..crowd.groups.count)
        .map(|index| groups::group(&crowd, index))
        .collect();
    assert_eq!(groups.len(), 200);
    let names: HashSet<_> = groups
        .iter()
        .map(|group| group.name.to_lowercase())
        .collect();
    assert_eq!(names.len(), groups.len());
    let mut sizes = Vec::new();
    for (index, group) in (0..).zip(&groups) {
        let members: Vec<_> = groups::members(&crowd, index).collect();
        let users: HashSet<Uuid> = members.iter().map(|member| member.user_id).collect();
        assert_eq!(users.len(), members.len(), "{}", group.name);
        assert!(members.iter().all(|member| {
            member.group_id == group.id && (group.created_at..=crowd.now).contains(&member.added_at)
        }));
        let has_manager = members.iter().any(|member| member.is_manager);
        assert_eq!(has_manager, !members.is_empty());
        sizes.push(members.len() as u64);
    }
    assert_eq!(sizes[0], USERS / 5);
    assert!(sizes[1] > 10 * sizes[100], "{sizes:?}");
    assert!(sizes.iter().sum::<u64>().abs_diff(USERS + USERS / 5) < USERS / 5);
}

#[test]
fn resources_have_owners_clients_and_grants() {
    let crowd = crowd(5_000, 1);
    let resources: Vec<_> = (0..crowd.resources)
        .map(|index| resources::resource(&crowd, index))
        .collect();
    assert_eq!(resources.len(), 500);
    let kinds: HashSet<_> = resources.iter().map(|resource| resource.kind).collect();
    assert_eq!(kinds.len(), 5);
    let keys: HashSet<_> = resources
        .iter()
        .map(|resource| &resource.external_id)
        .collect();
    assert_eq!(keys.len(), resources.len());
    let users: HashSet<Uuid> = demo_users(5_000, 1).map(|user| user.user.id).collect();
    let mut of_kind: HashMap<&str, usize> = HashMap::new();
    for (index, resource) in (0..).zip(&resources) {
        assert!(resource.owner_id.is_none_or(|id| users.contains(&id)));
        assert!(resource.client_id.is_none_or(|id| CLIENTS.contains(&id)));
        let grants = resources::grants(&crowd, index);
        let subjects: HashSet<_> = grants
            .iter()
            .map(|grant| (grant.user_id, grant.group_id))
            .collect();
        assert_eq!(subjects.len(), grants.len());
        for grant in grants {
            let subject = match (grant.user_id, grant.group_id) {
                (Some(id), None) => {
                    assert!(users.contains(&id));
                    "user"
                }
                (None, Some(_)) => "group",
                _ => "everyone",
            };
            *of_kind.entry(subject).or_default() += 1;
        }
    }
    assert!(
        ["user", "group", "everyone"]
            .iter()
            .all(|kind| of_kind[kind] > 10)
    );
}

#[test]
fn small_crowds_have_something_to_show() {
    for (users, groups, clients, resources) in [
        (1, 1, 1, 1),
        (300, 12, 6, 60),
        (1_000_000, 10_000, 500, 100_000),
    ] {
        let crowd = crowd(users, 1);
        let counts = (crowd.groups.count, crowd.plan.clients(), crowd.resources);
        assert_eq!(counts, (groups, clients, resources));
    }
}

#[test]
fn clients_of_a_later_crowd_have_other_names() {
    let first = clients::names(&plan(300, 1));
    let later = clients::names(&Plan {
        taken: 300,
        ..plan(300, 1)
    });
    let all: HashSet<&String> = first.iter().chain(&later).collect();
    assert_eq!(all.len(), 12);
}
