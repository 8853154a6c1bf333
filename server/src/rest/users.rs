//! Accounts.

pub(crate) mod export;
pub(crate) mod manage;
pub(crate) mod shown;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::users::{
    UserSummary,
    bin::{Asked, DeletedUser},
    list::{Limits, ListParams},
    page::UserPage,
};
use serde::Serialize;
use service::{Error, Services, access::ReadUsers};

use super::{Allowed, Failure, Params};

/// A user in the list: FOVEA's shape, with its `_count` beside the flat counts that its own pages read.
#[derive(Serialize)]
pub(crate) struct ListedUser<T = UserSummary> {
    #[serde(flatten)]
    user: T,
    #[serde(rename = "_count")]
    count: Counts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    personas: i32,
    sessions: i32,
    api_keys: i32,
}

impl Counts {
    fn of(user: &UserSummary) -> Self {
        Self {
            personas: user.persona_count,
            sessions: user.session_count,
            api_keys: user.api_key_count,
        }
    }
}

impl From<UserSummary> for ListedUser {
    fn from(user: UserSummary) -> Self {
        let count = Counts::of(&user);
        Self { user, count }
    }
}

impl From<DeletedUser> for ListedUser<DeletedUser> {
    fn from(deleted: DeletedUser) -> Self {
        let count = Counts::of(&deleted.user);
        Self {
            user: deleted,
            count,
        }
    }
}

/// `GET /api/admin/users`: a page of the list, with the way to its neighbours in `Link` and the number of all that match
/// in `X-Total-Count`. Beyond ten thousand it says ten thousand, and `X-Total-Count-Relation: gte`. With `?deleted=true`
/// the same of the bin.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
    Params(params): Params<ListParams>,
) -> Result<Response, Failure> {
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

/// The answer of a page, each of its rows in the shape of `L`.
fn respond<T, L: From<T> + Serialize>(params: &ListParams, page: UserPage<T>) -> Response {
    let link = links(params, &page);
    let total = page.total;
    let users: Vec<L> = page.users.into_iter().map(Into::into).collect();
    let mut response = Json(users).into_response();
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-total-count"),
        HeaderValue::from(total.count),
    );
    let relation = HeaderValue::from_static(if total.or_more { "gte" } else { "eq" });
    headers.insert(HeaderName::from_static("x-total-count-relation"), relation);
    if let Some(link) = link {
        headers.insert(header::LINK, link);
    }
    response
}

fn links<T>(params: &ListParams, page: &UserPage<T>) -> Option<HeaderValue> {
    let start = params.from_start();
    let next = page.after.clone().map(|after| {
        (
            ListParams {
                after: Some(after),
                ..start.clone()
            },
            "next",
        )
    });
    let prev = page.before.clone().map(|before| {
        (
            ListParams {
                before: Some(before),
                ..start
            },
            "prev",
        )
    });
    let links: Vec<String> = next
        .into_iter()
        .chain(prev)
        .map(|(params, rel)| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(params.pairs());
            format!("</api/admin/users?{}>; rel=\"{rel}\"", query.finish())
        })
        .collect();
    HeaderValue::try_from(links.join(", "))
        .ok()
        .filter(|link| !link.is_empty())
}
