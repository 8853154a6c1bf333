//! Users that a request adds to a group or removes from it.

use std::collections::BTreeSet;

use db::groups::members::Candidate;
use domain::{
    fields::FieldErrors,
    groups::{
        GroupAuthority, MEMBERS_AT_ONCE, MemberSelection, MemberTarget, MembersOutcome,
        is_member_skipped,
    },
    messages, policy,
    users::names::is_deceptive,
};
use uuid::Uuid;

use crate::{Error, access::Actor};

/// Users that a request selects.
pub(super) struct Selection {
    ids: Vec<Uuid>,
    unknown: Vec<String>,
}

/// Finds the ids of the users of a selection, and the names that no user has.
pub(super) async fn find(
    transaction: &mut db::Transaction,
    selection: MemberSelection,
) -> Result<Selection, Error> {
    match selection {
        MemberSelection::Ids(mut ids) => {
            ids.sort();
            ids.dedup();
            check_number(ids.len())?;
            Ok(Selection {
                ids,
                unknown: Vec::new(),
            })
        }
        MemberSelection::Names(names) => {
            check_number(names.len())?;
            // No user has such a name, and PostgreSQL rejects a NUL.
            let is_possible = |name: &String| !name.chars().any(is_deceptive);
            let (possible, mut unknown): (Vec<_>, Vec<_>) =
                names.into_iter().partition(is_possible);
            let found = db::groups::members::find_named(&mut **transaction, &possible).await?;
            let mut ids = BTreeSet::new();
            for (name, id) in possible.into_iter().zip(found) {
                match id {
                    Some(id) => {
                        ids.insert(id);
                    }
                    None => unknown.push(name),
                }
            }
            Ok(Selection {
                ids: ids.into_iter().collect(),
                unknown,
            })
        }
    }
}

/// Returns the selected users that the actor can add or remove, and the others by their names.
pub(super) async fn choose(
    transaction: &mut db::Transaction,
    (actor, authority): (&Actor, GroupAuthority),
    group: Uuid,
    selection: Selection,
) -> Result<(Vec<Candidate>, MembersOutcome), Error> {
    let roles = db::roles::list_permissions(&mut **transaction).await?;
    let above: Vec<Uuid> = roles
        .iter()
        .filter(|role| policy::is_out_of_reach(&actor.subject, &role.permissions))
        .map(|role| role.id)
        .collect();
    let candidates =
        db::groups::members::find_candidates(&mut **transaction, group, &selection.ids).await?;
    let known: BTreeSet<Uuid> = candidates.iter().map(|candidate| candidate.id).collect();
    let missing = selection.ids.iter().filter(|id| !known.contains(*id));
    let mut outcome = MembersOutcome {
        unknown: selection.unknown,
        ..MembersOutcome::default()
    };
    outcome.unknown.extend(missing.map(Uuid::to_string));
    let (skipped, chosen): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
        let target = MemberTarget {
            outranks: candidate.role_ids.iter().any(|role| above.contains(role)),
            is_manager: candidate.is_manager,
        };
        is_member_skipped(authority, target)
    });
    let skipped = skipped.into_iter().map(|candidate| candidate.username);
    outcome.skipped.extend(skipped);
    Ok((chosen, outcome))
}

/// Checks the number of selected users.
pub(super) fn check_number(number: usize) -> Result<(), Error> {
    if (1..=MEMBERS_AT_ONCE).contains(&number) {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    errors.add("users", messages::members_max(MEMBERS_AT_ONCE));
    Err(Error::Invalid(errors))
}
