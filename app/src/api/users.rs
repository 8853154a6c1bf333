//! List of users.

#![expect(
    missing_docs,
    reason = "the macro turns the argument into a field of a struct"
)]

pub mod row;

#[cfg(feature = "ssr")]
use domain::list::Limits;
use domain::list::Total;
use domain::users::{
    deleted::DeletedPage,
    list::ListParams,
    page::{Totals, UserPage},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::access::UsersRead;
use time::OffsetDateTime;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};
use row::UserRow;

/// A page of the user list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The users, active or deleted.
    pub page: UserRows,
    /// Number of deleted users that match a search without other results.
    pub deleted: Option<Total>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A page of users that are not deleted, or of deleted users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserRows {
    /// Users that are not deleted.
    List(UserPage<UserRow>),
    /// Deleted users.
    Deleted(DeletedPage),
}

impl UserRows {
    /// Returns the total counts, independent of the search.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        match self {
            Self::List(page) => page.totals,
            Self::Deleted(page) => page.totals,
        }
    }
}

/// Lists one page of the users, or of the deleted users.
#[server(endpoint = "users", protocol = Get)]
pub async fn list_users(
    #[server(default)] params: ListParams,
) -> Result<ListResult<UserList>, ApiError> {
    use domain::users::deleted::ListRequest;
    let request = params.ask(Limits::PANEL);
    ssr::call_list::<UsersRead, _, _>(request, async |services, authorized, request| {
        use service::users::{count_deleted_matches, list, list_deleted};
        let (page, deleted) = match request {
            ListRequest::List(query) => {
                let page = list(&services, &authorized, &query).await?;
                let deleted =
                    count_deleted_matches(&services, &authorized, &query.filter, &page).await?;
                let rows = UserPage {
                    users: page.users.map(UserRow::from),
                    totals: page.totals,
                };
                (UserRows::List(rows), deleted)
            }
            ListRequest::Deleted(query) => (
                UserRows::Deleted(list_deleted(&services, &authorized, &query).await?),
                None,
            ),
        };
        let now = (services.clock)();
        Ok(UserList { page, deleted, now })
    })
    .await
}
