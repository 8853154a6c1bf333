//! Policy on changes of roles: an actor changes no role with more rights than the own ones.

use crate::{
    permission::Permissions,
    policy::{Denied, Subject, is_out_of_reach},
};

/// Rank of the actor's most powerful role; `None` for the operator, who stands above all roles.
pub type RoleRank = Option<i16>;

/// Returns the reason for denying a change that leads from or to a role with these permissions and this rank; `None` if it is permitted.
/// It is asked about the role as it is and as it would be.
#[must_use]
pub fn role_denied(
    subject: &Subject,
    own_rank: RoleRank,
    (permissions, rank): (&Permissions, i16),
) -> Option<Denied> {
    let outranks = own_rank.is_some_and(|own| rank < own);
    (outranks || is_out_of_reach(subject, permissions)).then_some(Denied::RoleAboveOwn)
}
