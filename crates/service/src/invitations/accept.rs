//! Acceptance of invitations.

use db::{
    invitations::{self, LiveInvitation},
    users::account,
};
use domain::{
    action::Action,
    credentials::{AccountDraft, OwnAccount},
    error::Entity,
    groups::group_invitation_is_valid,
    policy,
    users::{CreatedVia, Status, UserBrief},
};

use crate::{
    Error, Services,
    access::{Actor, Origin},
    backing, deletions, memberships,
    own_account::{self, NewAccount},
    throttle::{self, NameTries},
    tokens,
};

const DEAD_LINK: Error = Error::NotFound(Entity::InvitationLink);

/// Invitation as the page behind its link shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Names of the roles that the new account gets.
    pub roles: Vec<String>,
}

/// Returns a valid invitation, without using it up. An invalid token counts against the IP address that sent it.
///
/// # Errors
/// [`Error::NotFound`] for an invalid token, [`Error::TooMany`] after too many invalid ones from the same address.
pub async fn open(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<OpenInvitation, Error> {
    let invitation = follow(services, token, origin).await?;
    Ok(OpenInvitation {
        roles: invitation.preset.roles,
    })
}

async fn follow(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<LiveInvitation, Error> {
    let found = invitations::set_opened(&services.pool, &tokens::hash(token)).await?;
    let Some(invitation) = found else {
        // A request without a token is no attempt to guess one.
        if !token.is_empty() {
            throttle::count_dead_link(services, origin).await?;
        }
        return Err(DEAD_LINK);
    };
    let mut connection = db::acquire(&services.pool).await?;
    let stands = stands(&mut connection, &invitation).await?;
    stands.then_some(invitation).ok_or(DEAD_LINK)
}

/// Returns whether the creator of an invitation could assign its roles now. The operator, who has no account, always can.
async fn stands(
    connection: &mut db::PgConnection,
    invitation: &LiveInvitation,
) -> Result<bool, Error> {
    if let Some(group) = invitation.preset.group
        && !deletions::group_stays(&mut *connection, group).await?
    {
        return Ok(false);
    }
    let Some(creator) = invitation.created_by else {
        return Ok(true);
    };
    let permissions = backing::rights_of(&mut *connection, creator).await?;
    let roles = db::roles::find(&mut *connection, &invitation.preset.roles).await?;
    let (rights, given) = (permissions.as_ref(), &roles.permissions);
    let Some(group) = invitation.preset.group else {
        return Ok(policy::invitation_is_valid(rights, given));
    };
    let is_manager = creator.token.is_none()
        && db::groups::members::lock_manager(&mut *connection, group, creator.user).await?;
    Ok(group_invitation_is_valid(rights, is_manager, given))
}

/// Creates the account of an invited user. The account is active at once, but no session starts. Of concurrent requests, as
/// many succeed as the invitation has uses left. Whether another account has the email address is not disclosed.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors (the invitation remains usable), [`Error::TooMany`] after
/// too many usernames that were taken, otherwise as [`open`].
pub async fn accept(
    services: &Services,
    token: &str,
    draft: AccountDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    // Checked before the password, so that an invalid invitation costs nothing; decided below, under the locks.
    let invitation = follow(services, token, &origin).await?;
    let strength = own_account::estimate(services, &draft, &origin).await?;
    let applicant = draft
        .check_own(services.settings.password_min, strength)
        .map_err(Error::Invalid)?;
    let names = NameTries::begin(services, invitation.id, &origin).await?;
    let created = create(services, token, &invitation, &applicant, origin).await;
    if !matches!(created, Err(Error::Taken(_))) {
        names.cancel(services).await?;
    }
    created
}

/// Creates the account, if the invitation is still valid under the locks.
async fn create(
    services: &Services,
    token: &str,
    invitation: &LiveInvitation,
    applicant: &OwnAccount,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let hash = own_account::hash(services, applicant, &origin).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // The creator is locked before the invitation. Revoking a role locks that account too, so the permissions hold until
    // the commit.
    if let Some(creator) = invitation.created_by {
        account::lock(&mut transaction, creator.user).await?;
    }
    // A resend can have changed the creator since it was read: the locked account is the wrong one then.
    let used = invitations::consume(&mut transaction, &tokens::hash(token))
        .await?
        .filter(|used| used.created_by == invitation.created_by)
        .ok_or(DEAD_LINK)?;
    // Locked before the check, so that the group is not deleted meanwhile.
    let group = match used.preset.group {
        Some(group) => db::groups::lock(&mut transaction, group).await?,
        None => None,
    };
    if !stands(&mut transaction, &used).await? {
        return Err(DEAD_LINK);
    }
    let account_origin = NewAccount {
        action: Action::InvitationAccepted,
        status: Status::Active,
        via: CreatedVia::Invitation,
        invited_by: used.created_by.map(|creator| creator.user),
        roles: &used.preset.roles,
        from: None,
    };
    let by = used.created_by.map(|creator| creator.user);
    let actor_origin = origin.clone();
    let (user, audited) =
        own_account::create(&mut transaction, applicant, &hash, account_origin, origin).await?;
    invitations::insert_use(&mut transaction, used.id, user.id.0).await?;
    if let Some(group) = group {
        let actor = Actor::by_link(user.id, &user.username, actor_origin);
        let joined = (user.id.0, user.username.as_str());
        memberships::join(&mut transaction, &actor, joined, (&group, by)).await?;
    }
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(user)
}
