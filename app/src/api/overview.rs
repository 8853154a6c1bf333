//! The dashboard, the first page of the panel.

use domain::overview::Overview;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::access::UsersRead;
use time::OffsetDateTime;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, wire::Get};

/// Content of the dashboard, with the time of the counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewNow {
    /// The counts, charts and alerts.
    pub overview: Overview,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Returns the content of the dashboard: counts of users, recent activity and alerts.
#[server(endpoint = "overview", protocol = Get)]
pub async fn get_overview() -> Result<OverviewNow, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| {
        Ok(OverviewNow {
            overview: service::overview::overview(&services, &authorized).await?,
            now: (services.clock)(),
        })
    })
    .await
}
