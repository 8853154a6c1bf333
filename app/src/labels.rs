//! Labels of values, in the language of the page.

pub mod audit;
pub(crate) mod conversations;
pub(crate) mod features;
#[cfg(feature = "ssr")]
pub mod flash;
pub(crate) mod limits;
pub(crate) mod permissions;
pub(crate) mod security;
pub mod settings;

use std::collections::BTreeMap;

use domain::{
    access::BuiltinRole,
    action::Action,
    users::{Status, action::UserAction},
};
use leptos::prelude::with_context;

use crate::text;

/// Labels of roles by their names, for roles that have one: a context of each page.
#[derive(Debug, Clone)]
pub(crate) struct RoleLabels(pub(crate) BTreeMap<String, String>);

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

/// Returns the label of the submit button of an action on several users: `Suspend 3 users`.
pub(crate) fn bulk_user_action_submit(action: UserAction, count: u64) -> String {
    match action {
        UserAction::Suspend => text::users::submit_suspend(count),
        UserAction::Unsuspend => text::users::submit_unsuspend(count),
        UserAction::RevokeSessions => text::users::submit_sign_out(count),
        UserAction::Delete => text::users::submit_delete(count),
        UserAction::Restore => text::users::submit_restore(count),
        // Other actions do not apply to several users: no dialog opens for them.
        _ => String::new(),
    }
}

/// Returns the consequences of an action for several users; those of a deletion depend on the retention.
pub(crate) fn bulk_user_action_effect(action: UserAction) -> &'static str {
    match action {
        UserAction::Suspend => text::users::suspend_effect(),
        UserAction::Unsuspend => text::users::unsuspend_effect(),
        UserAction::RevokeSessions => text::users::sign_out_effect(),
        UserAction::Restore => text::users::restore_effect(),
        _ => "",
    }
}

/// Returns the message about a completed action: it names one user, and counts several.
#[cfg(feature = "ssr")]
pub(crate) fn user_action_done(action: UserAction, count: u64, name: String) -> String {
    let users = |name, one: fn(String) -> String, many: fn(u64) -> String| match count {
        1 => one(name),
        count => many(count),
    };
    match action {
        UserAction::Suspend => users(name, text::flash::suspended, text::flash::suspended_users),
        UserAction::Unsuspend => users(
            name,
            text::flash::unsuspended,
            text::flash::unsuspended_users,
        ),
        UserAction::RevokeSessions => {
            users(name, text::flash::signed_out, text::flash::signed_out_users)
        }
        UserAction::Delete => users(name, text::flash::deleted, text::flash::deleted_users),
        UserAction::Restore => users(name, text::flash::restored, text::flash::restored_users),
        UserAction::Approve => users(
            name,
            text::flash::approved,
            text::flash::approved_registrations,
        ),
        UserAction::Edit | UserAction::SetEmail | UserAction::SetRoles | UserAction::Reset => {
            text::flash::user_saved(name)
        }
    }
}

/// Returns the label of an audited action.
pub(crate) fn audited_action(action: Action) -> &'static str {
    let name = action.as_str();
    text::audit::action_of(name).unwrap_or(name)
}

/// Returns the label of the status of an account.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Pending => text::actions::status_pending(),
        Status::Active => text::actions::status_active(),
        Status::Suspended => text::actions::status_suspended(),
    }
}

/// Returns the label of a role: the stored one, or else a text for a built-in one with its original name, or else the name.
pub(crate) fn role(name: &str) -> String {
    let stored = with_context(|RoleLabels(labels)| labels.get(name).cloned());
    if let Some(label) = stored.flatten() {
        return label;
    }
    let label = match name.parse() {
        Ok(BuiltinRole::Admin) => text::actions::role_admin(),
        Ok(BuiltinRole::Auditor) => text::actions::role_auditor(),
        Ok(BuiltinRole::Application) => text::actions::role_application(),
        Ok(BuiltinRole::User) => text::actions::role_user(),
        Err(_) => return name.to_owned(),
    };
    label.to_owned()
}

/// Returns the permissions of a built-in role in a few words; `None` for another role.
pub(crate) fn role_meaning(name: &str) -> Option<&'static str> {
    let builtin: BuiltinRole = name.parse().ok()?;
    Some(match builtin {
        BuiltinRole::Admin => text::actions::admin_meaning(),
        BuiltinRole::Auditor => text::actions::auditor_meaning(),
        BuiltinRole::Application => text::actions::application_meaning(),
        BuiltinRole::User => text::actions::user_meaning(),
    })
}

#[cfg(test)]
mod tests {
    use domain::text::capitalized;

    use super::*;

    #[test]
    fn roles_have_their_names_in_english() {
        for builtin in BuiltinRole::ALL {
            let name = builtin.as_str();
            assert_eq!(role(name), capitalized(name));
            assert!(role_meaning(name).is_some(), "{name}");
        }
        assert_eq!(role("lab assistant"), "lab assistant");
        assert_eq!(role_meaning("lab assistant"), None);
    }

    #[test]
    fn statuses_have_their_names_in_english() {
        for value in Status::ALL {
            assert_eq!(status(*value), capitalized(value.as_str()));
        }
    }

    #[test]
    fn messages_of_actions_name_one_user_and_count_several() {
        for action in UserAction::ALL.iter().copied() {
            let one = user_action_done(action, 1, "ada".to_owned());
            assert!(one.contains("ada"), "{one}");
        }
        for action in UserAction::bulk() {
            let several = user_action_done(action, 3, "ada".to_owned());
            assert!(
                several.contains(" 3 ") && !several.contains("ada"),
                "{several}"
            );
        }
    }

    #[test]
    fn buttons_of_bulk_actions_and_of_no_others_count_the_users() {
        for action in UserAction::ALL.iter().copied() {
            let label = bulk_user_action_submit(action, 2);
            assert_eq!(label.ends_with(" 2 users"), action.is_bulk(), "{label}");
        }
        let submit = bulk_user_action_submit;
        assert_eq!(submit(UserAction::Suspend, 1), "Suspend 1 user");
        assert_eq!(submit(UserAction::RevokeSessions, 3), "Sign out 3 users");
    }

    #[test]
    fn bulk_actions_except_deletions_state_their_consequences() {
        for action in UserAction::ALL.iter().copied() {
            let is_stated = !bulk_user_action_effect(action).is_empty();
            let is_expected = action.is_bulk() && action != UserAction::Delete;
            assert_eq!(is_stated, is_expected, "{action:?}");
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
            assert_eq!(role(BuiltinRole::User.as_str()), "Benutzer");
            assert_eq!(role("laborant"), "laborant");
            assert_eq!(
                role_meaning(BuiltinRole::Auditor.as_str()),
                Some("Nur Lesezugriff")
            );
        });
    }
}
