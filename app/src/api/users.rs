//! The list of users.

#![expect(
    missing_docs,
    reason = "the macro makes the argument a field of a struct"
)]

use domain::users::{
    bin::BinPage,
    list::ListParams,
    page::{Totals, UserPage},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{error::ApiError, listed::Listed, wire::Get};

/// A page of the list as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The page.
    pub page: Shown,
    /// The server's time, from which "2 hours ago" is told.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A page of the list or of the bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shown {
    /// Everybody but who was deleted.
    List(UserPage),
    /// Who was deleted.
    Bin(BinPage),
}

impl Shown {
    /// How many there are, whatever is searched for.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        match self {
            Self::List(page) => page.totals,
            Self::Bin(page) => page.totals,
        }
    }
}

/// A page of the list or of the bin.
#[server(endpoint = "users", protocol = Get)]
pub async fn list_users(
    #[server(default)] params: ListParams,
) -> Result<Listed<UserList>, ApiError> {
    use super::ssr;
    use domain::users::bin::Asked;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, ListParams::ask, async |asked| {
        let page = match asked {
            Asked::List(query) => {
                Shown::List(service::users::list(&services, &granted, &query).await?)
            }
            Asked::Bin(query) => {
                Shown::Bin(service::users::list_bin(&services, &granted, &query).await?)
            }
        };
        let now = (services.clock)();
        Ok(UserList { page, now })
    })
    .await
}
