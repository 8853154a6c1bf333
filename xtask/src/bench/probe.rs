//! A page to ask for over and over: a case at one place of its list.

use anyhow::{Result, anyhow};

use super::{
    client::Client,
    plan::{Case, Face, Words},
};

/// The largest page that programs may ask for.
const LARGEST_PAGE: u16 = 1_000;

/// One row of the table, before it is measured.
#[derive(Clone)]
pub(super) struct Probe {
    pub(super) name: String,
    pub(super) face: Face,
    pub(super) path: String,
    /// How many people the list holds.
    pub(super) matches: u64,
    /// Whether that is only as far as they were counted.
    pub(super) or_more: bool,
    /// The longest that 99 of 100 requests may take at one connection.
    pub(super) p99_ms: f64,
    /// Fewest requests a second at one connection, where that is a figure to reach.
    pub(super) per_second: Option<f64>,
    /// The name of the probe of the same list's first page, if this is the page in the middle.
    pub(super) half_way_of: Option<String>,
}

impl Probe {
    /// The first page of a case, and the page in the middle if that is wanted.
    pub(super) fn of(case: &Case, words: &Words, client: &Client) -> Result<Vec<Self>> {
        let (matches, or_more) = client.get(&case.json_path(1, words))?.matches()?;
        let first = Self {
            name: case.name.clone(),
            face: case.of,
            path: case.path(words, None),
            matches,
            or_more,
            p99_ms: case.p99_ms,
            per_second: case.per_second,
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
            ..first
        };
        Ok(vec![first, middle])
    }
}

/// The cursor of the page in the middle of a list, found by following the list's own links from its first page.
fn half_way(first_page: &str, people: u64, client: &Client) -> Result<String> {
    let pages = (people / 2).div_ceil(LARGEST_PAGE.into()).max(1);
    let mut path = first_page.to_owned();
    for _ in 0..pages {
        let page = client.get(&path)?;
        path = page
            .next()
            .ok_or_else(|| anyhow!("{path} has no next page, though it is not the last"))?
            .to_owned();
        // Read to its end, so that the connection can be used again.
        page.body()?;
    }
    cursor(&path)
        .map(str::to_owned)
        .ok_or_else(|| anyhow!("{path} has no cursor"))
}

/// The cursor in a path; it is made of letters that need no encoding.
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
    fn the_cursor_is_read_from_a_link() {
        assert_eq!(cursor("/users?limit=5&after=a-b_c"), Some("a-b_c"));
        assert_eq!(cursor("/users?limit=5"), None);
    }
}
