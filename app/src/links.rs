//! URLs of lists, to which several pages link.

pub(crate) mod conversations;
pub(crate) mod limits;
pub(crate) mod registrations;
pub(crate) mod resources;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod usage;
pub(crate) mod users;

use domain::list::{PageParams, SearchParams};

use crate::api::bulk::SELECTED;

/// Returns the URL of a list, or of a dialog above it, with the state of the list.
pub(crate) fn over(path: &str, params: &impl PageParams) -> String {
    with_selected(path, params.pairs().into_iter(), &[])
}

/// Returns the URL of the export of a list that is searched by a text.
pub(crate) fn export(path: &str, format: &'static str, params: &SearchParams) -> String {
    let search = params.q.as_deref().filter(|q| !q.trim().is_empty());
    let search = search.map(|q| ("q", q));
    let pairs = std::iter::once(("format", format)).chain(search);
    with_selected(path, pairs, &[])
}

/// Returns the URL of a dialog above any list, with the state of the list and the selected users.
pub(crate) fn with_selected<'a>(
    path: &str,
    state: impl Iterator<Item = (&'a str, &'a str)>,
    selected: &[String],
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(state);
    query.extend_pairs(selected.iter().map(|key| (SELECTED, key)));
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_has_the_search_and_no_position() {
        let params = |q: &str| SearchParams {
            q: Some(q.to_owned()),
            after: Some("cursor".to_owned()),
            ..SearchParams::default()
        };
        assert_eq!(export("/x", "csv", &params(" ")), "/x?format=csv");
        assert_eq!(
            export("/x", "ndjson", &params("a b")),
            "/x?format=ndjson&q=a+b"
        );
    }
}
