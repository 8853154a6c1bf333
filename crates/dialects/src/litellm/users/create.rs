//! `POST /user/new`.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    access_tokens::{IssuedKey, KeyDraft},
    identifiers::{Identifier, IdentifierError},
    limits::{AllowedModelsDraft, LimitSubject},
    users::{Status, create::UserDraft, detail::CreatedUser, names::DISPLAY_NAME_MAX},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{Authorized, GroupsRead, Identity, LimitsWrite, TokensWrite, UsersRead, UsersWrite},
    access_tokens, directory, limits,
    owned::{Writer, extensions},
    users,
};
use uuid::Uuid;

use super::{read_models, row, timestamp};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body,
        budgets::{Budget, Changes},
        callers::require,
        errors::{custom, invalid, renamed},
        keys, namespace, roles, teams,
    },
};

const ROUTE: &str = "/user/new";
/// Display name of a user without an address and an id.
const UNNAMED: &str = "user";
const NO_ALERTING: &str = "Email alerting not setup on config.yaml. Please set `alerting=['email']. \nDocs: \
     https://docs.litellm.ai/docs/proxy/email";
const NO_PASSWORD: &str = "Value error, password can not be set with /user/new. Use POST /invitation/new to let the user choose one";

/// Body of the request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct NewUser {
    user_id: Option<String>,
    user_alias: Option<String>,
    user_email: Option<String>,
    user_role: Option<String>,
    password: Option<Value>,
    teams: Vec<Team>,
    team_id: Option<String>,
    models: Vec<String>,
    duration: Option<String>,
    key_alias: Option<String>,
    auto_create_key: Option<bool>,
    send_invite_email: Option<bool>,
}

/// A team that a new user joins.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Team {
    Id(String),
    Object { team_id: String },
}

/// What a new user gets, checked before the account is created.
struct Plan {
    draft: UserDraft,
    identifier: Option<Identifier>,
    /// The id of the named team in LiteLLM.
    team: Option<String>,
    limits: Changes,
    models: Option<Vec<String>>,
    extension: Map<String, Value>,
    key: Option<KeyDraft>,
}

/// Creates a user with the role, teams, budgets and virtual key of the request.
pub(in crate::litellm) async fn new(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let writer = require::<UsersWrite>(&services, &identity, ROUTE).await?;
    let reader = require::<UsersRead>(&services, &identity, ROUTE).await?;
    let fields = body::filled(sent)?;
    let request: NewUser = body::parse(&fields)?;
    let budget: Budget = body::parse(&fields)?;
    check(&request)?;
    let role = request.user_role.as_deref().unwrap_or(roles::USER);
    let mut plan = plan(&services, &identity, &request, (&budget, &fields)).await?;
    let team = plan.team.take();
    let created = insert(&services, &writer, &plan, role).await?;
    let id = created.user.summary.id.0;
    let issued = complete(&services, &identity, id, plan).await?;
    let mut user = directory::find_by_id(&services, &reader, &namespace()?, id).await?;
    limits::add_resets(&services, &identity, std::slice::from_mut(&mut user)).await?;
    let mut answer = row(&user);
    let key = issued.as_ref().map(|issued| issued.token.clone());
    let expires = issued.as_ref().and_then(|issued| issued.expires_at);
    let token = issued.as_ref().map(|issued| issued.id.to_string());
    answer.insert("key".to_owned(), key.into());
    answer.insert("token".to_owned(), token.into());
    answer.insert("expires".to_owned(), timestamp(expires));
    answer.insert("key_alias".to_owned(), request.key_alias.into());
    answer.insert("duration".to_owned(), request.duration.into());
    if let Some(team) = team {
        answer.insert("team_id".to_owned(), team.into());
    }
    Ok(Json(Value::Object(answer)))
}

/// Checks what only LiteLLM has.
fn check(request: &NewUser) -> Result<(), DialectError> {
    if request.password.is_some() {
        return Err(invalid("value_error", ["body", "password"], NO_PASSWORD));
    }
    if request.send_invite_email == Some(true) {
        return Err(custom(StatusCode::BAD_REQUEST, NO_ALERTING));
    }
    Ok(())
}

