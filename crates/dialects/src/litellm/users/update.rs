//! `POST /user/update`.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    limits::{AllowedModelsDraft, BalanceChange, Decimal, LimitSubject, Metric, NewLimitChange},
    users::edit::UserEdit,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Authorized, Identity, LimitsRead, LimitsWrite, UsageWrite, UsersRead, UsersWrite},
    directory::{self, DirectoryUser},
    limits,
    owned::{Writer, extensions},
    users,
};

use super::{create::field_name, read_models, row};
use crate::{
    Authenticated, DialectError, JsonBody,
    litellm::{
        body::{self, Blank},
        budgets::{self, Budget},
        callers::{self, require},
        errors::{custom, invalid, renamed},
        namespace, roles,
    },
};

const ROUTE: &str = "/user/update";
const ROLE_DENIED: &str = "Only proxy admins can modify user roles.";
/// Reason of a balance that is set, which the user sees.
const SPEND_REASON: &str = "Spend set through LiteLLM";

/// Body of the request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct UserUpdate {
    user_id: Option<String>,
    user_email: Option<String>,
    user_alias: Option<String>,
    user_role: Option<String>,
    password: Option<String>,
    models: Option<Vec<String>>,
    spend: Option<Decimal>,
}

/// Changes a user by the id, or by the email address. Blank values are left out.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let fields = body::fields(sent, Blank::EmptyOrZero)?;
    let user = change(&services, &identity, &fields).await?;
    let mut data = row(&user);
    data.remove("key_count");
    Ok(Json(json!({ "user_id": user.identifier, "data": data })))
}

/// Applies the fields of a body, and returns the user after it.
pub(super) async fn change(
    services: &Services,
    identity: &Identity,
    fields: &Map<String, Value>,
) -> Result<DirectoryUser, DialectError> {
    let request: UserUpdate = body::parse(fields)?;
    let writer = identity.require::<UsersWrite>();
    if request.user_role.is_some()
        && matches!(writer, Err(Error::Forbidden(_) | Error::OutOfScope(_)))
    {
        return Err(custom(StatusCode::FORBIDDEN, ROLE_DENIED));
    }
    let writer = require::<UsersWrite>(identity, ROUTE)?;
    let reader = require::<UsersRead>(identity, ROUTE)?;
    let named = (request.user_id.as_deref(), request.user_email.as_deref());
    let before = callers::find_named(services, &reader, named).await?;
    let budget: Budget = body::parse(fields)?;
    // Every value is checked before the first one is stored.
    let drafts = budget.drafts(LimitSubject::User(before.id), &before.limits)?;
    let kept = body::kept(fields)?;
    let models = request.models.as_deref().map(|models| AllowedModelsDraft {
        allowed_models: read_models(models),
    });
    if let Some(models) = &models {
        models.check().map_err(Error::Invalid)?;
    }
    edit(services, identity, &writer, (&before, &request)).await?;
    if !drafts.is_empty() || models.is_some() {
        let authorized = require::<LimitsWrite>(identity, ROUTE)?;
        budgets::put(services, &authorized, drafts).await?;
        if let Some(models) = models {
            limits::set_models(services, &authorized, before.id, &models).await?;
        }
    }
    if !kept.is_empty() {
        let writer = Writer::all(writer);
        extensions::merge(services, &writer, Some(before.id), &namespace()?, kept).await?;
    }
    if let Some(spend) = &request.spend {
        set_spend(services, identity, &before, spend).await?;
    }
    let after = directory::find_by_id(services, &reader, &namespace()?, before.id).await;
    Ok(after?)
}

/// Changes the account itself.
async fn edit(
    services: &Services,
    identity: &Identity,
    writer: &Authorized<UsersWrite>,
    (before, request): (&DirectoryUser, &UserUpdate),
) -> Result<(), DialectError> {
    let role = request.user_role.as_deref();
    let assigned = match role.filter(|role| *role != roles::of(&before.roles)) {
        Some(role) => {
            let change = (before.roles.as_slice(), role);
            Some(roles::replaced(services, identity, change, ROUTE).await?)
        }
        None => None,
    };
    let email = request.user_id.as_ref().and(request.user_email.clone());
    let edit = UserEdit {
        display_name: request.user_alias.clone(),
        email: email.map(Some),
        roles: assigned,
        revoke_sessions: request.password.is_some(),
        password: request.password.clone(),
        ..UserEdit::default()
    };
    if edit == UserEdit::default() {
        return Ok(());
    }
    match users::edit(services, writer, before.id, edit).await {
        Ok(_) => Ok(()),
        Err(Error::Denied(_)) if role.is_some_and(roles::is_administrative) => {
            Err(roles::denied(role.unwrap_or_default()))
        }
        Err(error) => Err(renamed(error, field_name)),
    }
}

/// Sets what is used of the budget of a user.
async fn set_spend(
    services: &Services,
    identity: &Identity,
    user: &DirectoryUser,
    spend: &Decimal,
) -> Result<(), DialectError> {
    let units = spend.parse(Metric::Cost).map_err(|error| {
        let text = error.to_string();
        invalid("value_error", ["body", "spend"], &text)
    })?;
    let reader = require::<LimitsRead>(identity, ROUTE)?;
    let writer = require::<UsageWrite>(identity, ROUTE)?;
    let statuses = limits::list_effective(services, &reader, user.id).await?;
    let own = statuses
        .into_iter()
        .find(|status| status.metric == Metric::Cost && status.model.is_none() && !status.shared);
    let Some(own) = own.filter(|status| status.amount.is_some()) else {
        let text = "spend can be set only for a user with a max_budget";
        return Err(custom(StatusCode::BAD_REQUEST, text));
    };
    let change = NewLimitChange {
        metric: Metric::Cost,
        model: None,
        change: BalanceChange::Adjust(units.saturating_sub(own.used.units())),
        reason: SPEND_REASON.to_owned(),
    };
    limits::change(services, &writer, user.id, change).await?;
    Ok(())
}
