//! Responses with a page of a list: the rows, links to the neighbouring pages in `Link`, and the number of all matches in
//! `X-Total-Count`. Beyond ten thousand that is ten thousand, with `X-Total-Count-Relation: gte`.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::list::{Limits, Page, PageParams};
use serde::Serialize;

/// Returns the parameters of a list. Without a page they get the largest one, because FOVEA's interface sends no parameters and
/// searches in the rows that it gets.
pub(super) fn whole<P: PageParams>(params: P) -> P {
    let names_page = |(name, _): &(&str, &str)| matches!(*name, "limit" | "after" | "before");
    if params.pairs().iter().any(names_page) {
        params
    } else {
        params.sized(Limits::API.max)
    }
}

/// Returns the response with a page of a list that was requested with `params`.
pub(super) fn respond<P: PageParams>(
    page: Page<impl Serialize>,
    path: &str,
    params: &P,
) -> Response {
    let Page { rows, page_info } = page;
    let next = page_info.after.map(|after| params.at(Some(after), None));
    let prev = page_info.before.map(|before| params.at(None, Some(before)));
    let next = next.iter().map(|params| (params.pairs(), "next"));
    let prev = prev.iter().map(|params| (params.pairs(), "prev"));
    let neighbours: Vec<_> = next.chain(prev).collect();
    let mut response = linked(rows, path, &neighbours);
    let total = page_info.total;
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-total-count"),
        HeaderValue::from(total.count),
    );
    let relation = HeaderValue::from_static(if total.or_more { "gte" } else { "eq" });
    headers.insert(HeaderName::from_static("x-total-count-relation"), relation);
    response
}

/// Returns the response with a part of a list that has no total. Each neighbour has its parameters and its relation.
pub(super) fn linked(
    rows: impl Serialize,
    path: &str,
    neighbours: &[(Vec<(&'static str, &str)>, &str)],
) -> Response {
    let mut response = Json(rows).into_response();
    let links: Vec<String> = neighbours
        .iter()
        .map(|(pairs, rel)| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(pairs);
            format!("<{path}?{}>; rel=\"{rel}\"", query.finish())
        })
        .collect();
    if let Ok(links) = HeaderValue::try_from(links.join(", "))
        && !links.is_empty()
    {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}
