//! Creation, changes and deletion of teams.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    groups::{GroupDraft, GroupEdit},
    limits::{LimitDraft, LimitSubject},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{GroupsRead, GroupsWrite, LimitsRead, LimitsWrite, UsersRead},
    groups::{self, GroupActor},
    guard::TargetRef,
};
use uuid::Uuid;

use super::{
    find_id, full_row,
    members::{Member, assign, find_all},
};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        NAME,
        body::{self, Blank},
        budgets::{self, Budget},
        callers::require,
        errors::{custom, renamed},
        users::read_models,
    },
};

/// Fields of teams that are stored as they are.
const KEPT: [&str; 5] = [
    "metadata",
    "models",
    "tags",
    "model_aliases",
    "object_permission",
];

/// Body of a new team.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct NewTeam {
    team_id: Option<String>,
    team_alias: Option<String>,
    members_with_roles: Vec<Member>,
}

/// `POST /team/new`.
pub(in crate::litellm) async fn new(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/new";
    let writer = require::<GroupsWrite>(&identity, ROUTE)?;
    let reader = require::<GroupsRead>(&identity, ROUTE)?;
    let users = require::<UsersRead>(&identity, ROUTE)?;
    let fields = body::fields(sent, Blank::Empty)?;
    let request: NewTeam = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    // Stands for the group, which has no id yet.
    let limits = budget.drafts(LimitSubject::Group(Uuid::nil()), &[])?;
    if !limits.is_empty() {
        require::<LimitsWrite>(&identity, ROUTE)?;
    }
    let members = find_all(&services, &users, &request.members_with_roles).await?;
    let name = request.team_alias.or_else(|| request.team_id.clone());
    let draft = GroupDraft {
        name: name.unwrap_or_else(|| format!("team-{}", Uuid::now_v7().simple())),
        external_id: request.team_id.clone(),
        meta: with_kept(Map::new(), &fields),
        ..GroupDraft::default()
    };
    let group = groups::create(&services, &writer, draft).await;
    let group = group.map_err(|error| match (error, request.team_id) {
        (Error::Taken(errors), Some(id)) if errors.get("external_id").is_some() => custom(
            StatusCode::BAD_REQUEST,
            format!("Team id = {id} already exists. Please use a different team id."),
        ),
        (error, _) => renamed(error, field_name),
    })?;
    if !limits.is_empty() {
        let authorized = identity.require::<LimitsWrite>()?;
        let subject = LimitSubject::Group(group.id);
        let limits = limits.into_iter();
        let limits = limits.map(|draft| LimitDraft { subject, ..draft });
        budgets::put(&services, &authorized, limits.collect()).await?;
    }
    if !members.is_empty() {
        assign(&services, &writer, group.id, &members).await?;
    }
    Ok(Json(
        full_row(&services, &identity, &reader, group.id).await?,
    ))
}

/// Returns further data of a group with the fields that have no home here.
fn with_kept(mut meta: Map<String, Value>, fields: &Map<String, Value>) -> Map<String, Value> {
    let sent = fields
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()));
    let mut sent: Map<String, Value> = sent
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(models) = sent.remove("models")
        && let Ok(models) = serde_json::from_value::<Vec<String>>(models)
        && let Some(models) = read_models(&models)
    {
        sent.insert("models".to_owned(), json!(models));
    }
    if sent.is_empty() {
        return meta;
    }
    let own = meta.entry(NAME).or_insert_with(|| json!({}));
    if let Value::Object(own) = own {
        own.extend(sent);
    }
    meta
}

fn field_name(field: &str) -> String {
    let name = match field {
        "name" => "team_alias",
        "external_id" => "team_id",
        "meta" => "metadata",
        other => other,
    };
    name.to_owned()
}

/// Body of a change of a team.
#[derive(Debug, Clone, Deserialize)]
struct TeamUpdate {
    team_id: String,
    team_alias: Option<String>,
}

/// `POST /team/update`.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/update";
    let writer = require::<GroupsWrite>(&identity, ROUTE)?;
    let reader = require::<GroupsRead>(&identity, ROUTE)?;
    let fields = body::fields(sent, Blank::EmptyOrZero)?;
    let request: TeamUpdate = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    let id = find_id(&services, &reader, &request.team_id).await?;
    let subject = LimitSubject::Group(id);
    let drafts = if budget.is_empty() {
        Vec::new()
    } else {
        let limits = require::<LimitsRead>(&identity, ROUTE)?;
        require::<LimitsWrite>(&identity, ROUTE)?;
        let present = budgets::of(&services, &limits, subject).await?;
        budget.drafts(subject, &present)?
    };
    let before = groups::find(&services, &GroupActor::from(&reader), id).await?;
    let meta = with_kept(before.meta.clone(), &fields);
    let meta = (meta != before.meta).then_some(Some(meta));
    // Further data that is stored meanwhile must not be lost.
    let version = meta.as_ref().map(|_| before.version);
    let target = TargetRef::from(id).at_version(version);
    let edit = GroupEdit {
        name: request.team_alias,
        meta,
        ..GroupEdit::default()
    };
    let edited = groups::edit(&services, &writer, target, edit).await;
    edited.map_err(|error| renamed(error, field_name))?;
    if !drafts.is_empty() {
        let limits = identity.require::<LimitsWrite>()?;
        budgets::put(&services, &limits, drafts).await?;
    }
    let row = full_row(&services, &identity, &reader, id).await?;
    Ok(Json(json!({ "team_id": row.get("team_id"), "data": row })))
}

/// Body of a deletion.
#[derive(Debug, Clone, Deserialize)]
struct Deletion {
    team_ids: Vec<String>,
}

/// `POST /team/delete`: all named teams exist, or none is deleted.
pub(in crate::litellm) async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/delete";
    let writer = require::<GroupsWrite>(&identity, ROUTE)?;
    let reader = require::<GroupsRead>(&identity, ROUTE)?;
    let request: Deletion = body::parse(&body::fields(sent, Blank::EmptyOrZero)?)?;
    body::check_number(request.team_ids.len(), "teams")?;
    let actor = GroupActor::from(&reader);
    let mut found = Vec::with_capacity(request.team_ids.len());
    for text in &request.team_ids {
        let id = find_id(&services, &reader, text).await?;
        found.push((id, groups::find(&services, &actor, id).await?));
    }
    let mut deleted = Vec::with_capacity(found.len());
    for (id, group) in found {
        match groups::delete(&services, &writer, id, None).await {
            Ok(_) => deleted.push(Value::Object(super::row(&group))),
            // A team that is named twice is deleted once.
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(Value::Array(deleted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_data_of_others_stays() {
        let meta = |value: Value| value.as_object().cloned().unwrap_or_default();
        let before = meta(json!({ "scim": 1, "litellm": { "metadata": 1, "tags": [2] } }));
        let sent = meta(json!({ "metadata": { "a": 1 }, "team_alias": "x" }));
        let after = with_kept(before.clone(), &sent);
        assert_eq!(
            Value::Object(after),
            json!({ "scim": 1, "litellm": { "metadata": { "a": 1 }, "tags": [2] } })
        );
        assert_eq!(with_kept(before.clone(), &Map::new()), before);
    }
}