/// Returns what the new user gets, with the errors of every part.
async fn plan(
    services: &Services,
    identity: &Identity,
    request: &NewUser,
    (budget, fields): (&Budget, &Map<String, Value>),
) -> Result<Plan, DialectError> {
    let identifier = match &request.user_id {
        Some(id) => Some(free_identifier(services, identity, id).await?),
        None => None,
    };
    body::check_number(request.teams.len(), "teams")?;
    let named = request.teams.iter().map(|team| match team {
        Team::Id(id) | Team::Object { team_id: id } => id,
    });
    let named: Vec<&String> = named.chain(&request.team_id).collect();
    let mut joined = Vec::with_capacity(named.len());
    if !named.is_empty() {
        let reader = require::<GroupsRead>(services, identity, ROUTE).await?;
        for name in named {
            joined.push(teams::find(services, &reader, name).await?);
        }
    }
    let team = request.team_id.as_ref().and(joined.last());
    let team = team.map(teams::identifier);
    let role = request.user_role.as_deref().unwrap_or(roles::USER);
    let assigned = roles::replaced(services, identity, (&[], role), ROUTE).await?;
    // Stands for the user, who has no id yet.
    let limits = budget.changes(LimitSubject::User(Uuid::nil()), &[])?;
    let models = read_models(&request.models);
    let allowed = AllowedModelsDraft {
        allowed_models: models.clone(),
    };
    allowed.check().map_err(Error::Invalid)?;
    if !limits.is_empty() || models.is_some() {
        require::<LimitsWrite>(services, identity, ROUTE).await?;
    }
    let extension = body::kept(fields)?;
    let key = if request.auto_create_key.unwrap_or(true) {
        require::<TokensWrite>(services, identity, ROUTE).await?;
        let named = request.key_alias.as_deref();
        Some(keys::draft(services, named, request.duration.as_deref())?)
    } else {
        None
    };
    let email = request.user_email.clone().unwrap_or_default();
    let names = [&request.user_alias, &request.user_email, &request.user_id];
    let mut names = names.into_iter().flatten().filter(|name| !name.is_empty());
    let name = names.next().map_or(UNNAMED, String::as_str);
    Ok(Plan {
        draft: UserDraft {
            display_name: shortened(name),
            email,
            roles: assigned,
            groups: joined.iter().map(|group| group.id.to_string()).collect(),
            ..UserDraft::default()
        },
        identifier,
        team,
        limits,
        models,
        extension,
        key,
    })
}

/// Parses the identifier of a new user, which no other user may have.
async fn free_identifier(
    services: &Services,
    identity: &Identity,
    text: &str,
) -> Result<Identifier, DialectError> {
    let identifier: Identifier = text.parse().map_err(|error: IdentifierError| {
        let text = error.message().to_string();
        invalid("value_error", ["body", "user_id"], &text)
    })?;
    let reader = require::<UsersRead>(services, identity, ROUTE).await?;
    match directory::find(services, &reader, &namespace()?, text).await {
        Ok(_) => Err(taken("id", text)),
        Err(Error::NotFound(_)) => Ok(identifier),
        Err(error) => Err(error.into()),
    }
}

/// Creates the account, with a username of the email address or the identifier.
async fn insert(
    services: &Services,
    writer: &Authorized<UsersWrite>,
    plan: &Plan,
    role: &str,
) -> Result<CreatedUser, DialectError> {
    let namespace = namespace()?;
    let identifier = plan.identifier.as_ref();
    let identified = identifier.map(|identifier| (&namespace, identifier));
    let draft = plan.draft.clone();
    match users::create_unnamed(services, writer, draft, Status::Active, identified).await {
        Err(Error::Taken(fields)) if fields.get("identifier").is_some() => {
            let id = identifier.map(Identifier::as_str);
            Err(taken("id", id.unwrap_or_default()))
        }
        Err(Error::Taken(fields)) if fields.get("email").is_some() => {
            Err(taken("email", &plan.draft.email))
        }
        Err(Error::Denied(_)) if roles::is_administrative(role) => Err(roles::denied(role)),
        created => created.map_err(|error| renamed(error, field_name)),
    }
}

/// Returns the beginning of a text that is a display name.
fn shortened(name: &str) -> String {
    name.chars().take(DISPLAY_NAME_MAX).collect()
}

/// Returns the name of a field of an account in a body.
pub(super) fn field_name(field: &str) -> String {
    let name = match field {
        "display_name" => "user_alias",
        "email" => "user_email",
        "roles" => "user_role",
        "groups" => "teams",
        other => other,
    };
    name.to_owned()
}

fn taken(what: &str, value: &str) -> DialectError {
    custom(
        StatusCode::CONFLICT,
        format!("User with {what} {value} already exists"),
    )
}

/// Stores what is not part of the account: limits, models, further data, and the key.
async fn complete(
    services: &Services,
    identity: &Identity,
    id: Uuid,
    plan: Plan,
) -> Result<Option<IssuedKey>, DialectError> {
    if !plan.limits.is_empty() || plan.models.is_some() {
        let authorized = identity.require::<LimitsWrite>()?;
        let limits = plan.limits.of_new(LimitSubject::User(id));
        limits.apply(services, &authorized).await?;
        if plan.models.is_some() {
            let draft = AllowedModelsDraft {
                allowed_models: plan.models,
            };
            limits::set_models(services, &authorized, id, &draft).await?;
        }
    }
    if !plan.extension.is_empty() {
        let writer = Writer::all(identity.require()?);
        extensions::merge(services, &writer, Some(id), &namespace()?, plan.extension).await?;
    }
    let Some(draft) = plan.key else {
        return Ok(None);
    };
    let authorized = identity.require::<TokensWrite>()?;
    let issued = access_tokens::create_key(services, &authorized, id, &draft).await?;
    Ok(Some(issued))
}
