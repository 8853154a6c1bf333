//! `POST /user/update`.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    limits::{AllowedModelsDraft, BalanceChange, Decimal, LimitSubject, Metric, NewLimitChange},
    object::present,
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
        body::{self, Field},
        budgets::Budget,
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
    user_email: Field<String>,
    user_alias: Field<String>,
    #[serde(deserialize_with = "present")]
    user_role: Option<String>,
    #[serde(deserialize_with = "present")]
    password: Option<String>,
    models: Field<Vec<String>>,
    #[serde(deserialize_with = "present")]
    spend: Option<Decimal>,
}

/// Changes a user by the id, or by the email address. What the body leaves out stays, and null clears.
pub(in crate::litellm) async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(sent): JsonBody<Value>,
) -> Result<Json<Value>, DialectError> {
    let fields = body::fields(sent)?;
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
    let writer = require::<UsersWrite>(services, identity, ROUTE).await?;
    let reader = require::<UsersRead>(services, identity, ROUTE).await?;
    let email = request.user_email.value().map(String::as_str);
    let named = (request.user_id.as_deref(), email);
    let before = callers::find_named(services, &reader, named).await?;
    let budget: Budget = body::parse(fields)?;
    if !budget.is_empty() {
        // Without it the present limits are unknown, and what the body leaves out would not stay.
        require::<LimitsRead>(services, identity, ROUTE).await?;
    }
    // Every value and permission is checked before the first value is stored.
    let changes = budget.changes(LimitSubject::User(before.id), &before.limits)?;
    let kept = body::kept(fields)?;
    let models = request.models.clone().change();
    let models = models.map(|models| AllowedModelsDraft {
        allowed_models: read_models(&models.unwrap_or_default()),
    });
    if let Some(models) = &models {
        models.check().map_err(Error::Invalid)?;
    }
    let limiter = if changes.is_empty() && models.is_none() {
        None
    } else {
        Some(require::<LimitsWrite>(services, identity, ROUTE).await?)
    };
    let spend = match &request.spend {
        Some(amount) => Some(Spend::check(services, identity, amount).await?),
        None => None,
    };
    // What is used of a new budget is set after it, and that of a cleared one before.
    let (spend, later) = if changes.has_budget() {
        (None, spend)
    } else {
        (spend, None)
    };
    if let Some(spend) = &spend {
        spend.check_budget(services, before.id).await?;
    }
    edit(services, identity, &writer, (&before, &request)).await?;
    if let Some(spend) = &spend {
        spend.set(services, before.id).await?;
    }
    if let Some(authorized) = limiter {
        changes.apply(services, &authorized).await?;
        if let Some(models) = models {
            limits::set_models(services, &authorized, before.id, &models).await?;
        }
    }
    if !kept.is_empty() {
        let writer = Writer::all(writer);
        extensions::merge(services, &writer, Some(before.id), &namespace()?, kept).await?;
    }
    if let Some(spend) = &later {
        spend.set(services, before.id).await?;
    }
    let mut after = directory::find_by_id(services, &reader, &namespace()?, before.id).await?;
    limits::add_resets(services, identity, std::slice::from_mut(&mut after)).await?;
    Ok(after)
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
    let name = request.user_alias.clone().change();
    let email = request.user_email.clone().change();
    let edit = UserEdit {
        // A user has a name: an empty one is denied.
        display_name: name.map(Option::unwrap_or_default),
        // Without an id the address is that of the user to change.
        email: email.filter(|_| request.user_id.is_some()),
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
    async fn check(
        services: &Services,
        identity: &Identity,
        amount: &Decimal,
    ) -> Result<Self, DialectError> {
        let units = amount.parse(Metric::Cost).map_err(|error| {
            let text = error.to_string();
            invalid("value_error", ["body", "spend"], &text)
        })?;
        Ok(Self {
            units,
            reader: require(services, identity, ROUTE).await?,
            writer: require(services, identity, ROUTE).await?,
        })
    }

    /// Checks that a user has a budget.
    async fn check_budget(&self, services: &Services, user: Uuid) -> Result<(), DialectError> {
        let statuses = limits::list_effective(services, &self.reader, user).await?;
        let has_budget = statuses.iter().any(|status| {
            let is_own = status.metric == Metric::Cost && !status.shared;
            is_own && status.model.is_none() && status.amount.is_some()
        });
        if has_budget {
            return Ok(());
        }
        let text = "spend can be set only for a user with a max_budget";
        Err(custom(StatusCode::BAD_REQUEST, text))
    }

    async fn set(&self, services: &Services, user: Uuid) -> Result<(), DialectError> {
        let change = NewLimitChange {
            metric: Metric::Cost,
            model: None,
            change: BalanceChange::Set(self.units),
            reason: SPEND_REASON.to_owned(),
        };
        limits::change(services, &self.writer, user, change).await?;
        Ok(())
    }
}
