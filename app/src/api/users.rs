//! List of users.

#![expect(
    missing_docs,
    reason = "the macro turns the argument into a field of a struct"
)]

pub mod row;

use domain::list::Total;
use domain::users::{
    list::ListParams,
    page::{Totals, UserPage},
};
#[cfg(feature = "ssr")]
use domain::{list::Limits, money::Money};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::access::{ClientsRead, GroupsRead, LimitsRead, UsageRead, UsersRead};
use time::OffsetDateTime;
#[cfg(feature = "ssr")]
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};
use row::{DeletedRow, UserRow};
#[cfg(feature = "ssr")]
use row::{NameList, RowAccess, RowMetering};

/// A page of the user list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The users, active or deleted.
    pub page: UserRows,
    /// Number of deleted users that match a search without other results.
    pub deleted: Option<Total>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::timestamp::milliseconds_i64")]
    pub now: OffsetDateTime,
}

/// A page of users that are not deleted, or of deleted users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserRows {
    /// Users that are not deleted.
    List(UserPage<UserRow>),
    /// Deleted users.
    Deleted(UserPage<DeletedRow>),
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

/// Lists one page of the users, or of the deleted users. With `access` the rows have the groups and clients of their users, for
/// callers who can read both; with `metering` the costs of this month and what is left of limits, for callers who can read usage and
/// limits.
#[server(endpoint = "users", protocol = Get)]
pub async fn list_users(
    #[server(default)] params: ListParams,
    #[server(default)] access: bool,
    #[server(default)] metering: bool,
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
                let spend = spend_of(&page, (services.clock)());
                let mut rows = UserPage {
                    users: page.users.map(UserRow::from),
                    totals: page.totals,
                };
                if metering {
                    add_metering(&services, &mut rows.users.rows, &spend).await?;
                }
                if access {
                    add_access(&services, &mut rows.users.rows).await?;
                }
                (UserRows::List(rows), deleted)
            }
            ListRequest::Deleted(query) => {
                let page = list_deleted(&services, &authorized, &query).await?;
                let rows = UserPage {
                    users: page.users.map(DeletedRow::from),
                    totals: page.totals,
                };
                (UserRows::Deleted(rows), None)
            }
        };
        let now = (services.clock)();
        Ok(UserList { page, deleted, now })
    })
    .await
}

/// Adds the groups and clients of users to their rows, if the caller can read both.
#[cfg(feature = "ssr")]
async fn add_access(
    services: &service::Services,
    rows: &mut [UserRow],
) -> Result<(), service::Error> {
    let (Some(groups), Some(clients)) = (
        ssr::permitted::<GroupsRead>(),
        ssr::permitted::<ClientsRead>(),
    ) else {
        return Ok(());
    };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let found = service::users::memberships(services, (&groups, &clients), &ids).await?;
    for user in found {
        let Some(row) = rows.iter_mut().find(|row| row.id.0 == user.user_id) else {
            continue;
        };
        row.access = Some(RowAccess(
            NameList(user.groups, user.group_count.unsigned_abs()),
            NameList(user.clients, user.client_count.unsigned_abs().into()),
        ));
    }
    Ok(())
}

/// Returns the costs of each listed user in this month.
#[cfg(feature = "ssr")]
fn spend_of(page: &UserPage, now: OffsetDateTime) -> Vec<Money> {
    let users = page.users.rows.iter();
    users.map(|user| user.spend.in_month_of(now)).collect()
}

/// Adds the costs of users and what is left of their limits to their rows, if the caller can read usage and limits.
#[cfg(feature = "ssr")]
async fn add_metering(
    services: &service::Services,
    rows: &mut [UserRow],
    spend: &[Money],
) -> Result<(), service::Error> {
    let (Some(_), Some(limits)) = (
        ssr::permitted::<UsageRead>(),
        ssr::permitted::<LimitsRead>(),
    ) else {
        return Ok(());
    };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let left = service::limits::list_left(services, &limits, &ids).await?;
    for ((row, spend), left) in rows.iter_mut().zip(spend).zip(left) {
        row.metering = Some(RowMetering {
            spend: *spend,
            budget: left.budget,
            requests: left.requests,
        });
    }
    Ok(())
}
