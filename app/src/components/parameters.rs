//! Query parameters of lists. An unknown or repeated parameter is an error: ignoring it would show more rows than requested.

use domain::list::{PageParams, ParameterError, check_names};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::api::bulk::SELECTED;

/// Query parameters of a URL. The router has a map of them too, but decodes it twice: a search for `%61` became one for `a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the query of a URL, with or without the question mark.
    pub(crate) fn parse(search: &str) -> Self {
        let pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// Returns the value of a parameter, the last one if it is repeated.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.values(name).next_back().map(str::to_owned)
    }

    /// Returns all values of a repeatable parameter.
    pub(crate) fn get_all(&self, name: &str) -> Vec<String> {
        self.values(name).map(str::to_owned).collect()
    }

    /// Returns the query without a parameter.
    pub(crate) fn without(&self, name: &str) -> Self {
        let others = self.0.iter().filter(|(found, _)| found != name);
        Self(others.cloned().collect())
    }

    /// Returns the names of the parameters, repeated ones included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    fn values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let pairs = self.0.iter().filter(move |(found, _)| found == name);
        pairs.map(|(_, value)| value.as_str())
    }
}

/// Returns the query of the current URL.
pub(crate) fn use_query() -> Memo<Query> {
    let url = use_url();
    Memo::new(move |_| url.with(|url| Query::parse(url.search())))
}

/// Returns the parameters of the list in the current URL.
pub(crate) fn use_list_params<P: PageParams>() -> Memo<P> {
    let query = use_query();
    Memo::new(move |_| P::from_pairs(|name| query.read().get(name)))
}

/// Query parameters that belong to the page at a path, not to its list. They can be repeated.
pub(crate) type PageParameters = fn(path: &str) -> &'static [&'static str];

/// Parameters of a page without any of its own.
pub(crate) const NONE: PageParameters = |_| &[];
/// Parameters of a page with selectable rows.
pub(crate) const SELECTION: PageParameters = |_| &[SELECTED];

/// Returns the parsed parameters of the URL, or an error for a parameter that is neither in `known` nor belongs to the page.
pub(crate) fn checked<P: Clone + PartialEq + Send + Sync + 'static>(
    params: impl Fn() -> P + Send + Sync + 'static,
    known: &'static [&'static str],
    page: PageParameters,
) -> Memo<Result<P, ParameterError>> {
    let url = use_url();
    Memo::new(move |_| {
        url.with(|url| check(url.search(), known, page(url.path())))?;
        Ok(params())
    })
}

fn check(search: &str, known: &[&str], repeatable: &[&str]) -> Result<(), ParameterError> {
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
        assert_eq!(query.without("u"), Query::parse("?q=100%2525+%2B%2561&q2="));
        assert_eq!(query.without("x"), query);
        assert_eq!(Query::parse(""), Query::default());
    }

    #[test]
    fn names_are_not_decoded_twice() {
        let check = |search| check(search, &["user"], SELECTION("/users"));
        assert_eq!(check("?user=ada&u=1&u=2"), Ok(()));
        assert_eq!(check("%75ser=ada"), Ok(()));
        assert_eq!(
            check("persn=ada"),
            Err(ParameterError::Unknown("persn".into()))
        );
        assert_eq!(
            check("user=ada&user="),
            Err(ParameterError::Repeated("user".into()))
        );
    }
}
