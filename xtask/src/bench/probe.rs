//! Page that is requested repeatedly: a case at one position of its list.

use anyhow::{Result, anyhow};

use super::{
    client::Client,
    plan::{Case, Face},
    words::SearchWords,
};

/// Maximum page size of the API.
const LARGEST_PAGE: u16 = 1_000;

/// Row of the table before it is measured.
#[derive(Clone)]
pub(super) struct Probe {
    pub(super) name: String,
    pub(super) face: Face,
    pub(super) path: String,
    /// JSON body, if the request is a POST; of several lines each request has one.
    pub(super) body: Option<String>,
    /// Whether the request changes something.
    pub(super) is_write: bool,
    /// Number of users in the list.
    pub(super) matches: u64,
    /// Whether counting stopped at `matches` and the list may be longer.
    pub(super) or_more: bool,
    /// Limit for the 99th percentile of the response time at one connection, in milliseconds.
    pub(super) p99_ms: f64,
    /// Minimum number of requests per second at one connection, where the case has such a target.
    pub(super) per_second: Option<f64>,
    /// The same two for eight connections.
    pub(super) together_per_second: Option<f64>,
    pub(super) together_p99_ms: Option<f64>,
    /// Name of the probe of the first page of the same list, if this is the page in the middle.
    pub(super) half_way_of: Option<String>,
}

impl Probe {
    /// Returns the first page of a case, and the page in the middle if the case asks for it.
    pub(super) fn of(case: &Case, words: &SearchWords, client: &Client) -> Result<Vec<Self>> {
        let (matches, or_more) = if case.is_counted() {
            client.get(&case.json_path(1, words))?.matches()?
        } else {
            (1, false)
        };
        let first = Self {
            name: case.name.clone(),
            face: case.of,
            path: case.path(words, None),
            body: case.body(words),
            matches,
            or_more,
            p99_ms: case.p99_ms,
            is_write: case.is_write(),
            per_second: case.per_second,
            together_per_second: case.together_per_second,
            together_p99_ms: case.together_p99_ms,
            half_way_of: None,
        };
        if !case.half_way {
            return Ok(vec![first]);
        }
        let cursor = half_way(&case.json_path(LARGEST_PAGE, words), matches, client)?;
        let middle = Self {
            name: format!("{}, half-way", case.name),
            path: case.path(words, Some(&cursor)),
            half_way_of: Some(case.name.clone()),
            ..first.clone()
        };
        Ok(vec![first, middle])
    }
}

/// Returns the cursor of the page in the middle, found by following the links to the next page from the first one.
fn half_way(first_page: &str, users: u64, client: &Client) -> Result<String> {
    let pages = (users / 2).div_ceil(LARGEST_PAGE.into()).max(1);
    let mut path = first_page.to_owned();
    for _ in 0..pages {
        let page = client.get(&path)?;
        path = page
            .next()
            .ok_or_else(|| anyhow!("{path} has no next page, though it is not the last"))?
            .to_owned();
        // The connection can be reused only after the body has been read.
        page.body()?;
    }
    cursor(&path)
        .map(str::to_owned)
        .ok_or_else(|| anyhow!("{path} has no cursor"))
}

/// Returns the cursor in a path. It consists of characters that need no percent-encoding.
fn cursor(path: &str) -> Option<&str> {
    let (_, parameters) = path.split_once('?')?;
    parameters
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("after="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_is_read_from_a_link() {
        assert_eq!(cursor("/users?limit=5&after=a-b_c"), Some("a-b_c"));
        assert_eq!(cursor("/users?limit=5"), None);
    }
}
