//! What is left of the limits of a user, and the changes of it by administrators.

#[cfg(feature = "ssr")]
use domain::flash::LimitChange;
use domain::{
    fields::FieldErrors,
    limits::{BalanceDraft, LimitStatus, Metric, NewLimitChange, TopUpDraft},
    messages,
    usage::BalanceEntry,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error, Services,
    access::{LimitsRead, UsageRead, UsageWrite},
    guard::TargetRef,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::form::typed_amount;
#[cfg(feature = "ssr")]
use super::save;
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Number of days whose changes of balances are listed.
pub const CHANGES_DAYS: u16 = 90;

/// What is left of a limit, and the name of its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidingLimit {
    /// What is left.
    pub status: LimitStatus,
    /// Name of the subject; `None` for the default, and if the limit was deleted meanwhile.
    pub subject_name: Option<String>,
}

/// Limits of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserLimits {
    /// The limits in force.
    pub limits: Vec<DecidingLimit>,
    /// Limits of access tokens and virtual keys of the user, which apply in addition.
    pub tokens: Vec<DecidingLimit>,
    /// Models that the user can use; `None` for all.
    pub models: Option<Vec<String>>,
    /// Latest top-ups, adjustments and resets; `None` if the caller cannot read usage.
    pub changes: Option<Vec<BalanceEntry>>,
    /// Server time, from which the page computes "in 2 hours".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Limits of the caller's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLimits {
    /// The limits in force.
    pub limits: Vec<DecidingLimit>,
    /// Limits of access tokens and virtual keys, which apply in addition.
    pub tokens: Vec<DecidingLimit>,
    /// Latest top-ups, adjustments and resets.
    pub changes: Vec<BalanceEntry>,
    /// Server time, from which the page computes "in 2 hours".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Change of what a user has used of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BalanceOperation {
    /// More can be used in this period.
    TopUp,
    /// The used amount is corrected.
    Adjust,
    /// The used amount is set to zero.
    Reset,
}

impl BalanceOperation {
    /// All operations, in the order of their links.
    pub const ALL: [Self; 3] = [Self::TopUp, Self::Adjust, Self::Reset];

    /// Name of the operation in form fields and in paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top-up",
            Self::Adjust => "adjust",
            Self::Reset => "reset",
        }
    }

    /// Returns the change that the message reports.
    #[cfg(feature = "ssr")]
    pub(super) const fn change(self) -> LimitChange {
        match self {
            Self::TopUp => LimitChange::ToppedUp,
            Self::Adjust => LimitChange::Adjusted,
            Self::Reset => LimitChange::Reset,
        }
    }
}

/// Lists the limits in force of a user with what is left of each, and the latest changes of it.
#[server(endpoint = "user-limits", protocol = Get)]
pub async fn list_user_limits(id: Uuid) -> Result<UserLimits, ApiError> {
    let usage = ssr::permitted::<UsageRead>();
    ssr::call::<LimitsRead, _>(async |services, authorized| {
        let limits = service::limits::list_named(&services, &authorized, id).await?;
        let tokens = service::limits::list_of_tokens(&services, &authorized, id).await?;
        let models = service::limits::find_models(&services, &authorized, id).await?;
        let changes = match usage {
            Some(authorized) => {
                let days = days(&services);
                let report = service::usage::of_user(&services, &authorized, id, days).await?;
                Some(report.changes)
            }
            None => None,
        };
        Ok(UserLimits {
            limits: deciding(limits),
            tokens: deciding(tokens),
            models: models.allowed_models,
            changes,
            now: (services.clock)(),
        })
    })
    .await
}

/// Lists the caller's own limits in force with what is left of each, and the latest changes of it.
#[server(endpoint = "own-limits", protocol = Get)]
pub async fn list_own_limits() -> Result<OwnLimits, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let report = service::usage::of_caller(&services, &caller, days(&services)).await?;
        let tokens = service::limits::list_own_of_tokens(&services, &caller).await?;
        Ok(OwnLimits {
            limits: deciding(service::limits::list_own_named(&services, &caller).await?),
            tokens: deciding(tokens),
            changes: report.changes,
            now: (services.clock)(),
        })
    })
    .await
}

