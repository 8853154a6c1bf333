//! Limits that the members of a group share: what is left of them, and its changes by administrators.

#[cfg(feature = "ssr")]
use domain::error::Entity;
use domain::{
    fields::FieldErrors,
    limits::{Limit, LimitStatus, NewLimitChange},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{LimitsRead, UsageWrite},
    guard::TargetRef,
};
use uuid::Uuid;

use super::balances::{BalanceOperation, ChangeBalance, change};
#[cfg(feature = "ssr")]
use super::save;
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// A stored limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLimit {
    /// The limit.
    pub limit: Limit,
    /// What is left of it, if the members of a group share it.
    pub shared: Option<LimitStatus>,
}

impl ListedLimit {
    /// Returns what is left of a shared limit that can be changed: one with a number and a period.
    #[must_use]
    pub fn changeable(&self) -> Option<&LimitStatus> {
        let shared = self.shared.as_ref();
        shared.filter(|status| status.amount.is_some() && status.metric.has_period())
    }
}

/// Returns a limit by its id, with what is left of it if it is shared.
#[server(endpoint = "shared-limit", protocol = Get)]
pub async fn find_shared_limit(id: String) -> Result<ListedLimit, ApiError> {
    ssr::call::<LimitsRead, _>(async |services, authorized| {
        let id: Uuid = id.parse().map_err(|_| Error::NotFound(Entity::Limit))?;
        let limit = service::limits::find(&services, &authorized, id).await?;
        let limits = std::slice::from_ref(&limit);
        let statuses = service::limits::list_shared(&services, &authorized, limits).await?;
        Ok(ListedLimit {
            shared: statuses.into_iter().next(),
            limit,
        })
    })
    .await
}

/// Changes what the members of a group have used of a limit that they share. `shown` is the label of the limit that the page showed,
/// `name` that of the group.
#[server(endpoint = "change-shared-balance", protocol = Post)]
pub async fn change_shared_balance(
    page: String,
    id: Uuid,
    shown: String,
    #[server(default)] name: String,
    operation: BalanceOperation,
    #[server(default)] metric: String,
    #[server(default)] model: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown.as_str());
    let checked = shared_change(ChangeSharedBalance {
        page: page.clone(),
        id,
        shown,
        name: name.clone(),
        operation,
        metric,
        model,
        amount,
        reason,
    });
    ssr::call_with_read::<UsageWrite, _>(async |services, authorized| {
        let change = checked.map_err(Error::Invalid)?;
        service::limits::change_shared(&services, &authorized, target, &change).await?;
        Ok(save::flash(&page, operation.change(), name).await)
    })
    .await
}

/// Converts the form to a change of a balance.
///
/// # Errors
/// Returns the errors of all fields.
pub fn shared_change(form: ChangeSharedBalance) -> Result<NewLimitChange, FieldErrors> {
    change(ChangeBalance {
        page: form.page,
        id: form.id,
        username: form.name,
        operation: form.operation,
        metric: form.metric,
        model: form.model,
        amount: form.amount,
        reason: form.reason,
    })
}
