//! URLs of lists, to which several pages link.

pub(crate) mod conversations;
pub(crate) mod limits;
pub(crate) mod registrations;
pub(crate) mod resources;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod usage;
pub(crate) mod users;

use domain::list::PageParams;

use crate::api::bulk::SELECTED;

/// Returns the URL of a list, or of a dialog above it, with the state of the list.
pub(crate) fn over(path: &str, params: &impl PageParams) -> String {
    with_selected(path, params.pairs().into_iter(), &[])
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
