//! Confirmation dialogs for actions that cannot be undone. One component serves all of them; the path of the dialog
//! identifies the target.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

#[cfg(feature = "ssr")]
mod apply;
#[cfg(feature = "ssr")]
mod details;
#[cfg(feature = "ssr")]
mod find;
#[cfg(feature = "ssr")]
mod target;
#[cfg(feature = "ssr")]
mod user_actions;

/// Content of a confirmation dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Action and target; also the label of the button.
    pub title: String,
    /// Consequences of the action.
    pub text: String,
    /// Details of the target, such as the number of uses and the time of the last use.
    pub details: Vec<ConfirmationDetail>,
    /// Reason why the action is denied; `None` if it is allowed.
    pub denied: Option<String>,
    /// Name of the target as the dialog shows it. The server denies the request if the target has another name by then.
    pub shown: String,
    /// Username of the owner; empty for the caller's own resources and for resources without an owner.
    pub username: String,
    /// Id of the target where the path does not contain it: of the user, or of the link. The server denies the request if
    /// the target has another id by then.
    pub id: Option<Uuid>,
    /// Server time, from which the dialog computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A labelled fact about the target of a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationDetail {
    /// Label, such as "Last used".
    pub label: String,
    /// Value; empty where `at` is set.
    pub text: String,
    /// Timestamp that is shown as the value.
    #[serde(with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
}

/// Returns the path of the page behind a dialog.
#[must_use]
pub fn page_of(path: &str) -> &str {
    let end = |path: &str| path.rfind('/').unwrap_or_default();
    let mut page = path.get(..end(path)).unwrap_or_default();
    // The paths of these dialogs have an id before the action, which does not belong to the page either.
    if [
        "/revoke",
        "/delete",
        "/retry",
        "/block",
        "/unblock",
        "/end-previous",
    ]
    .iter()
    .any(|end| path.ends_with(end))
    {
        page = page.get(..end(page)).unwrap_or_default();
    }
    // The access tokens of a user are listed on the tab of their API keys.
    page.strip_suffix("/keys/tokens")
        .map_or(page, |_| page.trim_end_matches("/tokens"))
}

/// Loads the content of the dialog at a path without changing anything.
#[server(endpoint = "confirmation", protocol = Get)]
pub async fn find_confirmation(path: String) -> Result<Confirmation, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let target = target::Target::parse(&path)?;
        find::confirmation(&services, &caller, &target).await
    })
    .await
}

/// Executes the confirmed action. `page` is the page to return to; `id`, `username` and `shown` are the values that the dialog showed.
#[server(endpoint = "confirm", protocol = Post)]
pub async fn confirm(
    path: String,
    page: String,
    #[server(default)] id: String,
    #[server(default)] username: String,
    #[server(default)] shown: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let target = target::Target::parse(&path)?;
        apply::require(&caller, &target)?;
        let asked = find::confirmation(&services, &caller, &target).await?;
        let is_shown = asked.id.map_or_else(String::new, |id| id.to_string()) == id;
        if !is_shown || (&asked.username, &asked.shown) != (&username, &shown) {
            return Err(service::Error::TargetMismatch(shown));
        }
        // The target can change between this check and the change itself, so the service compares the names again.
        let names = apply::SeenTarget { username, shown };
        let flash = apply::apply(&services, &caller, &target, asked, &names).await?;
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn back_link_leads_to_the_page_of_the_dialog() {
        for (path, page) in [
            ("/tokens/x/revoke", "/tokens"),
            ("/users/ada/keys/x/revoke", "/users/ada/keys"),
            ("/users/ada/keys/tokens/x/revoke", "/users/ada/keys"),
            ("/users/ada/keys/tokens/x/unblock", "/users/ada/keys"),
            ("/tokens/x/end-previous", "/tokens"),
            ("/users/ada/keys/tokens/x/end-previous", "/users/ada/keys"),
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
