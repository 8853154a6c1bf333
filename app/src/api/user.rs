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
#[cfg(feature = "ssr")]
use service::access::{ApiKeysRead, AuditRead, ClientsRead, SessionsRead, UsersRead};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, user_access::PickerItem, wire::Get};
#[cfg(feature = "ssr")]
use crate::text;

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
    /// Clients in the user's list, in its order.
    pub clients: Vec<PickerItem>,
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

#[cfg(feature = "ssr")]
impl<T> Chunk<T> {
    /// Returns a chunk that was read just now.
    pub(super) fn new(services: &service::Services, items: Vec<T>, more: bool) -> Self {
        Self {
            items,
            more,
            now: (services.clock)(),
        }
    }
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
    authorized: &service::access::Authorized<UsersRead>,
) -> Result<Vec<GrantableRole>, service::Error> {
    let mut roles = service::users::grantable_roles(services, authorized).await?;
    for role in &mut roles {
        role.denied = role.denied.as_ref().map(text::message::translated);
    }
    Ok(roles)
}

/// Returns the clients with some numbers, with their names if the caller can read clients.
#[cfg(feature = "ssr")]
async fn clients(
    services: &service::Services,
    ids: &[i32],
) -> Result<Vec<PickerItem>, service::Error> {
    let known = match ssr::permitted::<ClientsRead>() {
        Some(authorized) if !ids.is_empty() => {
            service::clients::list_named(services, &authorized, ids).await?
        }
        _ => Vec::new(),
    };
    let items = ids.iter().map(|id| {
        let client = known.iter().find(|client| client.id == *id);
        PickerItem::of_client(*id, client.map(|client| client.name.as_str()))
    });
    Ok(items.collect())
}

/// Lists all roles, most powerful first, each with the reason if the caller cannot assign it.
#[server(endpoint = "roles", protocol = Get)]
pub async fn list_roles() -> Result<Vec<GrantableRole>, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| roles(&services, &authorized).await)
        .await
}

/// Returns a user by username, number or id.
#[server(endpoint = "user", protocol = Get)]
pub async fn find_user(user: String) -> Result<UserView, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| {
        let user = service::users::get(&services, &authorized, &UserRef::parse(&user)).await?;
        let id = user.summary.id.0;
        let mut denied_actions = service::users::denied_actions(&services, &authorized, id).await?;
        denied_actions.translate(text::message::translated);
        Ok(UserView {
            denied_actions,
            reset_links: service::users::reset_links(&services, &authorized, id).await?,
            roles: roles(&services, &authorized).await?,
            clients: clients(&services, &user.client_list).await?,
            user,
            now: (services.clock)(),
        })
    })
    .await
}

/// Lists the active sessions of a user.
#[server(endpoint = "user-sessions", protocol = Get)]
pub async fn list_sessions(id: Uuid) -> Result<Chunk<UserSession>, ApiError> {
    ssr::call::<SessionsRead, _>(async |services, authorized| {
        let sessions = service::users::sessions(&services, &authorized, id).await?;
        Ok(Chunk::new(&services, sessions, false))
    })
    .await
}

/// Lists the provider API keys of a user.
#[server(endpoint = "user-keys", protocol = Get)]
pub async fn list_keys(id: Uuid) -> Result<Chunk<ApiKey>, ApiError> {
    ssr::call::<ApiKeysRead, _>(async |services, authorized| {
        let keys = service::keys::list_of(&services, &authorized, id).await?;
        Ok(Chunk::new(&services, keys, false))
    })
    .await
}

/// Lists personas of a user, starting after the one with the id `after`.
#[server(endpoint = "user-data", protocol = Get)]
pub async fn list_personas(
    id: Uuid,
    #[server(default)] after: Option<String>,
) -> Result<Chunk<OwnedPersona>, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| {
        let after = ssr::position("after", after)?;
        let (personas, more) = service::users::personas(&services, &authorized, id, after).await?;
        Ok(Chunk::new(&services, personas, more))
    })
    .await
}

/// Lists audit entries by and about a user, newest first, starting after the one with the id `before`.
#[server(endpoint = "user-history", protocol = Get)]
pub async fn list_history(
    id: Uuid,
    #[server(default)] before: Option<String>,
) -> Result<Chunk<AuditEntry>, ApiError> {
    ssr::call::<AuditRead, _>(async |services, authorized| {
        let before = ssr::position("before", before)?;
        let (entries, more) = service::users::history(&services, &authorized, id, before).await?;
        Ok(Chunk::new(&services, entries, more))
    })
    .await
}

/// Counts the data that is deleted with a user.
#[server(endpoint = "user-deletion", protocol = Get)]
pub async fn preview_deletion(id: Uuid) -> Result<DeletionPreview, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| {
        let mut preview = service::users::preview(&services, &authorized, id).await?;
        preview.denied = preview.denied.as_ref().map(text::message::translated);
        Ok(preview)
    })
    .await
}
