//! Responses with a page of a list: the rows, links to the neighbouring pages in `Link`, and the number of all matches in
//! `X-Total-Count`. Beyond ten thousand that is ten thousand, with `X-Total-Count-Relation: gte`.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::list::{Limits, Page, PageParams, Total};
use serde::Serialize;

/// Returns the parameters of a list. Without a page they get the largest one, because FOVEA's interface sends no parameters and
/// searches in the rows that it gets.
pub(crate) fn whole<P: PageParams>(params: P) -> P {
    let names_page = |(name, _): &(&str, &str)| matches!(*name, "limit" | "after" | "before");
    if params.pairs().iter().any(names_page) {
        params
    } else {
        params.sized(Limits::API.max)
    }
}

/// Response with a page of a list.
pub(crate) struct PageResponse<T> {
    rows: Vec<T>,
    /// Value of the header `Link`, empty without a neighbouring page.
    links: String,
    total: Option<Total>,
}

impl<T> PageResponse<T> {
    /// Creates the response with a page of the list at `path` that was requested with `params`.
    pub(crate) fn new<P: PageParams>(page: Page<T>, path: &str, params: &P) -> Self {
        let Page { rows, page_info } = page;
        let next = page_info.after.map(|after| params.at(Some(after), None));
        let prev = page_info.before.map(|before| params.at(None, Some(before)));
        let next = next.iter().map(|params| (params.pairs(), "next"));
        let prev = prev.iter().map(|params| (params.pairs(), "prev"));
        let neighbours: Vec<_> = next.chain(prev).collect();
        Self {
            total: Some(page_info.total),
            ..Self::without_total(rows, path, &neighbours)
        }
    }

    /// Creates the response with a part of a list that has no total. Each neighbour has its parameters and its relation.
    pub(crate) fn without_total(
        rows: Vec<T>,
        path: &str,
        neighbours: &[(Vec<(&'static str, &str)>, &str)],
    ) -> Self {
        let links: Vec<String> = neighbours
            .iter()
            .map(|(pairs, rel)| {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(pairs);
                format!("<{path}?{}>; rel=\"{rel}\"", query.finish())
            })
            .collect();
        Self {
            rows,
            links: links.join(", "),
            total: None,
        }
    }
}

impl<T: Serialize> IntoResponse for PageResponse<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.rows).into_response();
        let headers = response.headers_mut();
        if let Ok(links) = HeaderValue::try_from(self.links)
            && !links.is_empty()
        {
            headers.insert(header::LINK, links);
        }
        if let Some(total) = self.total {
            headers.insert(
                HeaderName::from_static("x-total-count"),
                HeaderValue::from(total.count),
            );
            let relation = HeaderValue::from_static(if total.or_more { "gte" } else { "eq" });
            headers.insert(HeaderName::from_static("x-total-count-relation"), relation);
        }
        response
    }
}
