//! Creation, changes and deletion of teams.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    groups::{GroupDraft, GroupEdit},
    limits::LimitSubject,
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
    find, find_id, full_row,
    members::{Member, assign, find_all},
};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        NAME,
        body::{self, Field},
        budgets::{self, Budget, Changes},
        callers::require,
        errors::{custom, renamed},
        users::read_models,
    },
};

/// Fields of teams that are stored as they are.
const KEPT: [&str; 4] = ["metadata", "tags", "model_aliases", "object_permission"];

/// Body of a new team.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct NewTeam {
    team_id: Option<String>,
    team_alias: Option<String>,
    models: Field<Vec<String>>,
    members_with_roles: Vec<Member>,
}

/// `POST /team/new`.
pub(in crate::litellm) async fn new(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/new";
    let writer = require::<GroupsWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<GroupsRead>(&services, &identity, ROUTE).await?;
    let users = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let fields = body::filled(sent)?;
    let request: NewTeam = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    // Stands for the group, which has no id yet.
    let limits = budget.changes(LimitSubject::Group(Uuid::nil()), &[])?;
    if !limits.is_empty() {
        require::<LimitsWrite>(&services, &identity, ROUTE).await?;
    }
    let members = find_all(&services, &users, &request.members_with_roles).await?;
    let name = request.team_alias.or_else(|| request.team_id.clone());
    let draft = GroupDraft {
        name: name.unwrap_or_else(|| format!("team-{}", Uuid::now_v7().simple())),
        external_id: request.team_id.clone(),
        meta: with_kept(Map::new(), &fields, request.models),
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
        let limits = limits.of_new(LimitSubject::Group(group.id));
        limits.apply(&services, &authorized).await?;
    }
    if !members.is_empty() {
        assign(&services, &writer, group.id, &members).await?;
    }
    Ok(Json(
        full_row(&services, &identity, &reader, group.id).await?,
    ))
}

/// Returns further data of a group with the fields that have no home here. Those that are null are removed.
fn with_kept(
    mut meta: Map<String, Value>,
    fields: &Map<String, Value>,
    models: Field<Vec<String>>,
) -> Map<String, Value> {
    let sent = fields
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()));
    let mut sent: Map<String, Value> = sent
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(models) = models.change() {
        // Null for all models.
        let models = read_models(&models.unwrap_or_default());
        sent.insert("models".to_owned(), json!(models));
    }
    let (removed, set): (Map<String, Value>, Map<String, Value>) =
        sent.into_iter().partition(|(_, value)| value.is_null());
    if !set.is_empty() {
        meta.entry(NAME).or_insert_with(|| json!({}));
    }
    if let Some(Value::Object(own)) = meta.get_mut(NAME) {
        own.retain(|name, _| !removed.contains_key(name));
        own.extend(set);
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
    #[serde(default)]
    team_alias: Field<String>,
    #[serde(default)]
    models: Field<Vec<String>>,
}

/// `POST /team/update`. What the body leaves out stays, and null clears.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    const ROUTE: &str = "/team/update";
    let writer = require::<GroupsWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<GroupsRead>(&services, &identity, ROUTE).await?;
    let fields = body::fields(sent)?;
    let request: TeamUpdate = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    let id = find_id(&services, &reader, &request.team_id).await?;
    let subject = LimitSubject::Group(id);
    let changes = if budget.is_empty() {
        Changes::default()
    } else {
        let limits = require::<LimitsRead>(&services, &identity, ROUTE).await?;
        require::<LimitsWrite>(&services, &identity, ROUTE).await?;
        let present = budgets::of(&services, &limits, subject).await?;
        budget.changes(subject, &present)?
    };
    let before = groups::find(&services, &GroupActor::from(&reader), id).await?;
    let meta = with_kept(before.meta.clone(), &fields, request.models);
    let meta = (meta != before.meta).then_some(Some(meta));
    // Further data that is stored meanwhile must not be lost.
    let version = meta.as_ref().map(|_| before.version);
    let target = TargetRef::from(id).at_version(version);
    let name = request.team_alias.change();
    let edit = GroupEdit {
        // A group has a name: an empty one is denied.
        name: name.map(Option::unwrap_or_default),
        meta,
        ..GroupEdit::default()
    };
    let edited = groups::edit(&services, &writer, target, edit).await;
    edited.map_err(|error| renamed(error, field_name))?;
    if !changes.is_empty() {
        let limits = identity.require::<LimitsWrite>()?;
        changes.apply(&services, &limits).await?;
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
    let writer = require::<GroupsWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<GroupsRead>(&services, &identity, ROUTE).await?;
    let request: Deletion = body::parse(&body::filled(sent)?)?;
    body::check_number(request.team_ids.len(), "teams")?;
    let mut found = Vec::with_capacity(request.team_ids.len());
    for text in &request.team_ids {
        found.push(find(&services, &reader, text).await?);
    }
    let mut deleted = Vec::with_capacity(found.len());
    for group in found {
        match groups::delete(&services, &writer, group.id, None).await {
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
        let after = with_kept(before.clone(), &sent, Field::Absent);
        assert_eq!(
            Value::Object(after),
            json!({ "scim": 1, "litellm": { "metadata": { "a": 1 }, "tags": [2] } })
        );
        assert_eq!(
            with_kept(before.clone(), &Map::new(), Field::Absent),
            before
        );
        let blank = meta(json!({ "metadata": null, "tags": [], "model_aliases": null }));
        let models = Field::Value(vec!["gpt".to_owned()]);
        let after = with_kept(before.clone(), &blank, models);
        assert_eq!(
            Value::Object(after.clone()),
            json!({ "scim": 1, "litellm": { "tags": [], "models": ["gpt"] } })
        );
        for models in [Field::Null, Field::Value(Vec::new())] {
            let after = with_kept(after.clone(), &Map::new(), models);
            assert_eq!(after["litellm"], json!({ "tags": [] }));
        }
        let all = meta(json!({ "metadata": null }));
        assert_eq!(with_kept(Map::new(), &all, Field::Null), Map::new());
    }
}
