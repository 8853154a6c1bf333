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
use uuid::Uuid;

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
    if !budget.is_empty() {
        // Without it the present limits are unknown, and what the body leaves out would not stay.
        require::<LimitsRead>(identity, ROUTE)?;
    }
    // Every value and permission is checked before the first value is stored.
    let drafts = budget.drafts(LimitSubject::User(before.id), &before.limits)?;
    let kept = body::kept(fields)?;
    let models = request.models.as_deref().map(|models| AllowedModelsDraft {
        allowed_models: read_models(models),
    });
    if let Some(models) = &models {
        models.check().map_err(Error::Invalid)?;
    }
    let limiter = if drafts.is_empty() && models.is_none() {
        None
    } else {
        Some(require::<LimitsWrite>(identity, ROUTE)?)
    };
    let spend = match &request.spend {
        Some(amount) => Some(Spend::check(identity, amount)?),
        None => None,
    };
    let has_new_budget = drafts.iter().any(|draft| draft.metric == Metric::Cost);
    if let Some(spend) = spend.as_ref().filter(|_| !has_new_budget) {
        spend.find_used(services, before.id).await?;
    }
    edit(services, identity, &writer, (&before, &request)).await?;
    if let Some(authorized) = limiter {
        budgets::put(services, &authorized, drafts).await?;
        if let Some(models) = models {
            limits::set_models(services, &authorized, before.id, &models).await?;
        }
    }
    if !kept.is_empty() {
        let writer = Writer::all(writer);
        extensions::merge(services, &writer, Some(before.id), &namespace()?, kept).await?;
    }
    if let Some(spend) = &spend {
        spend.set(services, before.id).await?;
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
        // Roles that were taken from the user meanwhile must not come back.
        version: assigned.as_ref().map(|_| before.version),
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

/// What is used of the budget of a user, with the permissions to set it.
struct Spend {
    units: i64,
    reader: Authorized<LimitsRead>,
    writer: Authorized<UsageWrite>,
}

impl Spend {
    fn check(identity: &Identity, amount: &Decimal) -> Result<Self, DialectError> {
        let units = amount.parse(Metric::Cost).map_err(|error| {
            let text = error.to_string();
            invalid("value_error", ["body", "spend"], &text)
        })?;
        Ok(Self {
            units,
            reader: require(identity, ROUTE)?,
            writer: require(identity, ROUTE)?,
        })
    }

    /// Returns what is used of the budget of a user at present, who must have one.
    async fn find_used(&self, services: &Services, user: Uuid) -> Result<i64, DialectError> {
        let statuses = limits::list_effective(services, &self.reader, user).await?;
        let own = statuses.into_iter().find(|status| {
            status.metric == Metric::Cost && status.model.is_none() && !status.shared
        });
        let own = own.filter(|status| status.amount.is_some());
        own.map(|status| status.used.units()).ok_or_else(|| {
            let text = "spend can be set only for a user with a max_budget";
            custom(StatusCode::BAD_REQUEST, text)
        })
    }

    async fn set(&self, services: &Services, user: Uuid) -> Result<(), DialectError> {
        let used = self.find_used(services, user).await?;
        let change = NewLimitChange {
            metric: Metric::Cost,
            model: None,
            change: BalanceChange::Adjust(self.units.saturating_sub(used)),
            reason: SPEND_REASON.to_owned(),
        };
        limits::change(services, &self.writer, user, change).await?;
        Ok(())
    }
}
