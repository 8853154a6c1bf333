//! Labels of values, in the language of the page.

pub mod audit;
pub mod flash;
pub(crate) mod security;
pub mod settings;

use domain::{
    access::{ADMIN_ROLE, USER_ROLE},
    text::capitalized,
    users::{Status, action::UserAction},
};

use crate::text;

/// Name of the built-in role that can read everything.
pub(crate) const AUDITOR_ROLE: &str = "auditor";

/// Name of the built-in role of applications.
const APPLICATION_ROLE: &str = "application";

/// Returns the label of the button or link of an action on one user.
pub(crate) fn user_action(action: UserAction) -> &'static str {
    match action {
        UserAction::Edit => text::actions::edit(),
        UserAction::SetEmail => text::actions::set_email(),
        UserAction::SetRoles => text::actions::set_roles(),
        UserAction::Reset => text::actions::reset(),
        UserAction::Suspend => text::actions::suspend(),
        UserAction::Unsuspend => text::actions::unsuspend(),
        UserAction::RevokeSessions => text::actions::sign_out_everywhere(),
        UserAction::Delete => text::actions::delete(),
        UserAction::Restore => text::actions::restore(),
        UserAction::Approve => text::actions::approve(),
    }
}

/// Returns the label of the button of an action on several users.
pub(crate) fn bulk_user_action(action: UserAction) -> &'static str {
    match action {
        UserAction::RevokeSessions => text::actions::sign_out(),
        action => user_action(action),
    }
}

/// Returns the label of the status of an account.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Pending => text::actions::status_pending(),
        Status::Active => text::actions::status_active(),
        Status::Suspended => text::actions::status_suspended(),
    }
}

/// Returns the label of a role: a text for a built-in one, otherwise its capitalized name.
pub(crate) fn role(name: &str) -> String {
    match name {
        ADMIN_ROLE => text::actions::role_admin().to_owned(),
        AUDITOR_ROLE => text::actions::role_auditor().to_owned(),
        APPLICATION_ROLE => text::actions::role_application().to_owned(),
        USER_ROLE => text::actions::role_user().to_owned(),
        name => capitalized(name),
    }
}

/// Returns the permissions of a built-in role in a few words; `None` for another role.
pub(crate) fn role_meaning(name: &str) -> Option<&'static str> {
    match name {
        ADMIN_ROLE => Some(text::actions::admin_meaning()),
        AUDITOR_ROLE => Some(text::actions::auditor_meaning()),
        APPLICATION_ROLE => Some(text::actions::application_meaning()),
        USER_ROLE => Some(text::actions::user_meaning()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_their_names_in_english() {
        for name in [ADMIN_ROLE, AUDITOR_ROLE, APPLICATION_ROLE, USER_ROLE] {
            assert_eq!(role(name), capitalized(name));
            assert!(role_meaning(name).is_some(), "{name}");
        }
        assert_eq!(role("lab assistant"), "Lab assistant");
        assert_eq!(role_meaning("lab assistant"), None);
    }

    #[test]
    fn statuses_have_their_names_in_english() {
        for value in Status::ALL {
            assert_eq!(status(*value), capitalized(value.as_str()));
        }
    }

    #[test]
    fn bulk_actions_are_labelled_like_the_action_except_signing_out() {
        for action in UserAction::bulk() {
            let is_same = bulk_user_action(action) == user_action(action);
            assert_eq!(is_same, action != UserAction::RevokeSessions, "{action:?}");
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn labels_are_in_the_language_of_the_page() {
        Owner::new().with(|| {
            provide_context(Language::German);
            assert_eq!(user_action(UserAction::Suspend), "Sperren");
            assert_eq!(bulk_user_action(UserAction::RevokeSessions), "Abmelden");
            assert_eq!(status(Status::Suspended), "Gesperrt");
            assert_eq!(role(USER_ROLE), "Benutzer");
            assert_eq!(role("laborant"), "Laborant");
            assert_eq!(role_meaning(AUDITOR_ROLE), Some("Nur Lesezugriff"));
        });
    }
}
