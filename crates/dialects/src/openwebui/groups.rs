//! Groups and their members.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use domain::{
    error::Entity,
    groups::{Group, GroupDraft, GroupEdit, MemberSelection, MembersOutcome},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Authorized, GroupsRead, GroupsWrite, Identity},
    groups::{self, GroupActor, members, whole},
    guard::TargetRef,
};
use uuid::Uuid;

use super::{
    Reply, errors, form,
    listing::{Reader, group_id},
    permissions, respond, types,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/groups", get(list))
        .route("/api/v1/groups/", get(list))
        .route("/api/v1/groups/create", post(create))
        .route("/api/v1/groups/id/{id}", get(show))
        .route("/api/v1/groups/id/{id}/info", get(info))
        .route("/api/v1/groups/id/{id}/export", get(export))
        .route("/api/v1/groups/id/{id}/members", get(list_members))
        .route("/api/v1/groups/id/{id}/users", post(list_members))
        .route("/api/v1/groups/id/{id}/users/add", post(add_members))
        .route("/api/v1/groups/id/{id}/users/remove", post(remove_members))
        .route("/api/v1/groups/id/{id}/update", post(update))
        .route("/api/v1/groups/id/{id}/delete", delete(remove))
}

/// Parameters of the list of groups.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListParams {
    share: Option<String>,
}

/// Lists all groups, or those of a caller who cannot read all.
async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Query(params): Query<ListParams>,
) -> Reply {
    let groups = match identity.require::<GroupsRead>() {
        Ok(authorized) => whole::list(&services, &authorized, None).await?,
        Err(_) => whole::list_own(&services, identity.user()?).await?,
    };
    let shared = params
        .share
        .as_deref()
        .map(|share| share == "true" || share == "1");
    let groups = groups.iter();
    let groups = groups.filter(|group| shared.is_none_or(|shared| is_shared(group) == shared));
    Ok(Json(types::groups(groups)))
}

/// Returns whether the stored data of a group lets its users share with it, which is the default.
fn is_shared(group: &Group) -> bool {
    let config = group.data.get("config");
    let share = config.and_then(|config| config.get("share"));
    share != Some(&Value::Bool(false))
}

async fn create(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let authorized = identity.require::<GroupsWrite>()?;
    let permissions = form::object(&body, "permissions")?.unwrap_or_default();
    let draft = GroupDraft {
        name: form::required(&body, "name")?,
        description: form::text(&body, "description")?.unwrap_or_default(),
        features: permissions::features_of(&services, &identity, &[], &permissions).await?,
        data: form::object(&body, "data")?.unwrap_or_default(),
        meta: form::object(&body, "meta")?.unwrap_or_default(),
        external_id: None,
    };
    let group = groups::create(&services, &authorized, draft).await?;
    respond(types::group(&group))
}

async fn show(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<GroupsRead>()?;
    let group = find(&services, &authorized, &id).await?;
    respond(types::group(&group))
}

/// Returns a group without its permissions and data. Users who cannot read all groups see their own ones.
async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let group = match identity.require::<GroupsRead>() {
        Ok(authorized) => find(&services, &authorized, &id).await?,
        Err(_) => {
            let id = group_id(&id)?;
            let own = whole::list_own(&services, identity.user()?).await?;
            let found = own.into_iter().find(|group| group.id == id);
            found.ok_or(Error::NotFound(Entity::Group))?
        }
    };
    respond(types::group_info(&group))
}

async fn export(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<GroupsRead>()?;
    let group = find(&services, &authorized, &id).await?;
    let actor = GroupActor::from(&authorized);
    let ids = whole::list_member_ids(&services, &actor, group.id).await?;
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let mut members = types::group(&group);
    members.insert("user_ids".to_owned(), json!(ids));
    respond(members)
}

