//! Making an account for oneself: what registering and accepting an invitation have in common.

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

/// How an account comes to be that somebody makes for themselves.
pub(crate) struct Making<'a> {
    /// What goes on record.
    pub(crate) action: &'static str,
    /// Whether they can sign in at once.
    pub(crate) status: Status,
    /// How it comes to be.
    pub(crate) via: CreatedVia,
    /// Who has invited them.
    pub(crate) invited_by: Option<Uuid>,
    /// Names of the roles that it gets.
    pub(crate) roles: &'a [String],
    /// Whence they come, if that is kept with the account.
    pub(crate) from: Option<ClientAddress>,
}

/// Hashes the password of an account, unless it is easily guessed.
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

/// Makes the account, as part of a transaction. The address is kept as claimed, whether or not somebody has it: this does
/// the same for both, in the same time.
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
