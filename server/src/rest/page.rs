//! A page of a list as an answer: the rows, the way to the neighbours in `Link`, and the number of all that match in
//! `X-Total-Count`. Beyond ten thousand it says ten thousand, and `X-Total-Count-Relation: gte`.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::list::{Limits, PageParams, Place};
use serde::Serialize;

/// The parameters of a list. Where they name no page, they get one of as many rows as a page can have: FOVEA's interface asks
/// without parameters and searches in what it got.
pub(super) fn whole<P: PageParams>(params: P) -> P {
    let names_page = |(name, _): &(&str, &str)| matches!(*name, "limit" | "after" | "before");
    if params.pairs().iter().any(names_page) {
        params
    } else {
        params.sized(Limits::API.max)
    }
}

/// The answer of a page of a list that was asked for with `params`.
pub(super) fn respond<P: PageParams>(
    rows: impl Serialize,
    place: &Place,
    path: &str,
    params: &P,
) -> Response {
    let next = place
        .after
        .clone()
        .map(|after| params.at(Some(after), None));
    let prev = place
        .before
        .clone()
        .map(|before| params.at(None, Some(before)));
    let next = next.iter().map(|params| (params.pairs(), "next"));
    let prev = prev.iter().map(|params| (params.pairs(), "prev"));
    let neighbours: Vec<_> = next.chain(prev).collect();
    let mut response = linked(rows, path, &neighbours);
    let total = place.total;
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-total-count"),
        HeaderValue::from(total.count),
    );
    let relation = HeaderValue::from_static(if total.or_more { "gte" } else { "eq" });
    headers.insert(HeaderName::from_static("x-total-count-relation"), relation);
    response
}

/// A part of a list as an answer, where nobody counts how many there are. Each neighbour has its parameters and its
/// relation.
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
