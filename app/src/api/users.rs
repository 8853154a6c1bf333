//! The list of users.

#![expect(
    missing_docs,
    reason = "the macro makes the argument a field of a struct"
)]

use domain::{
    problem::Problem,
    users::{list::ListParams, page::UserPage},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::error::ApiError;

/// A page of the list as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The page.
    pub page: UserPage,
    /// What could not be understood. The page is then the first one of everybody.
    pub fault: Option<Problem>,
    /// The server's time, from which "2 hours ago" is told.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A page of the list.
#[server(endpoint = "users", input = GetUrl)]
pub async fn list_users(#[server(default)] params: ListParams) -> Result<UserList, ApiError> {
    use super::ssr;
    use domain::users::list::Limits;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let (query, fault) = match params.parse(Limits::PANEL) {
        Ok(query) => (query, None),
        Err(error) => {
            let fault = ssr::fault(error.into());
            let everybody = ListParams::default().parse(Limits::PANEL);
            (
                everybody.map_err(|error| ssr::fail(error.into()))?,
                Some(fault),
            )
        }
    };
    let page = service::users::list(&services, &granted, &query)
        .await
        .map_err(ssr::fail)?;
    Ok(UserList {
        page,
        fault,
        now: (services.clock)(),
    })
}
