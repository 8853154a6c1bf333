//! Creation of an account by its own user: common parts of registration and of accepting an invitation.

use db::registrations::NewRegistration;
use domain::{
    action::Action,
    client_address::ClientAddress,
    credentials::{AccountDraft, OwnAccount, Strength},
    users::{CreatedVia, Status, UserBrief, UserId, names::Email},
};
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Origin},
    audit::{self, Audited, Change, Changes},
    passwords::{self, Asker, Guesses},
    users::{conflicts, lookalike},
};

/// Properties of an account that its own user creates.
pub(crate) struct NewAccount<'a> {
    /// Action in the audit log.
    pub(crate) action: Action,
    /// Initial status: pending accounts cannot sign in.
    pub(crate) status: Status,
    /// Origin of the account, stored with it.
    pub(crate) via: CreatedVia,
    /// User who created the invitation, if there is one.
    pub(crate) invited_by: Option<Uuid>,
    /// Names of the roles to assign.
    pub(crate) roles: &'a [String],
    /// Client address to store with the account; None if it is not stored.
    pub(crate) from: Option<ClientAddress>,
}

/// Returns what is known of the password in the form for a new account without [`estimate`].
pub(crate) fn check_password(services: &Services, draft: &AccountDraft) -> Strength {
    Guesses::new(services, &draft.names()).check(&draft.password)
}

/// Returns the strength of the password in the form for a new account, for the check of the form.
pub(crate) async fn estimate(
    services: &Services,
    draft: &AccountDraft,
    origin: &Origin,
) -> Result<Strength, Error> {
    let asker = Asker::from(origin.ip);
    let guesses = Guesses::new(services, &draft.names());
    passwords::estimate(services, asker, &draft.password, guesses).await
}

/// Hashes the password of a new account.
pub(crate) async fn hash(
    services: &Services,
    applicant: &OwnAccount,
    origin: &Origin,
) -> Result<String, Error> {
    let password = SecretString::from(applicant.password.as_str());
    services.hasher.hash(Asker::from(origin.ip), password).await
}

/// Creates the account within a transaction. The email address is stored as unverified, whether or not another account has
/// it: both cases do the same work in the same time.
pub(crate) async fn create(
    transaction: &mut db::Transaction,
    applicant: &OwnAccount,
    hash: &str,
    account_origin: NewAccount<'_>,
    origin: Origin,
) -> Result<(UserBrief, Audited), Error> {
    let (username, display_name) = (applicant.username.as_str(), applicant.display_name.as_str());
    let email = applicant.email.as_ref().map(Email::as_str);
    let skeleton = lookalike::new_skeleton(transaction, &applicant.username).await?;
    // After the lock of the look, which every other transaction that takes the username holds before it waits for the row.
    release_username(transaction, username).await?;
    let new = NewRegistration {
        username,
        display_name,
        unverified_email: email,
        password_hash: hash,
        status: account_origin.status,
        created_via: account_origin.via,
        created_by: account_origin.invited_by,
        from: account_origin.from,
        skeleton: skeleton.as_deref(),
    };
    let id = db::registrations::insert(transaction, &new)
        .await
        .map_err(conflicts::taken)?;
    db::roles::grant(
        transaction,
        id,
        account_origin.roles,
        account_origin.invited_by,
    )
    .await?;
    let roles = db::roles::find(&mut **transaction, account_origin.roles).await?;
    let change = Change {
        action: account_origin.action,
        user: (id, username),
        changes: Changes::default()
            .with("username", Value::Null, username)
            .with("displayName", Value::Null, display_name)
            .with("claimedEmail", Value::Null, email)
            .with("roles", Value::Null, account_origin.roles)
            .with("status", Value::Null, account_origin.status.as_str()),
        reason: None,
    };
    let actor = Actor::by_link(UserId(id), username, origin);
    let audited = audit::write(transaction, &actor, change).await?;
    let user = UserBrief {
        id: UserId(id),
        username: username.to_owned(),
        email: email.map(str::to_owned),
        display_name: display_name.to_owned(),
        is_admin: roles.is_admin,
    };
    Ok((user, audited))
}

/// Deletes a rejected registration that holds the username, so that its user can register again. One that owns data is not
/// deleted.
async fn release_username(transaction: &mut db::Transaction, username: &str) -> Result<(), Error> {
    let Some(rejected) = db::registrations::lock_rejected(transaction, username).await? else {
        return Ok(());
    };
    db::purge::delete_user(transaction, rejected.id).await?;
    let change = Change {
        action: Action::UserPurged,
        user: (rejected.id, &rejected.username),
        changes: Changes::default(),
        reason: None,
    };
    audit::write(transaction, &Actor::job(), change).await?;
    Ok(())
}
