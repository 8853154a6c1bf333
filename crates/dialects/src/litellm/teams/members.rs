//! Members of teams.

use axum::{Json, extract::State, http::StatusCode};
use domain::groups::MemberSelection;
use serde::Deserialize;
use serde_json::{Value, json};
use service::{
    Services,
    access::{Authorized, GroupsRead, GroupsWrite, UsersRead},
    groups::{self, GroupActor},
};
use uuid::Uuid;

use super::{find_id, full_row};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body,
        callers::{self, require},
        errors::{custom, invalid},
    },
};

/// A member of a team in a body.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Member {
    user_id: Option<String>,
    user_email: Option<String>,
    role: Option<String>,
}

/// User who becomes a member, and whether the user manages the group.
pub(super) type Assigned = (Uuid, bool);

/// Returns the users that a body names. All of them must exist.
pub(super) async fn find_all(
    services: &Services,
    users: &Authorized<UsersRead>,
    members: &[Member],
) -> Result<Vec<Assigned>, DialectError> {
    body::check_number(members.len(), "members")?;
    let mut found = Vec::with_capacity(members.len());
    for member in members {
        let is_manager = match member.role.as_deref() {
            Some("admin") => true,
            Some("user") | None => false,
            Some(_) => {
                let text = "Input should be 'admin' or 'user'";
                return Err(invalid("literal_error", ["body", "role"], text));
            }
        };
        let named = (member.user_id.as_deref(), member.user_email.as_deref());
        let user = callers::find_named(services, users, named).await?;
        found.push((user.id, is_manager));
    }
    Ok(found)
}

/// Adds users to a group, with their roles in it: all of them or none.
pub(super) async fn assign(
    services: &Services,
    writer: &Authorized<GroupsWrite>,
    group: Uuid,
    members: &[Assigned],
) -> Result<(), DialectError> {
    let ids: Vec<Uuid> = members.iter().map(|(id, _)| *id).collect();
    let actor = GroupActor::from(writer);
    for is_preview in [true, false] {
        let selection = MemberSelection::Ids(ids.clone());
        let outcome = groups::members::add(services, &actor, group, selection, is_preview).await?;
        if !outcome.skipped.is_empty() {
            let text = format!(
                "Not allowed to add users with more permissions: {}",
                outcome.skipped.join(", ")
            );
            return Err(custom(StatusCode::FORBIDDEN, text));
        }
    }
    let managers: Vec<Uuid> = members
        .iter()
        .filter(|(_, is_manager)| *is_manager)
        .map(|(id, _)| *id)
        .collect();
    if !managers.is_empty() {
        let managers = MemberSelection::Ids(managers);
        groups::members::set_managers(services, writer, group, managers, true).await?;
    }
    Ok(())
}

/// One member, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Members {
    Many(Vec<Member>),
    One(Member),
}

/// Body of an addition.
#[derive(Debug, Clone, Deserialize)]
struct Addition {
    team_id: String,
    member: Members,
}

/// `POST /team/member_add`.
pub(in crate::litellm) async fn add(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/member_add";
    let writer = require::<GroupsWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<GroupsRead>(&services, &identity, ROUTE).await?;
    let users = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let request: Addition = body::parse(&body::filled(sent)?)?;
    let id = find_id(&services, &reader, &request.team_id).await?;
    let members = match request.member {
        Members::Many(members) => members,
        Members::One(member) => vec![member],
    };
    let members = find_all(&services, &users, &members).await?;
    if !members.is_empty() {
        assign(&services, &writer, id, &members).await?;
    }
    let mut row = full_row(&services, &identity, &reader, id).await?;
    if let Some(fields) = row.as_object_mut() {
        fields.insert("updated_users".to_owned(), json!([]));
        fields.insert("updated_team_memberships".to_owned(), json!([]));
    }
    Ok(Json(row))
}

/// Body of a removal.
#[derive(Debug, Clone, Deserialize)]
struct Removal {
    team_id: String,
    user_id: Option<String>,
    user_email: Option<String>,
}

/// `POST /team/member_delete`.
pub(in crate::litellm) async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/member_delete";
    let writer = require::<GroupsWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<GroupsRead>(&services, &identity, ROUTE).await?;
    let users = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let request: Removal = body::parse(&body::filled(sent)?)?;
    let id = find_id(&services, &reader, &request.team_id).await?;
    let named = (request.user_id.as_deref(), request.user_email.as_deref());
    let user = callers::find_named(&services, &users, named).await?;
    let selection = MemberSelection::Ids(vec![user.id]);
    let actor = GroupActor::from(&writer);
    let outcome = groups::members::remove(&services, &actor, id, selection, false).await?;
    if outcome.changed == 0 {
        let text = if outcome.skipped.is_empty() {
            format!("User {} is not a member of the team", user.identifier)
        } else {
            format!("Not allowed to remove {}", user.identifier)
        };
        return Err(custom(StatusCode::BAD_REQUEST, text));
    }
    Ok(Json(full_row(&services, &identity, &reader, id).await?))
}
