//! The list of users.

#![expect(
    missing_docs,
    reason = "the macro makes the argument a field of a struct"
)]

use domain::list::Total;
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
    /// How many deleted users match a search that finds no other user.
    pub deleted: Option<Total>,
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
        use service::users::{count_deleted_matches, list, list_bin};
        let (page, deleted) = match asked {
            Asked::List(query) => {
                let page = list(&services, &granted, &query).await?;
                let deleted =
                    count_deleted_matches(&services, &granted, &query.filter, &page).await?;
                (Shown::List(page), deleted)
            }
            Asked::Bin(query) => (
                Shown::Bin(list_bin(&services, &granted, &query).await?),
                None,
            ),
        };
        let now = (services.clock)();
        Ok(UserList { page, deleted, now })
    })
    .await
}
