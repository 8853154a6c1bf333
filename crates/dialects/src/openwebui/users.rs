//! Users, as administrators and other users see them.

use std::collections::HashMap;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::users::{UserSummary, detail::UserDetail};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{Identity, UsersRead},
    account,
    groups::whole,
    users::{linked, linked::Linked},
};
use uuid::Uuid;

use super::{
    Reply, errors,
    listing::{PAGE, Reader, order, search, skipped, user_id},
    namespace,
    profile::{self, Profile},
    respond, types,
};
use crate::{Authenticated, DialectError};

/// Image of users who have none: a grey square.
const IMAGE: &[u8] = include_bytes!("user.png");

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/users", get(list))
        .route("/api/v1/users/", get(list))
        .route("/api/v1/users/all", get(all))
        .route("/api/v1/users/search", get(find))
        .route("/api/v1/users/{id}", get(show))
        .route("/api/v1/users/{id}/info", get(info))
        .route("/api/v1/users/{id}/active", get(active))
        .route("/api/v1/users/{id}/profile/image", get(image))
        .route("/api/v1/users/{id}/groups", get(groups))
        .route("/api/v1/users/{id}/oauth/sessions", get(oauth_sessions))
}

/// Parameters of a list of users.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListParams {
    query: Option<String>,
    order_by: Option<String>,
    direction: Option<String>,
    page: Option<String>,
}

/// Users of a page, with what they have.
struct Found {
    users: Vec<UserSummary>,
    linked: HashMap<Uuid, Linked>,
    total: u64,
}

impl ListParams {
    async fn read(&self, services: &Services, reader: &Reader) -> Result<Found, DialectError> {
        let skip = skipped(self.page.as_deref())?;
        let sort = order(self.order_by.as_deref(), self.direction.as_deref());
        let (mut users, total) = match search(self.query.as_deref()) {
            Some(filter) => reader.page(services, (filter, sort), skip, PAGE).await?,
            None => (Vec::new(), 0),
        };
        Ok(Found {
            linked: reader.complete(services, &mut users).await?,
            users,
            total,
        })
    }
}

impl Found {
    /// Returns the users in the form that `show` gives them.
    fn json(&self, show: impl Fn(&UserSummary, Option<&Linked>) -> Map<String, Value>) -> Value {
        let users = self.users.iter();
        let users: Vec<Value> = users
            .map(|user| Value::Object(show(user, self.linked.get(&user.id.0))))
            .collect();
        json!({ "users": users, "total": self.total })
    }
}

async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Query(params): Query<ListParams>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    let found = params.read(&services, &reader).await?;
    let now = types::now(&services);
    Ok(Json(found.json(|user, linked| {
        let data = linked.map(|linked| &linked.data);
        let mut members = types::whole(user, data, None, now);
        let groups = linked.map(|linked| linked.groups.as_slice());
        let ids = groups
            .unwrap_or_default()
            .iter()
            .map(|(id, _)| id.to_string());
        members.insert("group_ids".to_owned(), ids.collect());
        members
    })))
}

async fn find(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Query(params): Query<ListParams>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    let found = params.read(&services, &reader).await?;
    let now = types::now(&services);
    Ok(Json(
        found.json(|user, linked| types::info(user, linked, now)),
    ))
}

/// Returns the newest users and the number of all. The lists of other routes have pages; the clients expect one response here.
async fn all(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    let reader = Reader::of(&identity)?;
    let (users, total) = reader.all(&services).await?;
    Ok(Json(json!({ "users": users, "total": total })))
}

async fn show(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    let (user, linked) = reader.find(&services, user_id(&id)?).await?;
    let now = types::now(&services);
    let profile = Profile(Some(&linked.data));
    let mut members = profile.status(now);
    members.insert("name".to_owned(), json!(user.summary.display_name));
    members.insert(profile::IMAGE.to_owned(), json!(profile.image()));
    let is_active = types::is_active(&user.summary, now);
    members.insert("is_active".to_owned(), json!(is_active));
    members.insert("groups".to_owned(), types::groups_of(Some(&linked)));
    respond(members)
}

/// Returns a user: the caller's own account, or with the permission any other.
async fn visible(
    services: &Services,
    identity: &Identity,
    id: &str,
) -> Result<(UserDetail, Linked), DialectError> {
    let parsed = Uuid::try_parse(id).ok();
    match identity.user() {
        Ok(caller) if parsed == Some(caller.principal.id.0) => {
            let user = account::get(services, caller).await?;
            let linked = linked::find_own(services, caller, &namespace()?).await?;
            Ok((user, linked))
        }
        _ => {
            let reader = Reader::of(identity)?;
            reader.find(services, user_id(id)?).await
        }
    }
}

async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let (user, linked) = visible(&services, &identity, &id).await?;
    let now = types::now(&services);
    let members = types::info(&user.summary, Some(&linked), now);
    respond(members)
}

async fn active(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let (user, _) = visible(&services, &identity, &id).await?;
    let is_active = types::is_active(&user.summary, types::now(&services));
    Ok(Json(json!({ "active": is_active })))
}

/// Returns the image of a user who has none: images at other addresses are not fetched.
async fn image(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, DialectError> {
    visible(&services, &identity, &id).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], IMAGE).into_response())
}

async fn groups(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    let (user, _) = reader.find(&services, user_id(&id)?).await?;
    let groups = whole::list(&services, reader.groups(), Some(user.summary.id.0)).await?;
    Ok(Json(types::groups(&groups)))
}

/// Returns that there are no sessions of identity providers.
async fn oauth_sessions(Authenticated(identity): Authenticated, Path(id): Path<String>) -> Reply {
    identity.require::<UsersRead>()?;
    user_id(&id)?;
    Err(errors::custom(StatusCode::BAD_REQUEST, errors::NOT_FOUND))
}