async fn list_members(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    let actor = GroupActor::from(reader.groups());
    let ids = whole::list_member_ids(&services, &actor, group_id(&id)?).await?;
    let users = reader.by_ids(&services, &ids).await?;
    Ok(Json(Value::Array(users)))
}

async fn add_members(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    change_members(&services, &identity, &id, &body, true).await
}

async fn remove_members(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    change_members(&services, &identity, &id, &body, false).await
}

/// Adds users to a group or removes them. Ids that no user has are ignored, as Open WebUI does. The response is the group, so the caller
/// needs the permission to read it.
async fn change_members(
    services: &Services,
    identity: &Identity,
    id: &str,
    body: &Map<String, Value>,
    is_added: bool,
) -> Reply {
    let authorized = identity.require::<GroupsWrite>()?;
    let readable = identity.require::<GroupsRead>()?;
    let group = group_id(id)?;
    let ids = read_ids(body)?;
    let actor = GroupActor::from(&authorized);
    let outcome = if ids.is_empty() {
        MembersOutcome::default()
    } else {
        let users = MemberSelection::Ids(ids);
        if is_added {
            members::add(services, &actor, group, users, false).await?
        } else {
            members::remove(services, &actor, group, users, false).await?
        }
    };
    if !outcome.skipped.is_empty() {
        let text = errors::ACTION_PROHIBITED;
        return Err(errors::custom(StatusCode::FORBIDDEN, text));
    }
    let group = find(services, &readable, id).await?;
    respond(types::group(&group))
}

/// Returns the ids in a body. Texts in another form are those of no users.
fn read_ids(body: &Map<String, Value>) -> Result<Vec<Uuid>, DialectError> {
    let wrong = || form::malformed("user_ids", "a list of strings");
    let ids = match body.get("user_ids") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(ids)) => ids,
        Some(_) => return Err(wrong()),
    };
    let texts = ids.iter().map(|id| id.as_str().ok_or_else(wrong));
    let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
    let ids = texts.iter().filter_map(|text| Uuid::try_parse(text).ok());
    Ok(ids.collect())
}

/// Changes a group. Members that the body leaves out stay, also those of `data` and `meta`, where other systems store theirs. Features that
/// have no place in the tree stay too. So the group must not have changed since it was read.
async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let authorized = identity.require::<GroupsWrite>()?;
    let readable = identity.require::<GroupsRead>()?;
    let before = find(&services, &readable, &id).await?;
    let features = match form::object(&body, "permissions")? {
        Some(permissions) => {
            let before = &before.features;
            Some(permissions::features_of(&services, &identity, before, &permissions).await?)
        }
        None => None,
    };
    let data = form::object(&body, "data")?.map(|sent| merged(&before.data, sent));
    let meta = form::object(&body, "meta")?.map(|sent| merged(&before.meta, sent));
    let is_based = features.is_some() || data.is_some() || meta.is_some();
    let target = TargetRef::from(before.id).at_version(is_based.then_some(before.version));
    let edit = GroupEdit {
        name: form::text(&body, "name")?,
        description: form::text(&body, "description")?,
        features,
        data: data.map(Some),
        meta: meta.map(Some),
        external_id: None,
    };
    let group = groups::edit(&services, &authorized, target, edit).await?;
    respond(types::group(&group))
}

/// Returns stored members with those that were sent.
fn merged(stored: &Map<String, Value>, sent: Map<String, Value>) -> Map<String, Value> {
    let mut merged = stored.clone();
    merged.extend(sent);
    merged
}

async fn remove(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<GroupsWrite>()?;
    groups::delete(&services, &authorized, group_id(&id)?, None).await?;
    Ok(Json(json!(true)))
}

/// Returns the group with an id.
pub(super) async fn find(
    services: &Services,
    authorized: &Authorized<GroupsRead>,
    id: &str,
) -> Result<Group, Error> {
    let actor = GroupActor::from(authorized);
    groups::find(services, &actor, group_id(id)?).await
}
