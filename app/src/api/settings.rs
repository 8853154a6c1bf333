//! Server settings and background jobs.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    jobs::{Job, list::JobParams},
    list::Listed,
    settings::Installation,
};
use leptos::prelude::*;

use super::{error::ApiError, listed::ListResult, wire::Get};

/// Path of the settings.
pub const SETTINGS: &str = "/settings";
/// Path of the list of jobs.
pub const JOBS: &str = "/settings/jobs";

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
) -> Result<ListResult<Listed<Job>>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, JobParams::parse, async |query| {
        service::jobs::list(&services, &authorized, &query).await
    })
    .await
}
