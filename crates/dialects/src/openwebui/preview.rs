//! Previews of what users and groups can reach.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use domain::{
    list::{Position, UnfilteredQuery},
    resources::ResourceQuery,
    users::detail::UserRef,
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{AccessRead, GroupsRead, Identity, ResourcesRead},
    resources,
};
use uuid::Uuid;

use super::{
    Reply, errors,
    groups::find,
    listing::{Reader, user_id},
    permissions, respond, types,
};
use crate::{Authenticated, DialectError};

/// Kinds of resources in a preview.
const KINDS: [&str; 3] = ["models", "knowledge", "tools"];
/// Maximum number of resources of a kind.
const MOST: u16 = 1_000;

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/users/{id}/preview", get(of_user))
        .route("/api/v1/groups/id/{id}/preview", get(of_group))
}

async fn of_user(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let reader = Reader::of(&identity)?;
    identity.require::<AccessRead>()?;
    let unknown = || errors::custom(StatusCode::NOT_FOUND, errors::NOT_FOUND);
    let id = user_id(&id).map_err(|_| unknown())?;
    let (user, linked) = match reader.find(&services, id).await {
        Err(DialectError::Service(Error::NotFound(_))) => return Err(unknown()),
        found => found?,
    };
    let mut members = reachable(&services, &identity, None, Some(id)).await?;
    let name = &user.summary.display_name;
    members.insert("user".to_owned(), types::item(id, name));
    members.insert("groups".to_owned(), types::groups_of(Some(&linked)));
    respond(members)
}

async fn of_group(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Reply {
    let authorized = identity.require::<GroupsRead>()?;
    let group = find(&services, &authorized, &id).await?;
    let mut members = reachable(&services, &identity, Some(group.id), None).await?;
    members.insert("group".to_owned(), types::item(group.id, &group.name));
    let permissions = match permissions::of_group(&group.features) {
        Value::Null => json!({}),
        permissions => permissions,
    };
    members.insert("permissions".to_owned(), permissions);
    respond(members)
}

/// Returns the resources of each kind that a group has a grant to, or that a user can reach, with the number of all of the kind.
async fn reachable(
    services: &Services,
    identity: &Identity,
    group: Option<Uuid>,
    user: Option<Uuid>,
) -> Result<Map<String, Value>, DialectError> {
    let authorized = identity.require::<ResourcesRead>()?;
    let totals = resources::count_kinds(services, &authorized).await?;
    let mut members = Map::new();
    for kind in KINDS {
        let query = ResourceQuery {
            kind: Some(kind.to_owned()),
            external_id: None,
            text: None,
            owner: None,
            client: None,
            group,
            reached_by: user.map(UserRef::Id),
            page: UnfilteredQuery {
                limit: MOST,
                position: Position::First,
            },
        };
        let listed = resources::list_matching(services, &authorized, &query).await?;
        let items = listed.page.rows.iter();
        let items: Vec<Value> = items
            .map(|resource| json!({ "id": resource.external_id, "name": resource.name }))
            .collect();
        let total = totals.iter().find(|total| total.kind == kind);
        let total = total.map_or(0, |total| total.count);
        let list = json!({ "items": items, "total": total });
        members.insert(kind.to_owned(), list);
    }
    Ok(members)
}
