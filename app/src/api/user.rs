//! Data of a single user's page.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

use domain::{
    audit::AuditEntry,
    keys::ApiKey,
    users::{
        UserId, UserSummary,
        deletion::DeletionPreview,
        detail::{
            DeniedActions, GrantableRole, OwnedPersona, ResetLink, UserDetail, UserRef, UserSession,
        },
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ApiError;
use super::wire::Get;

/// Data of a user's page: the header, and the first tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The user, with roles, profile and suspension.
    pub user: UserDetail,
    /// Actions that the caller is denied, with reasons.
    pub denied_actions: DeniedActions,
    /// Latest password reset links.
    pub reset_links: Vec<ResetLink>,
    /// All roles, most powerful first.
    pub roles: Vec<GrantableRole>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A chunk of a longer list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk<T> {
    /// Items of this chunk.
    pub items: Vec<T>,
    /// `true` if the list has more items after this chunk.
    pub more: bool,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Returns the path of a user's page: by username where it cannot be parsed as anything else, otherwise by id.
#[must_use]
pub fn path(user: &UserSummary) -> String {
    path_of(user.id, &user.username)
}

/// Returns the path of a user's page by id and username.
#[must_use]
pub fn path_of(id: UserId, name: &str) -> String {
    // `new` and `bulk` are paths of dialogs, and some names parse as a number or an id.
    if ["new", "bulk"].contains(&name) || UserRef::parse(name) != UserRef::Name(name.to_owned()) {
        return format!("/users/{id}");
    }
    // Form encoding writes a space as `+`, which a path would not decode; a username has no spaces.
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/users/{encoded}")
}

/// Lists all roles, each with the reason in the language of the request if the caller cannot assign it.
#[cfg(feature = "ssr")]
async fn roles(
    services: &service::Services,
    authorized: &service::access::Authorized<service::access::UsersRead>,
) -> Result<Vec<GrantableRole>, service::Error> {
    let mut roles = service::users::grantable_roles(services, authorized).await?;
    for role in &mut roles {
        role.denied = role.denied.as_ref().map(crate::text::message::translated);
    }
    Ok(roles)
}

/// Lists all roles, most powerful first, each with the reason if the caller cannot assign it.
#[server(endpoint = "roles", protocol = Get)]
pub async fn list_roles() -> Result<Vec<GrantableRole>, ApiError> {
    use super::ssr;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    roles(&ssr::services()?, &authorized)
        .await
        .map_err(ssr::fail)
}

/// Returns a user by username, number or id.
#[server(endpoint = "user", protocol = Get)]
pub async fn find_user(user: String) -> Result<UserView, ApiError> {
    use super::ssr;
    use crate::text;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    let user = service::users::get(&services, &authorized, &UserRef::parse(&user))
        .await
        .map_err(ssr::fail)?;
    let id = user.summary.id.0;
    let mut denied_actions = service::users::denied_actions(&services, &authorized, id)
        .await
        .map_err(ssr::fail)?;
    denied_actions.translate(text::message::translated);
    Ok(UserView {
        denied_actions,
        reset_links: service::users::reset_links(&services, &authorized, id)
            .await
            .map_err(ssr::fail)?,
        roles: roles(&services, &authorized).await.map_err(ssr::fail)?,
        user,
        now: (services.clock)(),
    })
}

/// Lists the active sessions of a user.
#[server(endpoint = "user-sessions", protocol = Get)]
pub async fn list_sessions(id: Uuid) -> Result<Chunk<UserSession>, ApiError> {
    part(async |services, authorized| {
        let items = service::users::sessions(services, authorized, id).await?;
        Ok((items, false))
    })
    .await
}

/// Reads a chunk of a user's data if the caller has the permission `R`.
#[cfg(feature = "ssr")]
async fn part<T, R: service::access::RequiredPermission>(
    read: impl AsyncFnOnce(
        &service::Services,
        &service::access::Authorized<R>,
    ) -> Result<(Vec<T>, bool), service::Error>,
) -> Result<Chunk<T>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    let (items, more) = read(&services, &authorized).await.map_err(ssr::fail)?;
    Ok(Chunk {
        items,
        more,
        now: (services.clock)(),
    })
}

/// Lists the provider API keys of a user.
#[server(endpoint = "user-keys", protocol = Get)]
pub async fn list_keys(id: Uuid) -> Result<Chunk<ApiKey>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    let keys = service::keys::list_of(&services, &authorized, id).await;
    Ok(Chunk {
        items: keys.map_err(ssr::fail)?,
        more: false,
        now: (services.clock)(),
    })
}

/// Lists personas of a user, starting after the one with the id `after`.
#[server(endpoint = "user-data", protocol = Get)]
pub async fn list_personas(
    id: Uuid,
    #[server(default)] after: Option<String>,
) -> Result<Chunk<OwnedPersona>, ApiError> {
    part(async |services, authorized| {
        let after = super::ssr::position("after", after)?;
        service::users::personas(services, authorized, id, after).await
    })
    .await
}

/// Lists audit entries by and about a user, newest first, starting after the one with the id `before`.
#[server(endpoint = "user-history", protocol = Get)]
pub async fn list_history(
    id: Uuid,
    #[server(default)] before: Option<String>,
) -> Result<Chunk<AuditEntry>, ApiError> {
    part(async |services, authorized| {
        let before = super::ssr::position("before", before)?;
        service::users::history(services, authorized, id, before).await
    })
    .await
}

/// Counts the data that is deleted with a user.
#[server(endpoint = "user-deletion", protocol = Get)]
pub async fn preview_deletion(id: Uuid) -> Result<DeletionPreview, ApiError> {
    use super::ssr;
    use crate::text::message;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    let mut preview = service::users::preview(&services, &authorized, id)
        .await
        .map_err(ssr::fail)?;
    preview.denied = preview.denied.as_ref().map(message::translated);
    Ok(preview)
}
