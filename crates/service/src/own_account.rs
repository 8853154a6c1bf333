//! Creation of an account by its own user: common parts of registration and of accepting an invitation.

use db::registrations::NewPerson;
use domain::{
    client_address::ClientAddress,
    credentials::OwnAccount,
    users::{CreatedVia, Status, UserBrief, UserId, names::Email},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Author, Origin},
    passwords::Asker,
    record::{self, Change, Changes},
    users::{facts, lookalike},
};

/// Properties of an account that its own user creates.
pub(crate) struct Making<'a> {
    /// Action in the audit log.
    pub(crate) action: &'static str,
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

/// Hashes the password of a new account. Fails for a password that is easily guessed.
pub(crate) async fn hash(
    services: &Services,
    person: &OwnAccount,
    origin: &Origin,
) -> Result<String, Error> {
    let known = [
        person.username.as_str(),
        person.display_name.as_str(),
        person.email.as_ref().map_or("", Email::as_str),
    ];
    let (asker, password) = (Asker::from(origin.ip), &person.password);
    services.hasher.hash_chosen(asker, password, &known).await
}

/// Creates the account within a transaction. The email address is stored as unverified, whether or not another account has
/// it: both cases do the same work in the same time.
pub(crate) async fn make(
    transaction: &mut db::Transaction,
    person: &OwnAccount,
    hash: &str,
    making: Making<'_>,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let (username, display_name) = (person.username.as_str(), person.display_name.as_str());
    let email = person.email.as_ref().map(Email::as_str);
    let skeleton = lookalike::admit(transaction, &person.username).await?;
    let new = NewPerson {
        username,
        display_name,
        claimed_email: email,
        password_hash: hash,
        status: making.status,
        created_via: making.via,
        created_by: making.invited_by,
        from: making.from,
        skeleton: skeleton.as_deref(),
    };
    let id = db::registrations::insert(transaction, &new)
        .await
        .map_err(facts::taken)?;
    db::roles::grant(transaction, id, making.roles, making.invited_by).await?;
    let change = Change {
        action: making.action,
        user: (id, username),
        changes: Changes::default()
            .with("username", Value::Null, username)
            .with("displayName", Value::Null, display_name)
            .with("claimedEmail", Value::Null, email)
            .with("roles", Value::Null, making.roles)
            .with("status", Value::Null, making.status.as_str()),
        reason: None,
    };
    let author = Author::person(UserId(id), username, origin);
    record::write(transaction, &author, change).await?;
    Ok(UserBrief {
        id: UserId(id),
        username: username.to_owned(),
        email: email.map(str::to_owned),
        display_name: display_name.to_owned(),
        is_admin: making
            .roles
            .iter()
            .any(|role| role == domain::access::ADMIN_ROLE),
    })
}
