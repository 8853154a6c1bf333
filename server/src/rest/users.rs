//! Users.

pub(crate) mod create;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod manage;
pub(crate) mod person;
pub(crate) mod reset;
pub(crate) mod shown;

use axum::{extract::State, response::Response};
use domain::{
    list::Limits,
    users::{
        bin::{Asked, DeletedUser},
        list::ListParams,
        page::UserPage,
    },
};
use serde::Serialize;
use service::{Error, Services, access::ReadUsers};

use super::{
    extract::{Allowed, Params},
    page,
};
use crate::{dto::users::ListedUser, response::Failure};

/// List users
///
/// A page of users; with `deleted=true` of deleted users. Without `limit` and cursor it has up to 1,000 users.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    tag = "Users",
    params(ListParams),
    responses((status = OK, body = [ListedUser])),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Params(params): Params<ListParams>,
) -> Result<Response, Failure> {
    let params = page::whole(params);
    match params.ask(Limits::API).map_err(Error::from)? {
        Asked::List(query) => {
            let page = service::users::list(&services, &granted, &query).await?;
            Ok(respond::<_, ListedUser>(&params, page))
        }
        Asked::Bin(query) => {
            let page = service::users::list_bin(&services, &granted, &query).await?;
            Ok(respond::<_, ListedUser<DeletedUser>>(&params, page))
        }
    }
}

/// Returns the response with a page, each of its rows in the format of `L`.
fn respond<T, L: From<T> + Serialize>(params: &ListParams, page: UserPage<T>) -> Response {
    let users: Vec<L> = page.users.into_iter().map(Into::into).collect();
    page::respond(users, &page.place, "/api/admin/users", params)
}
