//! Account of the signed-in user. Each function that changes something is posted by a form.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::flash::{Flash, FlashEvent};
use domain::{
    account::OwnSession,
    users::{deletion::DeletionPreview, detail::UserDetail},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

#[cfg(feature = "ssr")]
use super::first_values::{changed, changed_list};
use super::{
    error::ApiError,
    form_success::FormSuccess,
    user::Chunk,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{ssr, success_page::SuccessPage, user_actions::read};
use crate::text;

/// Account data for the pages under `/account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The signed-in user, with roles, profile and preferences.
    pub user: UserDetail,
    /// Minimum number of characters of a password.
    pub password_min: usize,
    /// Reason why the account cannot be deleted; `None` if it can.
    pub no_deletion: Option<String>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Returns the account of the caller.
#[server(endpoint = "account", protocol = Get)]
pub async fn find_account() -> Result<Account, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        Ok(Account {
            user: service::account::get(&services, &caller).await?,
            password_min: services.settings.password_min,
            no_deletion: service::account::deletion_denied(&services, &caller)
                .await?
                .map(|denied| text::message::of(&denied)),
            now: (services.clock)(),
        })
    })
    .await
}

/// Lists the active sessions of the caller.
#[server(endpoint = "account-sessions", protocol = Get)]
pub async fn list_own_sessions() -> Result<Chunk<OwnSession>, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let sessions = service::account::sessions(&services, &caller).await?;
        Ok(Chunk::new(&services, sessions, false))
    })
    .await
}

/// Lists the names of the time zones that can be selected.
#[server(endpoint = "time-zones", protocol = Get)]
pub async fn list_time_zones() -> Result<Vec<String>, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        service::account::time_zones(&services, &caller).await
    })
    .await
}

/// Counts the data that is deleted with the account of the caller.
#[server(endpoint = "account-deletion", protocol = Get)]
pub async fn preview_own_deletion() -> Result<DeletionPreview, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let mut preview = service::account::preview(&services, &caller).await?;
        preview.denied = preview.denied.as_ref().map(text::message::translated);
        Ok(preview)
    })
    .await
}

/// Changes display name and email address if the account still has the version that the form showed.
#[server(endpoint = "edit-profile", protocol = Post)]
pub async fn edit_profile(
    version: i32,
    display_name: String,
    #[server(default)] email: String,
    #[server(default)] current_password: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let edit = domain::account::OwnEdit {
        display_name: changed(&first, "display_name", display_name),
        email: changed(&first, "email", email).map(Some),
        current_password: Some(current_password),
        version: Some(version),
        ..Default::default()
    };
    save(edit, "/account", FlashEvent::Saved).await
}

/// Changes the password of the caller.
#[server(endpoint = "change-password", protocol = Post)]
pub async fn change_password(
    #[server(default)] current_password: String,
    password: String,
    password_again: String,
) -> Result<FormSuccess, ApiError> {
    let edit = domain::account::OwnEdit {
        password: Some(password),
        password_again: Some(password_again),
        current_password: Some(current_password),
        ..Default::default()
    };
    save(edit, "/account/password", FlashEvent::PasswordChanged).await
}

/// Sets the time zone and the notification channels of the caller, and the language of the browser.
#[server(endpoint = "set-preferences", protocol = Post)]
pub async fn set_preferences(
    version: i32,
    #[server(default)] time_zone: String,
    #[server(default)] language: String,
    #[server(default)] notify: Vec<String>,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let user = ssr::call_as_caller(async |services, caller| {
        service::account::get(&services, &caller).await
    })
    .await?;
    let notify = changed_list(&first, "notify", notify);
    let preferences = notify.map(|notify| notified(user.notification_preferences, &notify));
    let edit = domain::account::OwnEdit {
        time_zone: changed(&first, "time_zone", time_zone).map(Some),
        notification_preferences: preferences.map(Some),
        version: Some(version),
        ..Default::default()
    };
    let saved = save(edit, "/account/preferences", FlashEvent::Saved).await?;
    if let Some(language) = changed(&first, "language", language) {
        ssr::set_preference("language", &language);
    }
    Ok(saved)
}

/// Deletes the account of the caller. `counts` are the numbers that the form showed, in the order of the table; the service
/// compares them.
#[server(endpoint = "delete-account", protocol = Post)]
pub async fn delete_account(
    counts: String,
    #[server(default)] confirm: String,
    #[server(default)] current_password: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        read::same_name(&caller.principal.username, &confirm)?;
        let counts = Some(read::counts(&counts)?);
        service::account::delete(&services, &caller, &current_password, None, counts).await?;
        Ok(FormSuccess::to(
            SuccessPage::AccountDeleted.show(&services.settings),
        ))
    })
    .await
}

/// Changes the account of the caller and returns to a page with a message.
#[cfg(feature = "ssr")]
async fn save(
    edit: domain::account::OwnEdit,
    page: &str,
    event: FlashEvent,
) -> Result<FormSuccess, ApiError> {
    let session = ssr::session()?;
    ssr::call_as_caller(async |services, caller| {
        service::account::edit(&services, &caller, &session, edit).await?;
        let flash = Flash::of(event, [caller.principal.username]);
        Ok(FormSuccess::flash(page, flash, None).await)
    })
    .await
}

/// Notification channels that can be selected: key in the stored preferences, and label.
pub const NOTIFY: [(&str, text::Label); 2] = [
    ("email", text::account::notify_email),
    ("ui", text::account::notify_in_app),
];

/// Returns whether a notification channel is enabled.
#[must_use]
pub fn is_notified(preferences: &Map<String, Value>, way: &str) -> bool {
    preferences.get(way) == Some(&Value::Bool(true))
}

/// Updates preferences by the checked channels. Keys without a checkbox and channels that the user did not change retain
/// their stored values.
#[cfg(feature = "ssr")]
fn notified(mut preferences: Map<String, Value>, ticked: &[String]) -> Map<String, Value> {
    for (way, _) in NOTIFY {
        let wanted = ticked.iter().any(|name| name == way);
        if wanted != is_notified(&preferences, way) {
            preferences.insert(way.to_owned(), wanted.into());
        }
    }
    preferences
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn unchanged_preferences_are_not_sent() {
        for (known, ticked, expected) in [
            ("{}", &[][..], "{}"),
            ("{}", &["email"], r#"{"email":true}"#),
            (
                r#"{"email":true,"pager":{"at":7}}"#,
                &["ui"],
                r#"{"email":false,"pager":{"at":7},"ui":true}"#,
            ),
            (r#"{"email":"daily"}"#, &[], r#"{"email":"daily"}"#),
        ] {
            let known: Map<String, Value> = serde_json::from_str(known).unwrap_or_default();
            let ticked: Vec<String> = ticked.iter().map(ToString::to_string).collect();
            let after = notified(known, &ticked);
            assert_eq!(serde_json::to_string(&after).unwrap_or_default(), expected);
        }
    }
}
