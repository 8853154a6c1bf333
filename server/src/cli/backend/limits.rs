//! Limits and usage, on either backend.

use domain::{
    fields::FieldErrors,
    limits::{
        AllowedModels, AllowedModelsDraft, Limit, LimitDraft, LimitListParams, LimitStatus,
        NewLimitChange,
    },
    list::{Limits, PageParams},
    problem::{Code, Problem},
    usage::{UsageOverview, UsageParams},
};
use serde::Serialize;
use serde_json::Value;
use service::{
    Error,
    access::operator,
    limits::{self, LimitFilter},
    usage::{self, UsageFilter},
};
use uuid::Uuid;

use super::Backend;
use crate::cli::{error::CliError, pages::Fetched};

/// Path of limits in the API.
const LIMITS: &str = "/api/admin/limits";
/// Path of usage in the API.
const USAGE: &str = "/api/admin/usage";

impl Backend {
    /// Returns a page of limits, the first created first.
    pub(in crate::cli) async fn limits(&self, params: &LimitListParams) -> Fetched<Limit> {
        match self {
            Self::Database(services) => {
                let query = params.page(Limits::API).map_err(Error::from)?;
                // The command line has parsed these values.
                let filter = LimitFilter {
                    kind: params.subject().ok().flatten(),
                    subject: params.id().and_then(|id| id.parse().ok()),
                    metric: params.metric().ok().flatten(),
                };
                let listed = limits::list(services, &operator(), &query, filter).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => remote.page(LIMITS, &params.pairs()),
        }
    }

    /// Returns a limit.
    pub(in crate::cli) async fn limit(&self, id: Uuid) -> Result<Limit, CliError> {
        match self {
            Self::Database(services) => Ok(limits::find(services, &operator(), id).await?),
            Self::Server(remote) => remote.get(&format!("{LIMITS}/{id}"), &[]),
        }
    }

    /// Returns what is left of each limit of a user, and of each limit of the user's access tokens and virtual keys.
    pub(in crate::cli) async fn limits_of(&self, user: Uuid) -> Result<Vec<LimitStatus>, CliError> {
        match self {
            Self::Database(services) => {
                Ok(limits::list_with_tokens(services, &operator(), user).await?)
            }
            Self::Server(remote) => remote.get(&format!("{}/limits", Self::user_path(user)), &[]),
        }
    }

    /// Returns the models that a user can use.
    pub(in crate::cli) async fn allowed_models(
        &self,
        user: Uuid,
    ) -> Result<AllowedModels, CliError> {
        match self {
            Self::Database(services) => Ok(limits::find_models(services, &operator(), user).await?),
            Self::Server(remote) => {
                remote.get(&format!("{}/allowed-models", Self::user_path(user)), &[])
            }
        }
    }

    /// Sets the models that a user can use.
    pub(in crate::cli) async fn set_allowed_models(
        &self,
        user: Uuid,
        draft: &AllowedModelsDraft,
    ) -> Result<AllowedModels, CliError> {
        match self {
            Self::Database(services) => {
                Ok(limits::set_models(services, &operator(), user, draft).await?)
            }
            Self::Server(remote) => {
                remote.put(&format!("{}/allowed-models", Self::user_path(user)), draft)
            }
        }
    }

    /// Creates or replaces a limit.
    pub(in crate::cli) async fn put_limit(&self, draft: LimitDraft) -> Result<Limit, CliError> {
        match self {
            Self::Database(services) => Ok(limits::put(services, &operator(), draft).await?),
            Self::Server(remote) => remote.put(LIMITS, &draft),
        }
    }

    /// Deletes a limit.
    pub(in crate::cli) async fn delete_limit(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => Ok(limits::delete(services, &operator(), id).await?),
            Self::Server(remote) => remote
                .delete::<Value>(&format!("{LIMITS}/{id}"), &[])
                .map(drop),
        }
    }

    /// Changes what a user has used of a limit, or tops it up. `word` is the end of the path in the API.
    pub(in crate::cli) async fn change_balance<D: Serialize>(
        &self,
        user: Uuid,
        word: &str,
        draft: D,
        check: fn(D) -> Result<NewLimitChange, FieldErrors>,
    ) -> Result<LimitStatus, CliError> {
        match self {
            Self::Database(services) => {
                let change = check(draft).map_err(Error::Invalid)?;
                Ok(limits::change(services, &operator(), user, change).await?)
            }
            Self::Server(remote) => {
                remote.post(&format!("{}/limits/{word}", Self::user_path(user)), &draft)
            }
        }
    }

    /// Returns the usage of some days.
    pub(in crate::cli) async fn usage(
        &self,
        params: &UsageParams,
    ) -> Result<UsageOverview, CliError> {
        match self {
            Self::Database(services) => {
                let days = params.days(usage::today(services));
                let days = days.map_err(|(name, message)| {
                    let mut problem = Problem::new(Code::ValidationError, message);
                    problem.details.parameter = Some(name.to_owned());
                    CliError::Problem(problem)
                })?;
                // The command line has parsed the ids.
                let filter = UsageFilter {
                    days,
                    user: params.user().and_then(|id| id.parse().ok()),
                    group: params.group().and_then(|id| id.parse().ok()),
                    model: params.model(),
                };
                Ok(usage::overview(services, &operator(), &filter).await?)
            }
            Self::Server(remote) => remote.get(USAGE, &params.pairs()),
        }
    }
}
