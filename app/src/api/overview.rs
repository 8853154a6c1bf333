//! The first screen of the panel.

use domain::overview::Overview;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{error::ApiError, wire::Get};

/// What the screen shows, and when it was so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewNow {
    /// What it shows.
    pub overview: Overview,
    /// The server's time, from which "2 hours ago" is told.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// How many people there are, what they have been doing, and what wants attention.
#[server(endpoint = "overview", protocol = Get)]
pub async fn get_overview() -> Result<OverviewNow, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let overview = service::overview::overview(&services, &granted).await;
    Ok(OverviewNow {
        overview: overview.map_err(ssr::fail)?,
        now: (services.clock)(),
    })
}
