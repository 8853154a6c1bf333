//! Following an invitation.

use db::{
    invitations::{self, LiveInvitation},
    users::account,
};
use domain::{
    credentials::{AccountDraft, OwnAccount},
    rules,
    users::{CreatedVia, Status, UserBrief},
};

use crate::{
    Error, Services,
    access::Origin,
    own_account::{self, Making},
    throttle::{self, NameTries},
    tokens,
    users::guard,
};

const DEAD_LINK: Error = Error::NotFound(
    "This invitation is not valid any more: it was used, revoked, or is too old. Ask whoever invited you for a new one.",
);

/// What the page behind an invitation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Names of the roles that it gives.
    pub roles: Vec<String>,
}

/// Whether an invitation works, and what it gives. Uses nothing up. A dead one counts against the address that tries it.
///
/// # Errors
/// [`Error::NotFound`] when it would not, [`Error::TooMany`] when too many tries from there were in vain lately.
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
        // Whoever comes without a token has not guessed one.
        if !token.is_empty() {
            throttle::count_dead_link(services, origin).await?;
        }
        return Err(DEAD_LINK);
    };
    let mut connection = db::acquire(&services.pool).await?;
    let stands = stands(&mut connection, &invitation).await?;
    stands.then_some(invitation).ok_or(DEAD_LINK)
}

/// Whether whoever answers for an invitation could give its roles now.
async fn stands(
    connection: &mut db::PgConnection,
    invitation: &LiveInvitation,
) -> Result<bool, Error> {
    let Some(maker) = invitation.created_by else {
        return Ok(true);
    };
    let permissions = guard::rights_of(&mut *connection, maker).await?;
    let (_, given) = db::roles::find(&mut *connection, &invitation.preset.roles).await?;
    Ok(rules::stands_behind(permissions.as_ref(), &given))
}

/// Makes the account of somebody who was invited. It can be used at once. Of many who try, as many get one as the invitation
/// has uses left. Nobody is signed in by it, and whether somebody has the address already is not told.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] for fields at fault (the invitation remains usable), [`Error::TooMany`] after too
/// many names that were taken, otherwise as [`open`].
pub async fn accept(
    services: &Services,
    token: &str,
    draft: AccountDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    // Looked at before hashing, so that a dead one costs nothing; decided below, under the locks.
    let invitation = follow(services, token, &origin).await?;
    let person = draft
        .check(services.settings.password_min)
        .map_err(Error::Invalid)?;
    let names = NameTries::begin(services, invitation.id, &origin).await?;
    let made = create(services, token, &invitation, &person, origin).await;
    if !matches!(made, Err(Error::Taken(_))) {
        names.cancel(services).await?;
    }
    made
}

/// Creates the account, if the invitation still works under the locks.
async fn create(
    services: &Services,
    token: &str,
    invitation: &LiveInvitation,
    person: &OwnAccount,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let hash = own_account::hash(services, person, &origin).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // Who answers for it before it, so that their rights hold until it is used: taking them locks their account too.
    if let Some(maker) = invitation.created_by {
        account::lock(&mut transaction, maker.user).await?;
    }
    let used = invitations::consume(&mut transaction, &tokens::hash(token))
        .await?
        .filter(|used| used.created_by == invitation.created_by)
        .ok_or(DEAD_LINK)?;
    if !stands(&mut transaction, &used).await? {
        return Err(DEAD_LINK);
    }
    let making = Making {
        action: "user.invitation_accepted",
        status: Status::Active,
        via: CreatedVia::Invitation,
        invited_by: used.created_by.map(|maker| maker.user),
        roles: &used.preset.roles,
        from: None,
    };
    let user = own_account::make(&mut transaction, person, &hash, making, origin).await?;
    invitations::insert_use(&mut transaction, used.id, user.id.0).await?;
    db::commit(transaction).await?;
    services.work.notify_one();
    Ok(user)
}
