//! What is set on the server, and the long work that goes on there.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

use domain::{
    jobs::list::{JobPage, JobParams},
    settings::Installation,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{error::ApiError, listed::Listed, wire::Get};

/// The screen of what is set.
pub const SETTINGS: &str = "/settings";
/// The screen of jobs.
pub const JOBS: &str = "/settings/jobs";

/// A page of jobs as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobList {
    /// The page.
    pub page: JobPage,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// What is set on this server, and of which versions it is made.
#[server(endpoint = "settings", protocol = Get)]
pub async fn get_settings() -> Result<Installation, ApiError> {
    use super::ssr;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::settings::describe(&ssr::services()?, &granted)
        .await
        .map_err(ssr::fail)
}

/// A page of jobs.
#[server(endpoint = "jobs", protocol = Get)]
pub async fn list_jobs(#[server(default)] params: JobParams) -> Result<Listed<JobList>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, JobParams::parse, async |query| {
        Ok(JobList {
            page: service::jobs::list(&services, &granted, &query).await?,
            now: (services.clock)(),
        })
    })
    .await
}
