//! Users.

pub(crate) mod bulk;
pub(crate) mod create;
pub(crate) mod details;
pub mod dto;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod manage;
pub(crate) mod reassign;
pub(crate) mod reset;
pub(crate) mod response;

use axum::{extract::State, response::Response};
use domain::{
    list::Limits,
    users::{
        deleted::{DeletedUser, ListRequest},
        list::ListParams,
        page::UserPage,
    },
};
use serde::Serialize;
use service::{Error, Services, access::UsersRead};

use crate::{
    error::ApiError,
    extract::{Allowed, Params},
    page,
    users::dto::UserListItem,
};

/// List users
///
/// A page of users; with `deleted=true` of deleted users. Without `limit` and cursor it has up to 1,000 users.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    operation_id = "listUsers",
    tag = "Users",
    params(ListParams),
    responses((status = OK, body = [UserListItem])),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let params = page::whole(params);
    match params.ask(Limits::API).map_err(Error::from)? {
        ListRequest::List(query) => {
            let page = service::users::list(&services, &authorized, &query).await?;
            Ok(respond::<_, UserListItem>(&params, page))
        }
        ListRequest::Deleted(query) => {
            let page = service::users::list_deleted(&services, &authorized, &query).await?;
            Ok(respond::<_, UserListItem<DeletedUser>>(&params, page))
        }
    }
}

/// Returns the response with a page, each of its rows in the format of `L`.
fn respond<T, L: From<T> + Serialize>(params: &ListParams, page: UserPage<T>) -> Response {
    page::respond(page.users.map(L::from), "/api/admin/users", params)
}
