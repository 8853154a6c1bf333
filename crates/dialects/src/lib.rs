//! Dialects: the APIs of other systems, for clients that users already have. A dialect translates paths, types, texts, statuses and
//! credentials into calls of the services. It has no rules, no SQL and no state of its own.
//!
//! Each dialect is a folder of this package, and an entry of [`Dialects::builtin`].

mod dialect;
mod error;
mod extract;
mod litellm;
mod maeser;
mod openwebui;
mod tracker;

use std::{fmt, sync::Arc};

pub use dialect::{Dialect, RequestInfo};
pub use error::DialectError;
pub use extract::{Authenticated, JsonBody, Mount};
pub use litellm::LiteLlm;
pub use maeser::Maeser;

use openwebui::OpenWebUi;
use tracker::Tracker;

/// Dialects, each once.
#[derive(Clone, Debug, Default)]
pub struct Dialects(Vec<Arc<dyn Dialect>>);

/// Name that no dialect has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no dialect is called {:?}", self.0)
    }
}

impl std::error::Error for UnknownDialect {}

impl Dialects {
    /// Creates a list of dialects with different names.
    #[must_use]
    pub fn new(dialects: Vec<Arc<dyn Dialect>>) -> Self {
        Self(dialects)
    }

    /// Returns the dialects of this build.
    #[must_use]
    pub fn builtin() -> Self {
        Self::new(vec![
            Arc::new(LiteLlm),
            Arc::new(Maeser),
            Arc::new(OpenWebUi),
            Arc::new(Tracker),
        ])
    }

    /// Iterates over the dialects in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Dialect>> {
        self.0.iter()
    }

    /// Returns the dialects with the given names, separated by commas. A repeated name counts once.
    ///
    /// # Errors
    /// The first name that no dialect has.
    pub fn select(&self, names: &str) -> Result<Self, UnknownDialect> {
        let mut selected: Vec<Arc<dyn Dialect>> = Vec::new();
        let names = names.split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            let dialect = self.iter().find(|dialect| dialect.name() == name);
            let dialect = dialect.ok_or_else(|| UnknownDialect(name.to_owned()))?;
            if !selected.iter().any(|selected| selected.name() == name) {
                selected.push(Arc::clone(dialect));
            }
        }
        Ok(Self(selected))
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use axum::{
        Router,
        http::{HeaderMap, request::Parts},
        response::{IntoResponse, Response},
    };
    use service::{Error, Services, access::Identity};

    use super::*;

    struct Named(&'static str);

    #[async_trait]
    impl Dialect for Named {
        fn name(&self) -> &'static str {
            self.0
        }

        fn routes(&self) -> Router<Services> {
            Router::new()
        }

        fn credential<'h>(&self, _: &'h HeaderMap) -> Option<&'h [u8]> {
            None
        }

        async fn authenticate(&self, _: &Services, _: &Parts) -> Option<Result<Identity, Error>> {
            None
        }

        fn render(&self, error: &DialectError, _: &RequestInfo) -> Response {
            error.status().into_response()
        }
    }

    fn names(dialects: &Dialects) -> Vec<&'static str> {
        dialects.iter().map(|dialect| dialect.name()).collect()
    }

    #[test]
    fn dialects_are_selected_by_name() {
        let all = Dialects::new(vec![Arc::new(Named("a")), Arc::new(Named("b"))]);
        for (text, selected) in [("", &[][..]), ("b", &["b"]), (" b ,, a,b", &["b", "a"])] {
            assert_eq!(names(&all.select(text).unwrap()), selected, "{text:?}");
        }
        for unknown in ["c", "A"] {
            let error = all.select(&format!("a,{unknown}")).unwrap_err();
            assert_eq!(error, UnknownDialect(unknown.to_owned()));
        }
    }

    #[test]
    fn builtin_dialects_say_how_clients_use_them() {
        let url = "http://127.0.0.1:4000";
        for dialect in Dialects::builtin().iter() {
            let line = dialect.client_line(url);
            assert!(line.contains(url) && line != url, "{line}");
            assert_ne!(dialect.system(), dialect.name());
            let title = format!("# {}\n", dialect.system());
            assert!(dialect.documentation().starts_with(&title), "{title}");
        }
        let plain = Named("a");
        assert_eq!((plain.system(), &*plain.client_line(url)), ("a", url));
    }

    #[test]
    fn builtin_dialects_have_different_names() {
        let builtin = Dialects::builtin();
        let mut sorted = names(&builtin);
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names(&builtin).len());
    }
}
