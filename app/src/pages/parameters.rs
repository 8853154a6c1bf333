//! The parameters in the address of a list. One that the list does not have, or that stands twice, would else be left out
//! of the filter, and more rows would be shown than were asked for.

use domain::list::{ListError, check_names};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::api::bulk::SELECTED;

/// The parameters of an address. The router has a map of them too, which decodes what was decoded already: a search for
/// `%61` was one for `a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part of an address behind the question mark.
    pub(super) fn parse(search: &str) -> Self {
        let pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The value of a parameter, the last one where it stands more than once.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.values(name).next_back().map(str::to_owned)
    }

    /// All values of a parameter that may stand more than once.
    pub(super) fn get_all(&self, name: &str) -> Vec<String> {
        self.values(name).map(str::to_owned).collect()
    }

    /// The names of the parameters, as often as they stand there.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    fn values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let pairs = self.0.iter().filter(move |(found, _)| found == name);
        pairs.map(|(_, value)| value.as_str())
    }
}

/// The parameters of the address of the page.
pub(super) fn use_query() -> Memo<Query> {
    let url = use_url();
    Memo::new(move |_| url.with(|url| Query::parse(url.search())))
}

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
    check_names(Query::parse(search).names(), known, repeatable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_once() {
        let query = Query::parse("?q=100%2525+%2B%2561&u=1&u=%C3%A9&q%32=");
        assert_eq!(query.get("q").as_deref(), Some("100%25 +%61"));
        assert_eq!(query.get("u").as_deref(), Some("é"));
        assert_eq!(query.get_all("u"), ["1", "é"]);
        assert_eq!(query.get("q2").as_deref(), Some(""));
        assert_eq!(query.get("x"), None);
        assert_eq!(Query::parse(""), Query::default());
    }

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
