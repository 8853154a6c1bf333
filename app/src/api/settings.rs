//! Server settings, dialects and background jobs.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::list::Limits;
use domain::{
    dialects::DialectState,
    jobs::{Job, list::JobParams},
    list::Listed,
    settings::Installation,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::AuditRead;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};

/// Path of the settings.
pub const SETTINGS: &str = "/settings";
/// Path of the dialects.
pub const DIALECTS: &str = "/settings/dialects";
/// Path of the list of jobs.
pub const JOBS: &str = "/settings/jobs";

/// Returns the settings and the versions of this server.
#[server(endpoint = "settings", protocol = Get)]
pub async fn get_settings() -> Result<Installation, ApiError> {
    ssr::call::<AuditRead, _>(async |services, authorized| {
        service::settings::describe(&services, &authorized).await
    })
    .await
}

/// Lists the dialects of this version.
#[server(endpoint = "dialects", protocol = Get)]
pub async fn list_dialects() -> Result<Vec<DialectState>, ApiError> {
    ssr::call::<AuditRead, _>(async |services, authorized| {
        service::dialects::list(&services, &authorized).await
    })
    .await
}

/// Lists one page of the background jobs.
#[server(endpoint = "jobs", protocol = Get)]
pub async fn list_jobs(
    #[server(default)] params: JobParams,
) -> Result<ListResult<Listed<Job>>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<AuditRead, _, _>(query, async |services, authorized, query| {
        service::jobs::list(&services, &authorized, &query).await
    })
    .await
}
