//! Conversion of the forms that create and change a user.

use std::collections::BTreeSet;

use domain::{
    fields::FieldErrors,
    message::Message,
    messages,
    users::{create::UserDraft, edit::UserEdit},
};

use super::{CreateUser, EditUser, profile};
use crate::api::first_values::{changed, changed_list, is_changed, list_text};

/// Form value that selects a temporary password instead of a link.
pub const BY_PASSWORD: &str = "password";

/// Converts the form to a draft.
///
/// # Errors
/// If the list of clients cannot be parsed, returns that error together with all other field errors.
pub fn draft(form: CreateUser) -> Result<UserDraft, FieldErrors> {
    let (client_list, error) = clients(form.client_list, &form.more_clients);
    let mut groups = form.groups;
    let named = form.more.split(',').map(str::trim);
    groups.extend(named.filter(|name| !name.is_empty()).map(str::to_owned));
    let draft = UserDraft {
        username: form.username,
        display_name: form.display_name,
        email: form.email,
        roles: form.roles,
        password: (form.access == BY_PASSWORD).then_some(form.password),
        client_list,
        groups,
        ..UserDraft::default()
    };
    match error {
        None => Ok(draft),
        Some(error) => {
            let mut errors = draft.check().err().unwrap_or_default();
            errors.add("client_list", error);
            Err(errors)
        }
    }
}

/// Returns the checked numbers of clients and the typed ones, each once, and the error about what else was typed. The server
/// has replaced the names of clients by their numbers before.
fn clients(checked: Vec<i32>, typed: &str) -> (Vec<i32>, Option<Message>) {
    let mut clients = checked;
    let mut unknown = Vec::new();
    for part in typed.split(',').map(str::trim) {
        let numbers: Result<Vec<i32>, _> = part
            .split_whitespace()
            .map(|number| number.trim_start_matches('#').parse())
            .collect();
        match numbers {
            Ok(numbers) => clients.extend(numbers),
            Err(_) => unknown.push(part),
        }
    }
    let mut seen = BTreeSet::new();
    clients.retain(|number| seen.insert(*number));
    let error = (!unknown.is_empty()).then(|| messages::client_named_unknown(unknown.join(", ")));
    (clients, error)
}

/// Returns the text of a list of clients, to compare it.
#[must_use]
pub fn clients_text(clients: &[i32]) -> String {
    list_text(clients.iter().map(ToString::to_string).collect())
}

/// Converts the form to an edit of the changed fields. An empty password leaves the password and the sessions of the user unchanged.
///
/// # Errors
/// If the profile or the list of clients cannot be parsed, returns that error together with all other field errors.
pub fn edit(form: EditUser) -> Result<UserEdit, FieldErrors> {
    let (client_list, no_client) = clients(form.client_list, &form.more_clients);
    let profile = profile::read(form.profile);
    let (profile, no_profile) = match profile {
        Ok(profile) => (Some(profile), None),
        Err(error) => (None, Some(error)),
    };
    let first = form.first.as_str();
    let roles = changed_list(first, "roles", form.roles);
    let has_other_clients = is_changed(first, "client_list", &clients_text(&client_list));
    let profile = profile.filter(|profile| is_changed(first, "profile", &profile::text(profile)));
    let edit = UserEdit {
        display_name: changed(first, "display_name", form.display_name),
        email: changed(first, "email", form.email).map(Some),
        roles: roles.filter(|_| form.set_roles),
        revoke_sessions: form.revoke_sessions && !form.password.is_empty(),
        password: Some(form.password).filter(|password| !password.is_empty()),
        profile: profile.filter(|_| form.set_profile).map(Some),
        client_list: (form.set_clients && has_other_clients).then_some(client_list),
        version: Some(form.version),
        ..UserEdit::default()
    };
    if no_client.is_none() && no_profile.is_none() {
        return Ok(edit);
    }
    let mut errors = edit.check().err().unwrap_or_default();
    if let Some(error) = no_client {
        errors.add("client_list", error);
    }
    if let Some(error) = no_profile {
        errors.add("profile", error);
    }
    Err(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checked_and_typed_groups_and_clients_are_joined() {
        let form = CreateUser {
            username: "ada".to_owned(),
            display_name: "Ada".to_owned(),
            email: String::new(),
            roles: Vec::new(),
            client_list: vec![7],
            more_clients: "#8, 7".to_owned(),
            groups: vec!["0198c2a4-0000-7000-8000-000000000001".to_owned()],
            more: " Core Team ,, Editors".to_owned(),
            access: String::new(),
            password: String::new(),
        };
        let draft = draft(form).unwrap();
        assert_eq!(draft.client_list, [7, 8]);
        let id = "0198c2a4-0000-7000-8000-000000000001";
        assert_eq!(draft.groups, [id, "Core Team", "Editors"]);
    }

    #[test]
    fn clients_are_numbers_or_named_in_the_error() {
        for (typed, expected, unknown) in [
            ("", &[7][..], None),
            ("#8 9,7", &[7, 8, 9], None),
            ("8, Nord Media, x", &[7, 8], Some("Nord Media, x")),
        ] {
            let (numbers, error) = clients(vec![7], typed);
            assert_eq!(numbers, expected, "{typed}");
            let expected = unknown.map(messages::client_named_unknown);
            assert_eq!(error, expected, "{typed}");
        }
    }
}
