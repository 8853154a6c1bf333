//! The parameters in the address of a list. One that the list does not have, or that stands twice, would else be left out
//! of the filter, and more rows would be shown than were asked for.

use domain::list::{ListError, check_names};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::api::bulk::SELECTED;

/// Parameters at a path that belong to its page, not to the list on it. They may be repeated.
pub(super) type PageParameters = fn(path: &str) -> &'static [&'static str];

/// A page without parameters of its own.
pub(super) const NONE: PageParameters = |_| &[];
/// A page on which rows can be selected.
pub(super) const SELECTION: PageParameters = |_| &[SELECTED];

/// Returns what `params` reads of the address, or the parameter in it that is neither one of `known` nor of the page.
pub(super) fn checked<P: Clone + PartialEq + Send + Sync + 'static>(
    params: impl Fn() -> P + Send + Sync + 'static,
    known: &'static [&'static str],
    page: PageParameters,
) -> Memo<Result<P, ListError>> {
    let url = use_url();
    Memo::new(move |_| {
        url.with(|url| check(url.search(), known, page(url.path())))?;
        Ok(params())
    })
}

fn check(search: &str, known: &[&str], repeatable: &[&str]) -> Result<(), ListError> {
    let pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
    check_names(pairs.map(|(name, _)| name), known, repeatable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let check = |search| check(search, &["person"], SELECTION("/users"));
        assert_eq!(check("?person=ada&u=1&u=2"), Ok(()));
        assert_eq!(check("%70erson=ada"), Ok(()));
        assert_eq!(
            check("persn=ada"),
            Err(ListError::Parameter("persn".into()))
        );
        assert_eq!(
            check("person=ada&person="),
            Err(ListError::Repeated("person".into()))
        );
    }
}
