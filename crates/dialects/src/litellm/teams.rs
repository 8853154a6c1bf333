//! Teams, which are groups here. A team has the id that it got when it was created, or that of its group.

pub(super) mod change;
pub(super) mod members;

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    groups::Group,
    limits::LimitSubject,
    list::{Position, UnfilteredQuery},
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Authorized, GroupsRead, Identity, LimitsRead, UsersRead},
    directory::{self, DirectoryQuery},
    groups::{self, GroupActor},
};
use uuid::Uuid;

use super::{
    NAME, budgets, callers,
    callers::require,
    errors::custom,
    query::Query,
    users::{models, timestamp},
};
use crate::{Authenticated, DialectError};

/// Maximum number of members of a team that are listed.
const MEMBERS_MAX: u16 = 1_000;

/// Returns the id of the group that a text means: its id in LiteLLM, its own id, or its name.
pub(super) async fn find_id(
    services: &Services,
    reader: &Authorized<GroupsRead>,
    text: &str,
) -> Result<Uuid, DialectError> {
    let found = groups::find_meant(services, reader, text).await;
    found.map_err(|error| match error {
        Error::NotFound(_) => custom(
            StatusCode::NOT_FOUND,
            format!("Team not found, passed team_id={text}"),
        ),
        other => other.into(),
    })
}

/// Returns the group that a text means.
pub(super) async fn find(
    services: &Services,
    reader: &Authorized<GroupsRead>,
    text: &str,
) -> Result<Group, DialectError> {
    let id = find_id(services, reader, text).await?;
    Ok(groups::find(services, &GroupActor::from(reader), id).await?)
}

/// Returns the id of a group in LiteLLM.
pub(super) fn identifier(group: &Group) -> String {
    let external = group.external_id.clone();
    external.unwrap_or_else(|| group.id.to_string())
}

/// Returns a group as a row of LiteLLM, without members and limits.
fn row(group: &Group) -> Map<String, Value> {
    let own = group.meta.get(NAME).and_then(Value::as_object);
    let kept = |name: &str| own.and_then(|own| own.get(name)).cloned();
    let named =
        kept("models").and_then(|models| serde_json::from_value::<Vec<String>>(models).ok());
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| row.insert(name.to_owned(), value);
    set("team_id", identifier(group).into());
    set("team_alias", group.name.as_str().into());
    set("organization_id", Value::Null);
    set("models", models(named.as_deref()));
    set("metadata", kept("metadata").unwrap_or_else(|| json!({})));
    set("blocked", false.into());
    set("spend", Value::Null);
    set("admins", json!([]));
    set("members", json!([]));
    set("members_count", group.members.into());
    set("created_at", timestamp(Some(group.created_at)));
    set("updated_at", timestamp(Some(group.updated_at)));
    row
}

/// Returns a team with what the caller can read of it: its members and its limits.
async fn full_row(
    services: &Services,
    identity: &Identity,
    reader: &Authorized<GroupsRead>,
    id: Uuid,
) -> Result<Value, DialectError> {
    let actor = GroupActor::from(reader);
    let group = groups::find(services, &actor, id).await?;
    let mut row = row(&group);
    if let Ok(users) = identity.require::<UsersRead>() {
        let members = members(services, (&actor, &users), id).await?;
        row.insert("members_with_roles".to_owned(), members);
    }
    if let Ok(limits) = identity.require::<LimitsRead>() {
        let limits = budgets::of(services, &limits, LimitSubject::Group(id)).await?;
        budgets::write(&mut row, &limits);
    }
    Ok(Value::Object(row))
}

/// Lists the members of a group with their roles: a manager is an admin of the team.
async fn members(
    services: &Services,
    (actor, users): (&GroupActor, &Authorized<UsersRead>),
    id: Uuid,
) -> Result<Value, DialectError> {
    let query = UnfilteredQuery {
        limit: MEMBERS_MAX,
        position: Position::First,
    };
    let listed = groups::members::list(services, actor, id, &query).await?;
    let managers = listed.page.rows.iter().filter(|member| member.is_manager);
    let managers: BTreeSet<Uuid> = managers.map(|member| member.id.0).collect();
    let query = DirectoryQuery {
        namespace: NAME.to_owned(),
        group: Some(id),
        limit: i64::from(MEMBERS_MAX),
        ..DirectoryQuery::default()
    };
    let (members, _) = directory::list(services, users, &query).await?;
    let members = members.into_iter().map(|member| {
        let is_manager = managers.contains(&member.id);
        let role = if is_manager { "admin" } else { "user" };
        json!({ "role": role, "user_id": member.identifier, "user_email": member.email })
    });
    Ok(members.collect())
}

/// Lists the teams of a user, or all teams, without members and limits.
pub(super) async fn list_rows(
    services: &Services,
    reader: &Authorized<GroupsRead>,
    user: Option<Uuid>,
) -> Result<Vec<Value>, DialectError> {
    let listed = groups::whole::list(services, reader, user).await?;
    let rows = listed.iter().map(|group| Value::Object(row(group)));
    Ok(rows.collect())
}

/// `GET /team/info`.
pub(super) async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader = require::<GroupsRead>(&services, &identity, "/team/info").await?;
    let text = query.text("team_id").ok_or_else(|| {
        let text = "team_id is required";
        custom(StatusCode::BAD_REQUEST, text)
    })?;
    let id = find_id(&services, &reader, text).await?;
    let row = full_row(&services, &identity, &reader, id).await?;
    Ok(Json(json!({
        "team_id": row.get("team_id"),
        "team_info": row,
        "keys": [],
        "team_memberships": [],
    })))
}

/// `GET /team/list`: all teams, or those of a user.
pub(super) async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader = require::<GroupsRead>(&services, &identity, "/team/list").await?;
    let user = match query.text("user_id") {
        Some(id) => Some(callers::find_readable(&services, &identity, id).await?.id),
        None => None,
    };
    let teams = list_rows(&services, &reader, user).await?;
    Ok(Json(Value::Array(teams)))
}
