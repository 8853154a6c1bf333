//! Invitations: links with which new users create their own accounts. An invitation can assign only the roles that its
//! creator can assign at the time when it is used.

mod accept;
mod issue;

pub use accept::{OpenInvitation, accept, open};
pub(crate) use issue::{IntoGroup, issue};

use std::time::Duration;

use db::invitations::{self, Preset};
use domain::{
    action::Action,
    error::{Conflict, Entity},
    groups::group_invitation_is_valid,
    invitations::{CreatedInvitation, Invitation, InvitationDraft, InvitationState},
    list::{Listed, Page, Total, UnfilteredQuery},
    permission::{Permission, Permissions},
    policy,
    users::detail::IssuedLink,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{self, Actor, Authorized, RegistrationsRead, RegistrationsWrite},
    audit::{self, Changes},
    deletions,
    guard::{self, TargetRef},
    tokens,
};

const NOT_FOUND: Error = Error::NotFound(Entity::Invitation);

/// Creates an invitation. Its roles are limited to those that the actor can assign.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Denied`] for a role that the actor cannot assign.
pub async fn create(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    draft: InvitationDraft,
) -> Result<CreatedInvitation, Error> {
    let wanted = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let (created, audited) = issue(services, &mut transaction, &actor, wanted, None).await?;
    db::commit(transaction, audited).await?;
    Ok(created)
}

/// Creates a new link for an invitation and invalidates the earlier one. The new link has the full lifetime again, and the
/// actor becomes the creator that the invitation depends on.
///
/// # Errors
/// [`Error::Conflict`] when the invitation is revoked or used up, or its group is deleted or is being deleted, [`Error::Denied`] for a
/// role that the actor cannot assign, [`Error::NotFound`] when there is no such invitation.
pub async fn resend(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    invitation: impl Into<TargetRef>,
) -> Result<IssuedLink, Error> {
    let shown = invitation.into();
    let id = shown.id;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let preset = &lock(&mut transaction, &shown, Conflict::InvitationNotResendable).await?;
    if let Some(group) = preset.group {
        guard::confirm(&mut transaction, &actor, Permission::GroupsWrite).await?;
        if !deletions::group_stays(&mut transaction, group).await? {
            return Err(Error::Conflict(Conflict::InvitationNotResendable));
        }
    }
    let permissions = db::roles::find(&mut *transaction, &preset.roles)
        .await?
        .permissions;
    if let Some(denied) = policy::assign_denied(&actor.subject, &permissions) {
        return Err(denied.into());
    }
    let token = tokens::generate();
    let hash = tokens::hash(token.expose_secret());
    let expires_at = invitations::set_renewed(
        &mut transaction,
        id,
        &hash,
        actor.backer(),
        lifetime(preset),
    )
    .await?;
    let changes = Changes::default().with("expires", Value::Null, expires_at.to_string());
    let renewed = (Action::InvitationResent, Some(id), label(preset));
    let audited = audit::write_about(&mut transaction, &actor, renewed, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(link(services, &actor, &token, expires_at))
}

/// Revokes an invitation. Accounts that were created with it are not affected.
///
/// # Errors
/// [`Error::Conflict`] when it is revoked or used up already, [`Error::NotFound`] when there is no such invitation.
pub async fn revoke(
    services: &Services,
    authorized: &Authorized<RegistrationsWrite>,
    invitation: impl Into<TargetRef>,
) -> Result<(), Error> {
    let shown = invitation.into();
    let id = shown.id;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let preset = lock(&mut transaction, &shown, Conflict::InvitationInactive).await?;
    invitations::set_revoked(&mut transaction, id).await?;
    let changes = Changes::default().with("revoked", false, true);
    let revoked = (Action::InvitationRevoked, Some(id), label(&preset));
    let audited = audit::write_about(&mut transaction, &actor, revoked, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(())
}

/// Locks an invitation that is neither revoked nor used up; `inactive` is the conflict for any other. Returns its properties.
async fn lock(
    transaction: &mut db::Transaction,
    shown: &TargetRef,
    inactive: Conflict,
) -> Result<Preset, Error> {
    let invitation = invitations::lock(transaction, shown.id)
        .await?
        .ok_or(NOT_FOUND)?;
    shown.check_name(invitation.preset.note.as_deref().unwrap_or_default())?;
    if invitation.is_revoked || invitation.is_used_up {
        return Err(Error::Conflict(inactive));
    }
    Ok(invitation.preset)
}

/// Lists invitations, newest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<RegistrationsRead>,
    query: &UnfilteredQuery,
) -> Result<Listed<Invitation>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (found, more) = invitations::list_page(&mut *connection, query).await?;
    let counted = invitations::count(&mut *connection).await?;
    let found = found.into_iter().map(shown).collect();
    let total = Total::up_to_limit(counted);
    let page = Page::of(found, more, total, &query.position, Invitation::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns an invitation by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such invitation.
pub async fn find(
    services: &Services,
    _: &Authorized<RegistrationsRead>,
    id: Uuid,
) -> Result<Invitation, Error> {
    let found = invitations::find_listed(&services.pool, id).await?;
    found.map(shown).ok_or(NOT_FOUND)
}

fn shown(invitation: invitations::Invitation) -> Invitation {
    let rights = rights(&invitation);
    let (rights, given) = (rights.as_ref(), &invitation.given);
    let is_backed = invitation.is_operators
        || match invitation.preset.group {
            Some(_) => group_invitation_is_valid(rights, invitation.is_manager, given),
            None => policy::invitation_is_valid(rights, given),
        };
    let stands = is_backed && !invitation.is_group_deleted;
    Invitation {
        id: invitation.id,
        state: if invitation.revoked_at.is_some() {
            InvitationState::Revoked
        } else if invitation.used_at.is_some() {
            InvitationState::Used
        } else if invitation.is_expired {
            InvitationState::Expired
        } else if stands {
            InvitationState::Open
        } else {
            InvitationState::Unbacked
        },
        roles: invitation.preset.roles,
        note: invitation.preset.note,
        created_by: invitation.created_by,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        opened_at: invitation.opened_at,
        used_at: invitation.used_at,
        revoked_at: invitation.revoked_at,
        uses: invitation.uses,
        max_uses: invitation.max_uses,
        used_by: invitation.used_by,
    }
}

/// Returns the permissions that back an invitation: those of its creator or, if an access token created it, those within
/// the token's scopes. None when the creator or the token is gone.
fn rights(invitation: &invitations::Invitation) -> Option<Permissions> {
    let creator = invitation.creator.as_ref()?;
    if !invitation.is_of_token {
        return Some(creator.clone());
    }
    let words = invitation.token_scopes.as_ref()?;
    Some(access::within(&access::read_scopes(words), creator))
}

/// Returns the name of an invitation in the audit log.
fn label(preset: &Preset) -> &str {
    preset.note.as_deref().unwrap_or("invitation")
}

fn lifetime(preset: &Preset) -> Duration {
    Duration::from_secs(u64::from(preset.days) * 24 * 60 * 60)
}

fn link(
    services: &Services,
    actor: &Actor,
    token: &SecretString,
    expires_at: OffsetDateTime,
) -> IssuedLink {
    let base = services.settings.base_url(&actor.origin);
    IssuedLink {
        url: format!("{base}/invite/{}", token.expose_secret()),
        expires_at,
    }
}
