//! Server settings and background jobs.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    jobs::list::{JobPage, JobParams},
    settings::Installation,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{error::ApiError, listed::ListResult, wire::Get};

/// Path of the settings.
pub const SETTINGS: &str = "/settings";
/// Path of the list of jobs.
pub const JOBS: &str = "/settings/jobs";

/// A page of background jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobList {
    /// The jobs, and the cursors of the neighbouring pages.
    pub page: JobPage,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Returns the settings and the versions of this server.
#[server(endpoint = "settings", protocol = Get)]
pub async fn get_settings() -> Result<Installation, ApiError> {
    use super::ssr;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    service::settings::describe(&ssr::services()?, &authorized)
        .await
        .map_err(ssr::fail)
}

/// Lists one page of the background jobs.
#[server(endpoint = "jobs", protocol = Get)]
pub async fn list_jobs(
    #[server(default)] params: JobParams,
) -> Result<ListResult<JobList>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, JobParams::parse, async |query| {
        Ok(JobList {
            page: service::jobs::list(&services, &authorized, &query).await?,
            now: (services.clock)(),
        })
    })
    .await
}
