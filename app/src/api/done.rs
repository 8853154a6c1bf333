//! What became of a form that was accepted.

use std::fmt;

use domain::users::detail::IssuedLink;
use serde::{Deserialize, Serialize};

/// What became of a form that was accepted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Where to go on to.
    pub next: String,
    /// What has to be handed over first: it is shown here and nowhere else.
    pub link: Option<IssuedLink>,
}

impl Done {
    /// Goes on to a page.
    #[must_use]
    pub fn to(next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            link: None,
        }
    }

    /// Goes on to a page of this site that tells what was done. The word is one that [`crate::components::toast`] knows.
    #[must_use]
    pub fn telling(page: &str, word: &str) -> Self {
        let page = domain::access::local_path(page);
        let joint = if page.contains('?') { '&' } else { '?' };
        Self::to(format!("{page}{joint}done={word}"))
    }
}

/// Without the link, which is a secret.
impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Done")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
