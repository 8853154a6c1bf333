//! Results of accepted forms, and the flash messages that the next page shows once.

use std::fmt;

#[cfg(feature = "ssr")]
use domain::flash::Flash;
use domain::{access_tokens::IssuedToken, attached::Attached, users::detail::IssuedLink};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use crate::labels;

/// Result of an accepted form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSuccess {
    /// Path of the next page.
    pub next: String,
    /// One-time link to show before the next page. It is not shown again.
    pub link: Option<Attached<IssuedLink>>,
    /// Access token to show before the next page. It is not shown again.
    pub token: Option<Attached<IssuedToken>>,
}

impl FormSuccess {
    /// Returns a result that redirects to a page.
    #[must_use]
    pub fn to(next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            link: None,
            token: None,
        }
    }

    /// Adds a link to show before the next page.
    #[must_use]
    pub fn with_link(self, link: &IssuedLink) -> Self {
        Self {
            link: Attached::new(link),
            ..self
        }
    }

    /// Adds an access token to show before the next page.
    #[must_use]
    pub fn with_token(self, token: &IssuedToken) -> Self {
        Self {
            token: Attached::new(token),
            ..self
        }
    }

    /// Returns whether a link or a token has to be shown before the next page.
    #[must_use]
    pub const fn shows(&self) -> bool {
        self.link.is_some() || self.token.is_some()
    }

    /// Redirects to a page of this site that shows a message once, with an undo button if the change can be undone.
    #[cfg(feature = "ssr")]
    pub async fn flash(page: &str, flash: Flash, undo: Option<domain::flash::Undo>) -> Self {
        let page = domain::access::local_path(page);
        if let (Ok(services), Ok(session)) = (super::ssr::services(), super::ssr::session()) {
            service::flash::set(&services, &session, page, &flash, undo.as_ref()).await;
        }
        Self::to(page)
    }
}

/// A flash message to show on a page, in its language. Only the server makes the sentences, because a message is shown on the
/// next page that it renders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashMessage {
    /// Sentence about the change.
    pub sentence: String,
    /// End of the change, if it ends by itself.
    pub ending: Option<Ending>,
    /// Names of the changed users, if the sentence has only their number, or of those who were left out.
    pub names: Option<String>,
    /// Whether the change was not the whole of what was asked for.
    pub is_partial: bool,
    /// Form that undoes the change, if it can be undone.
    pub undo: Option<UndoForm>,
}

/// End of a suspension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Time of the end.
    #[serde(with = "time::serde::timestamp::milliseconds_i64")]
    pub at: OffsetDateTime,
    /// Sentence before and after the time.
    pub around: [String; 2],
}

/// Form that undoes a change. Only the server knows the change; the form holds its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoForm {
    /// Path that the form posts to.
    pub action: String,
    /// Id of the change.
    pub id: Uuid,
}

/// Name of the form field with the id of the change to undo.
pub const UNDO: &str = "undo";

#[cfg(feature = "ssr")]
impl From<service::flash::ShownFlash> for FlashMessage {
    fn from(shown: service::flash::ShownFlash) -> Self {
        let flash = &shown.flash;
        Self {
            sentence: labels::flash::sentence(flash),
            ending: labels::flash::until(flash).map(|(at, around)| Ending { at, around }),
            names: labels::flash::names(flash),
            is_partial: flash.is_partial(),
            undo: shown.undo.map(|undo| UndoForm {
                action: undo.path,
                id: shown.id,
            }),
        }
    }
}

/// Appends the page of this site that follows as the `next` parameter; omits it if that is the start page.
#[must_use]
pub fn with_next(address: &str, next: &str) -> String {
    let next = domain::access::local_path(next);
    if next == "/" {
        return address.to_owned();
    }
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}next={next}")
}

/// Omits the link and the token, which are secrets.
impl fmt::Debug for FormSuccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormSuccess")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn link_and_token_are_the_same_in_the_browser_and_not_logged() {
        let (secret, expires_at) = ("s3cret", datetime!(2026-12-01 10:00 UTC));
        let link = IssuedLink {
            url: format!("https://panel.example/reset/{secret}"),
            expires_at,
        };
        let token = IssuedToken {
            token: secret.to_owned(),
            expires_at: Some(expires_at),
        };
        let received = |done: FormSuccess| -> FormSuccess {
            assert!(!format!("{done:?}").contains(secret));
            let sent = serde_json::to_string(&done).unwrap();
            serde_json::from_str(&sent).unwrap()
        };
        assert!(!received(FormSuccess::to("/users")).shows());
        let done = received(FormSuccess::to("/users").with_link(&link));
        assert!(done.shows());
        assert_eq!(done.link.unwrap().get(), Some(link));
        let done = received(FormSuccess::to("/users").with_token(&token));
        assert!(done.shows());
        assert_eq!(done.token.unwrap().get(), Some(token));
    }

    #[test]
    fn end_of_a_change_is_the_same_in_the_browser() {
        let ending = Ending {
            at: datetime!(2026-12-04 18:00:00.123 UTC),
            around: ["Suspended ada until ".to_owned(), String::new()],
        };
        let sent = serde_json::to_string(&ending).unwrap();
        assert_eq!(serde_json::from_str::<Ending>(&sent).unwrap(), ending);
    }

    #[test]
    fn next_page_stays_on_this_site() {
        for (next, address) in [
            ("", "/reset"),
            ("/", "/reset"),
            ("//evil.example", "/reset"),
            ("https://evil.example", "/reset"),
            (
                "/users?q=a b&sort=name",
                "/reset?next=%2Fusers%3Fq%3Da+b%26sort%3Dname",
            ),
        ] {
            assert_eq!(with_next("/reset", next), address, "{next}");
        }
        assert_eq!(
            with_next("/reset?link=1", "/users"),
            "/reset?link=1&next=%2Fusers"
        );
    }
}
