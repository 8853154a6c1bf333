//! Changes of users by the commands. A user that no identity has is not changed, and that is no error in Maeser.

use domain::{
    identifiers::{IdentifiedFilter, Identifier},
    limits::{BalanceChange, Metric, NewLimitChange},
    users::{
        Status,
        deletion::Deletion,
        detail::{UserDetail, UserRef},
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use service::{
    Error, Services,
    access::{Authorized, Identity, UsersRead, UsersWrite},
    guard::TargetRef,
    identifiers, limits, users,
};

use super::{
    identity::{self, Ident},
    list,
};

/// Reason of the changes that need one.
const REASON: &str = "User management of Maeser";

fn target(user: &UserDetail) -> TargetRef {
    let summary = &user.summary;
    TargetRef::of_user(summary.id.0, summary.username.clone())
}

/// Grants or revokes the role of administrators.
pub(super) async fn set_admin(
    services: &Services,
    identity: &Identity,
    user: Option<UserDetail>,
    is_admin: bool,
) -> Result<(), Error> {
    let authorized = identity.require()?;
    let Some(user) = user else { return Ok(()) };
    let edit = UserEdit {
        is_admin: Some(is_admin),
        ..UserEdit::default()
    };
    users::edit(services, &authorized, target(&user), edit)
        .await
        .map(drop)
}

/// Suspends a user, or lifts the suspension.
pub(super) async fn set_banned(
    services: &Services,
    identity: &Identity,
    user: Option<UserDetail>,
    is_banned: bool,
) -> Result<(), Error> {
    let authorized = identity.require()?;
    let Some(user) = user else { return Ok(()) };
    match (is_banned, user.summary.status == Status::Suspended) {
        (true, false) => {
            let draft = SuspensionDraft {
                reason: REASON.to_owned(),
                ..SuspensionDraft::default()
            };
            users::suspend(services, &authorized, target(&user), draft)
                .await
                .map(drop)
        }
        (false, true) => users::unsuspend(services, &authorized, target(&user))
            .await
            .map(drop),
        (true, true) | (false, false) => Ok(()),
    }
}

/// Changes what is left of the user's own limit of requests by some units, between 0 and the maximum. A limit that a group shares stays.
pub(super) async fn add_requests(
    services: &Services,
    identity: &Identity,
    user: Option<UserDetail>,
    units: i64,
) -> Result<(), Error> {
    let authorized = identity.require()?;
    let Some(user) = user else { return Ok(()) };
    let change = NewLimitChange {
        metric: Metric::Requests,
        model: None,
        // What is used is less by the units that are added.
        change: BalanceChange::AdjustWithin(-units),
        reason: REASON.to_owned(),
    };
    limits::change(services, &authorized, target(&user), change)
        .await
        .map(drop)
}

/// Deletes a user, who can be restored as any other.
pub(super) async fn remove(
    services: &Services,
    identity: &Identity,
    user: Option<UserDetail>,
) -> Result<(), Error> {
    let authorized = identity.require()?;
    let Some(user) = user else { return Ok(()) };
    delete(services, &authorized, target(&user)).await
}

async fn delete(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: TargetRef,
) -> Result<(), Error> {
    match users::delete(services, authorized, target, &Deletion::default()).await {
        // Another request has deleted the user.
        Err(Error::NotFound(_)) => Ok(()),
        done => done,
    }
}

/// Deletes the users that a cleaning removes. Those that the caller cannot delete stay.
pub(super) async fn clean(services: &Services, identity: &Identity) -> Result<(), Error> {
    let authorized: Authorized<UsersWrite> = identity.require()?;
    for (_, found) in list::cleanables(services, identity, None).await? {
        // Many deletions take a while, in which a user can become an admin or be banned. The second identity of a user finds none.
        let now = list::cleanables(services, identity, Some(found.id)).await?;
        let Some((_, user)) = now.into_iter().next() else {
            continue;
        };
        let target = TargetRef::of_user(user.id.0, user.username);
        match delete(services, &authorized, target).await {
            Ok(()) | Err(Error::Denied(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Gives an identity to the account whose username it is. An account has one identity of an authenticator, which stays.
pub(super) async fn fetch(
    services: &Services,
    (identity, reader): (&Identity, &Authorized<UsersRead>),
    ident: &Ident,
) -> Result<(), Error> {
    let authorized: Authorized<UsersWrite> = identity.require()?;
    let id = ident.id.parse::<Identifier>();
    let (Some(namespace), Ok(id)) = (identity::namespace(&ident.auth), id) else {
        return Ok(());
    };
    if !identity::is_plain(&ident.id) || identity::find(services, reader, ident).await?.is_some() {
        return Ok(());
    }
    let user = UserRef::Name(ident.id.clone());
    let user = match users::get(services, reader, &user).await {
        Ok(user) if user.deleted_at.is_none() => user,
        Ok(_) | Err(Error::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let filter = IdentifiedFilter {
        prefix: namespace.as_str().to_owned(),
        user: Some(user.summary.id.0),
        ..IdentifiedFilter::default()
    };
    let known = identifiers::list_users(services, reader, &filter, None).await?;
    let mut known = known.into_iter().filter_map(|user| user.identifier);
    if known.any(|(name, _)| name == namespace.as_str()) {
        return Ok(());
    }
    match identifiers::set(services, &authorized, target(&user), &namespace, &id).await {
        // The identifier is that of a deleted user.
        Err(Error::Taken(_)) => Ok(()),
        done => done,
    }
}
