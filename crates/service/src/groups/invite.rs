//! Invitations into groups.

use domain::{
    groups::{GroupAction, GroupAuthority},
    invitations::{CreatedInvitation, InvitationDraft},
    permission::Permission,
};

use super::{GroupActor, authority::FORBIDDEN, change::find_group};
use crate::{
    Error, Services,
    guard::{self, TargetRef},
    invitations::{self, IntoGroup},
};

/// Creates an invitation whose new users become members of a group. A manager cannot assign roles with it; another actor needs the
/// permission to invite, too.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Forbidden`] for an actor who cannot invite into the group,
/// [`Error::Denied`] for a role that the actor cannot assign, [`Error::NotFound`] when there is no such group,
/// [`Error::Conflict`] for one that is being deleted.
pub async fn invite(
    services: &Services,
    actor: &GroupActor,
    group: impl Into<TargetRef>,
    draft: InvitationDraft,
) -> Result<CreatedInvitation, Error> {
    let target = group.into();
    let wanted = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, authority) = &actor
        .open(&mut transaction, target.id, GroupAction::Invite)
        .await?;
    match authority {
        GroupAuthority::Permission => {
            guard::confirm(&mut transaction, actor, Permission::RegistrationsWrite).await?;
        }
        GroupAuthority::Manager if wanted.roles.is_empty() => {}
        GroupAuthority::Manager => return Err(FORBIDDEN),
    }
    let found = find_group(&mut transaction, &target).await?;
    let group = IntoGroup {
        id: found.id,
        name: &found.name,
    };
    let (created, audited) =
        invitations::issue(services, &mut transaction, actor, wanted, Some(group)).await?;
    db::commit(transaction, audited).await?;
    Ok(created)
}
