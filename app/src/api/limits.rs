//! Limits: the list, the form that stores one, and the limits of a user.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

pub mod balances;
pub mod bulk;
pub mod bulk_reset;
pub mod form;
#[cfg(feature = "ssr")]
mod save;
pub mod shared;

#[cfg(feature = "ssr")]
use domain::{error::Entity, flash::LimitChange, limits::LimitSubject};
use domain::{
    limits::{Limit, LimitListParams},
    list::Listed,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{LimitsRead, LimitsWrite},
    guard::TargetRef,
    limits::LimitFilter,
};
use uuid::Uuid;

use self::shared::ListedLimit;
#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};

/// Path of the list.
pub const LIMITS: &str = "/limits";

/// The limit of a user's own for a metric and a model, and the limit that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserLimit {
    /// The limit of the user's own; `None` if the user inherits one.
    pub own: Option<Limit>,
    /// The limit that decides; `None` if there is none.
    pub deciding: Option<Limit>,
}

/// Lists one page of the limits, with what is left of those that the members of a group share.
#[server(endpoint = "limit-list", protocol = Get)]
pub async fn list_limits(
    #[server(default)] params: LimitListParams,
) -> Result<ListResult<Listed<ListedLimit>>, ApiError> {
    use domain::list::{Limits, ListError};
    let parse = || -> Result<_, ListError> {
        let (kind, subject, metric) = params.conditions()?;
        let filter = LimitFilter {
            kind,
            subject,
            metric,
        };
        Ok((params.page(Limits::PANEL)?, filter))
    };
    ssr::call_list::<LimitsRead, _, _>(parse(), async |services, authorized, (query, filter)| {
        let list = service::limits::list(&services, &authorized, &query, filter).await?;
        let rows = &list.page.rows;
        let shared = service::limits::list_shared(&services, &authorized, rows).await?;
        let page = list.page.map(|limit| ListedLimit {
            shared: shared.iter().find(|status| status.id == limit.id).cloned(),
            limit,
        });
        Ok(page.at(list.now))
    })
    .await
}

/// Returns a limit by its id.
#[server(endpoint = "limit", protocol = Get)]
pub async fn find_limit(id: String) -> Result<Limit, ApiError> {
    ssr::call::<LimitsRead, _>(async |services, authorized| {
        let id: Uuid = id.parse().map_err(|_| Error::NotFound(Entity::Limit))?;
        service::limits::find(&services, &authorized, id).await
    })
    .await
}

/// Returns the name of the subject in the filter of the list, for the form of a further limit; `None` without one.
#[server(endpoint = "limit-subject", protocol = Get)]
pub async fn find_limit_subject(
    #[server(default)] params: LimitListParams,
) -> Result<Option<String>, ApiError> {
    ssr::call::<LimitsRead, _>(async |services, authorized| {
        let (kind, id, _) = params.conditions()?;
        match kind.and_then(|kind| LimitSubject::of(kind, id)) {
            Some(subject) => {
                service::limits::find_subject_name(&services, &authorized, subject).await
            }
            None => Ok(None),
        }
    })
    .await
}

/// Returns the limit of a user's own for a metric and a model, and the limit that decides.
#[server(endpoint = "user-limit", protocol = Get)]
pub async fn find_user_limit(
    id: Uuid,
    metric: String,
    #[server(default)] model: String,
) -> Result<UserLimit, ApiError> {
    ssr::call::<LimitsRead, _>(async |services, authorized| {
        save::of_user(&services, &authorized, id, (&metric, &model)).await
    })
    .await
}

/// Creates or changes a limit, or deletes it so that the next one decides. `id` and `shown` are the limit that the page showed and its
/// name. Without `id` the subject is the typed one; on the page of a user `shown` is the username. `first` has the values of the fields.
#[server(endpoint = "save-limit", protocol = Post)]
pub async fn save_limit(
    shown: String,
    #[server(default)] id: String,
    #[server(default)] version: String,
    #[server(default)] page: String,
    #[server(default)] kind: String,
    #[server(default)] subject: String,
    #[server(default)] shared: bool,
    #[server(default)] metric: String,
    #[server(default)] model: String,
    #[server(default)] state: String,
    #[server(default)] amount: String,
    #[server(default)] period: String,
    #[server(default)] every: String,
    #[server(default)] time_zone: String,
    #[server(default)] soft_amount: String,
    #[server(default)] warn_at: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let form = SaveLimit {
        shown,
        id,
        version,
        page,
        kind,
        subject,
        shared,
        metric,
        model,
        state,
        amount,
        period,
        every,
        time_zone,
        soft_amount,
        warn_at,
        first,
    };
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<LimitsWrite>()?;
        save::save(&services, &authorized, &caller.require()?, form).await
    })
    .await
}

/// Deletes a limit if it still has the name and the version that the form showed.
#[server(endpoint = "delete-limit", protocol = Post)]
pub async fn delete_limit(
    id: Uuid,
    version: i32,
    shown: String,
    #[server(default)] name: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown).at_version(version);
    ssr::call_with_read::<LimitsWrite, _>(async |services, authorized| {
        service::limits::delete(&services, &authorized, target).await?;
        Ok(save::flash(LIMITS, LimitChange::Deleted, name).await)
    })
    .await
}