/// Returns limits in force with the names of their subjects.
#[cfg(feature = "ssr")]
fn deciding(limits: Vec<(LimitStatus, Option<String>)>) -> Vec<DecidingLimit> {
    let limits = limits.into_iter();
    let limits = limits.map(|(status, subject_name)| DecidingLimit {
        status,
        subject_name,
    });
    limits.collect()
}

/// Returns the days whose changes are listed.
#[cfg(feature = "ssr")]
fn days(services: &Services) -> domain::usage::UsageRange {
    let to = service::usage::today(services);
    let from = to.checked_sub(time::Duration::days(i64::from(CHANGES_DAYS)));
    domain::usage::UsageRange {
        from: from.unwrap_or(to),
        to,
    }
}

/// Changes what a user has used of a limit. `username` is the name that the page showed with the id.
#[server(endpoint = "change-balance", protocol = Post)]
pub async fn change_balance(
    page: String,
    id: Uuid,
    username: String,
    operation: BalanceOperation,
    #[server(default)] metric: String,
    #[server(default)] model: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::of_user(id, username.as_str());
    let change = change(ChangeBalance {
        page: page.clone(),
        id,
        username: username.clone(),
        operation,
        metric,
        model,
        amount,
        reason,
    });
    ssr::call_with_read::<UsageWrite, _>(async |services, authorized| {
        let change = change.map_err(Error::Invalid)?;
        service::limits::change(&services, &authorized, target, change).await?;
        Ok(save::flash(&page, operation.change(), username).await)
    })
    .await
}

/// Converts the form to a change of a balance.
///
/// # Errors
/// Returns the errors of all fields.
pub fn change(form: ChangeBalance) -> Result<NewLimitChange, FieldErrors> {
    let mut errors = FieldErrors::default();
    let metric = form.metric.parse::<Metric>();
    let metric = errors.take("metric", metric.map_err(|_| messages::enter_value()));
    let Some(metric) = metric else {
        return Err(errors);
    };
    let model = Some(form.model).filter(|model| !model.is_empty());
    let reason = form.reason;
    let with_amount = |amount: String| TopUpDraft {
        metric,
        model: model.clone(),
        amount: typed_amount(&amount),
        reason: reason.clone(),
    };
    match form.operation {
        BalanceOperation::TopUp => with_amount(form.amount).check_top_up(),
        BalanceOperation::Adjust => with_amount(form.amount).check_adjustment(),
        BalanceOperation::Reset => BalanceDraft {
            metric,
            model,
            reason,
        }
        .check_reset(),
    }
}

#[cfg(test)]
mod tests {
    use domain::limits::BalanceChange;

    use super::*;

    fn form(operation: BalanceOperation, amount: &str, reason: &str) -> ChangeBalance {
        ChangeBalance {
            page: "/users/ada/limits".to_owned(),
            id: Uuid::nil(),
            username: "ada".to_owned(),
            operation,
            metric: "cost".to_owned(),
            model: String::new(),
            amount: amount.to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn amounts_are_in_the_units_of_the_metric() {
        for (operation, amount, expected) in [
            (
                BalanceOperation::TopUp,
                "0.5",
                BalanceChange::TopUp(500_000_000),
            ),
            (
                BalanceOperation::Adjust,
                "-1",
                BalanceChange::Adjust(-1_000_000_000),
            ),
            (BalanceOperation::Reset, "ignored", BalanceChange::Reset),
        ] {
            let change = change(form(operation, amount, "Exam")).unwrap();
            assert_eq!((change.change, change.model), (expected, None));
        }
    }

    #[test]
    fn every_error_is_reported() {
        for operation in [BalanceOperation::TopUp, BalanceOperation::Adjust] {
            let errors = change(form(operation, "x", " ")).unwrap_err();
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(fields, ["amount", "reason"], "{operation:?}");
        }
        let errors = change(form(BalanceOperation::Reset, "", "")).unwrap_err();
        assert!(errors.get("reason").is_some());
    }
}
