//! What cannot be undone and is asked about first: one dialog for all of it. Its address says what it is about.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};

#[cfg(feature = "ssr")]
mod apply;
#[cfg(feature = "ssr")]
mod find;
#[cfg(feature = "ssr")]
mod target;

/// A question before something that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// What is done to what: also what the button says.
    pub title: String,
    /// What it means.
    pub text: String,
    /// What is known of it: how often it was used, and when last.
    pub facts: Vec<ConfirmationFact>,
    /// Why it cannot be done.
    pub refusal: Option<String>,
    /// Its name, as it is shown. The server denies the request if it is another's.
    pub shown: String,
    /// The username that is shown with it; empty for one's own and for what is nobody's.
    pub username: String,
    /// The id of what is shown, where the address does not hold it: of the user, or of the link. The server denies the
    /// request if it is another's.
    pub id: Option<Uuid>,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Something that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationFact {
    /// What it is about.
    pub label: String,
    /// What is known.
    pub text: String,
    /// When that was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
}

/// The page that a dialog is over, by the address of the dialog.
#[must_use]
pub fn page_of(path: &str) -> &str {
    let end = |path: &str| path.rfind('/').unwrap_or_default();
    let mut page = path.get(..end(path)).unwrap_or_default();
    if ["/revoke", "/delete", "/retry"]
        .iter()
        .any(|end| path.ends_with(end))
    {
        page = page.get(..end(page)).unwrap_or_default();
    }
    // The tokens of a user are on the tab of their keys.
    page.strip_suffix("/keys/tokens")
        .map_or(page, |_| page.trim_end_matches("/tokens"))
}

/// What a dialog asks. Nothing is done.
#[server(endpoint = "confirmation", protocol = Get)]
pub async fn find_confirmation(path: String) -> Result<Confirmation, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let target = target::Target::parse(&path).map_err(ssr::fail)?;
    find::confirmation(&services, &actor, &target)
        .await
        .map_err(ssr::fail)
}

/// Does what a dialog has asked about. `page` is the page that it leads back to, `id`, `username` and `shown`
/// what was shown.
#[server(endpoint = "confirm", protocol = Post)]
pub async fn confirm(
    path: String,
    page: String,
    #[server(default)] id: String,
    #[server(default)] username: String,
    #[server(default)] shown: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let target = target::Target::parse(&path).map_err(ssr::fail)?;
    apply::require(&actor, &target).map_err(ssr::fail)?;
    let asked = find::confirmation(&services, &actor, &target)
        .await
        .map_err(ssr::fail)?;
    let is_shown = asked.id.map_or_else(String::new, |id| id.to_string()) == id;
    if !is_shown || (&asked.username, &asked.shown) != (&username, &shown) {
        return Err(ssr::fail(service::Error::TargetMismatch(shown)));
    }
    // It may change before its turn comes: what does it compares the names once more.
    let names = apply::Shown { username, shown };
    let flash = apply::apply(&services, &actor, &target, asked, &names)
        .await
        .map_err(ssr::fail)?;
    Ok(Done::flash(&page, flash, None).await)
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_dialog_leads_back_to_its_page() {
        for (path, page) in [
            ("/tokens/x/revoke", "/tokens"),
            ("/users/ada/keys/x/revoke", "/users/ada/keys"),
            ("/users/ada/keys/tokens/x/revoke", "/users/ada/keys"),
            ("/users/tokens/keys/x/revoke", "/users/tokens/keys"),
            ("/users/ada/sign-out", "/users/ada"),
            ("/users/ada/revoke-links", "/users/ada"),
            ("/account/sessions/others", "/account/sessions"),
            ("/account/tokens/x/revoke", "/account/tokens"),
            ("/keys/x/delete", "/keys"),
            ("/settings/jobs/x/retry", "/settings/jobs"),
            (
                "/registrations/invitations/x/revoke",
                "/registrations/invitations",
            ),
            ("", ""),
        ] {
            assert_eq!(page_of(path), page, "{path}");
        }
    }
}
