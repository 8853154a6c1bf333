//! One person: what their page shows.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use domain::{
    audit::AuditEntry,
    keys::ApiKey,
    users::{
        UserId, UserSummary,
        deletion::DeletionPreview,
        detail::{
            GrantableRole, OwnedPersona, Refusals, ResetLink, UserDetail, UserRef, UserSession,
        },
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ApiError;
use super::wire::Get;

/// What the page of a person shows above its tabs, and on the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub user: UserDetail,
    /// What the viewer may not do to it, and why.
    pub refusals: Refusals,
    /// The latest links for a new password.
    pub reset_links: Vec<ResetLink>,
    /// All roles, the most powerful first.
    pub roles: Vec<GrantableRole>,
    /// The server's time, from which "2 hours ago" is told.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A part of something longer, and whether there is more of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part<T> {
    /// What there is.
    pub items: Vec<T>,
    /// Whether there is more.
    pub more: bool,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// The address of a user's page: by username where that is read as nothing else, or else by id.
#[must_use]
pub fn path(user: &UserSummary) -> String {
    path_of(user.id, &user.username)
}

/// The same of an id and a name.
#[must_use]
pub fn path_of(id: UserId, name: &str) -> String {
    if ["new", "bulk"].contains(&name) || UserRef::parse(name) != UserRef::Name(name.to_owned()) {
        return format!("/users/{id}");
    }
    // A name has no space, which this would encode as a form does.
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/users/{encoded}")
}

/// All roles, the most powerful first, each with why the viewer may not give it.
#[server(endpoint = "roles", protocol = Get)]
pub async fn list_roles() -> Result<Vec<GrantableRole>, ApiError> {
    use super::ssr;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::users::grantable_roles(&ssr::services()?, &granted)
        .await
        .map_err(ssr::fail)
}

/// A user by username, number or id.
#[server(endpoint = "person", protocol = Get)]
pub async fn find_person(user: String) -> Result<Person, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let user = service::users::get(&services, &granted, &UserRef::parse(&user))
        .await
        .map_err(ssr::fail)?;
    let id = user.summary.id.0;
    Ok(Person {
        refusals: service::users::refusals(&services, &granted, id)
            .await
            .map_err(ssr::fail)?,
        reset_links: service::users::reset_links(&services, &granted, id)
            .await
            .map_err(ssr::fail)?,
        roles: service::users::grantable_roles(&services, &granted)
            .await
            .map_err(ssr::fail)?,
        user,
        now: (services.clock)(),
    })
}

/// The live sessions of a person.
#[server(endpoint = "person-sessions", protocol = Get)]
pub async fn list_sessions(id: Uuid) -> Result<Part<UserSession>, ApiError> {
    part(async |services, granted| {
        let items = service::users::sessions(services, granted, id).await?;
        Ok((items, false))
    })
    .await
}

/// Reads a part of what there is of a person, and whether there is more, for whoever may see it.
#[cfg(feature = "ssr")]
async fn part<T, R: service::access::Right>(
    read: impl AsyncFnOnce(
        &service::Services,
        &service::access::Granted<R>,
    ) -> Result<(Vec<T>, bool), service::Error>,
) -> Result<Part<T>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let (items, more) = read(&services, &granted).await.map_err(ssr::fail)?;
    Ok(Part {
        items,
        more,
        now: (services.clock)(),
    })
}

/// The provider keys of a person.
#[server(endpoint = "person-keys", protocol = Get)]
pub async fn list_keys(id: Uuid) -> Result<Part<ApiKey>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let keys = service::keys::list_of(&services, &granted, id).await;
    Ok(Part {
        items: keys.map_err(ssr::fail)?,
        more: false,
        now: (services.clock)(),
    })
}

/// Some personas of a person, after one of them.
#[server(endpoint = "person-data", protocol = Get)]
pub async fn list_personas(
    id: Uuid,
    #[server(default)] after: Option<String>,
) -> Result<Part<OwnedPersona>, ApiError> {
    part(async |services, granted| {
        let after = super::ssr::position(after)?;
        service::users::personas(services, granted, id, after).await
    })
    .await
}

/// What was done to a person and by them, before one entry.
#[server(endpoint = "person-history", protocol = Get)]
pub async fn list_history(
    id: Uuid,
    #[server(default)] before: Option<String>,
) -> Result<Part<AuditEntry>, ApiError> {
    part(async |services, granted| {
        let before = super::ssr::position(before)?;
        service::users::history(services, granted, id, before).await
    })
    .await
}

/// What goes with a person, counted now.
#[server(endpoint = "person-deletion", protocol = Get)]
pub async fn preview_deletion(id: Uuid) -> Result<DeletionPreview, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::users::preview(&services, &granted, id)
        .await
        .map_err(ssr::fail)
}
