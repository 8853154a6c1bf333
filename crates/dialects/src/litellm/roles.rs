//! Roles of LiteLLM, each a role here. Those of internal users have no permissions and are created with their first user.

use axum::{Json, http::StatusCode};
use domain::roles::RoleDraft;
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{Identity, RolesRead, RolesWrite},
    roles,
};

use super::{
    callers::require,
    errors::{custom, invalid},
};
use crate::{Authenticated, DialectError};

/// Role with all permissions.
pub(super) const ADMIN: &str = "proxy_admin";
/// Role that sees everything.
const VIEWER: &str = "proxy_admin_viewer";
/// Role of users, and of those who have none of the others.
pub(super) const USER: &str = "internal_user";
/// Role of users who see their own data.
const USER_VIEWER: &str = "internal_user_viewer";

/// Roles of LiteLLM with the roles here, labels and descriptions. The first one that a user has counts, and the last one for others.
const ALL: [(&str, &str, &str, &str); 4] = [
    (
        ADMIN,
        "admin",
        "Admin (All Permissions)",
        "admin over litellm proxy, has all permissions",
    ),
    (
        VIEWER,
        "auditor",
        "Admin (View Only)",
        "view all keys, view all spend",
    ),
    (
        USER_VIEWER,
        USER_VIEWER,
        "Internal User (View Only)",
        "view their own keys, view their own spend",
    ),
    (
        USER,
        USER,
        "Internal User (Create/Delete/View)",
        "view/create/delete their own keys, view their own spend",
    ),
];

/// `GET /user/available_roles`.
pub(super) async fn available(_: Authenticated) -> Json<Value> {
    let roles = ALL.iter().map(|(name, _, label, description)| {
        let value = json!({ "description": description, "ui_label": label });
        ((*name).to_owned(), value)
    });
    Json(Value::Object(roles.collect()))
}

/// Returns the role of LiteLLM that a user with some roles has.
pub(super) fn of(roles: &[String]) -> &'static str {
    let found = ALL
        .iter()
        .find(|(_, own, _, _)| roles.iter().any(|role| role == own));
    found.map_or(USER, |(name, ..)| *name)
}

/// Returns whether a role can administer users.
pub(super) fn is_administrative(role: &str) -> bool {
    role == ADMIN || role == VIEWER
}

/// Returns the roles here that users with a role of LiteLLM have, and those that they do not have.
pub(super) fn filter(role: &str) -> Result<(Vec<String>, Vec<String>), DialectError> {
    let place = ALL.iter().position(|(name, ..)| *name == role);
    let place = place.ok_or_else(|| unknown("query", "role"))?;
    let owns = |roles: &[(&str, &str, &str, &str)]| -> Vec<String> {
        roles.iter().map(|(_, own, ..)| (*own).to_owned()).collect()
    };
    let (before, rest) = ALL.split_at(place);
    if role == USER {
        return Ok((Vec::new(), owns(before)));
    }
    Ok((owns(rest.get(..1).unwrap_or_default()), owns(before)))
}

/// Returns the roles of a user after a change of the role of LiteLLM, and creates the role if it is the first of its kind.
pub(super) async fn replaced(
    services: &Services,
    identity: &Identity,
    (before, role): (&[String], &str),
    route: &str,
) -> Result<Vec<String>, DialectError> {
    let found = ALL.iter().find(|(name, ..)| *name == role);
    let &(_, own, label, description) = found.ok_or_else(|| unknown("body", "user_role"))?;
    if !is_administrative(role) {
        ensure(services, identity, (own, label, description), route).await?;
    }
    let is_other = |name: &&String| !ALL.iter().any(|(_, own, ..)| name == own);
    let mut roles: Vec<String> = before.iter().filter(is_other).cloned().collect();
    roles.push(own.to_owned());
    Ok(roles)
}

/// Creates a role without permissions unless it exists.
async fn ensure(
    services: &Services,
    identity: &Identity,
    (name, label, description): (&str, &str, &str),
    route: &str,
) -> Result<(), DialectError> {
    let reader = require::<RolesRead>(services, identity, route).await?;
    let existing = roles::list(services, &reader).await?;
    if existing.iter().any(|role| role.name == name) {
        return Ok(());
    }
    let writer = require::<RolesWrite>(services, identity, route).await?;
    let draft = RoleDraft {
        name: name.to_owned(),
        label: Some(label.to_owned()),
        description: description.to_owned(),
        ..RoleDraft::default()
    };
    match roles::create(services, &writer, draft).await {
        // Another request has created it meanwhile.
        Ok(_) | Err(Error::Taken(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the denial of an administrative role to a caller who cannot assign it.
pub(super) fn denied(role: &str) -> DialectError {
    custom(
        StatusCode::FORBIDDEN,
        format!(
            "Only proxy admins can create administrative users (proxy_admin, proxy_admin_viewer). \
             Attempted to create user with role: {role}"
        ),
    )
}

fn unknown(place: &str, name: &str) -> DialectError {
    invalid(
        "literal_error",
        [place, name],
        "Input should be 'proxy_admin', 'proxy_admin_viewer', 'internal_user' or 'internal_user_viewer'",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_strongest_role_counts() {
        for (roles, role) in [
            (&["user", "admin", "internal_user"][..], ADMIN),
            (&["auditor", "internal_user"], VIEWER),
            (&["internal_user", "internal_user_viewer"], USER_VIEWER),
            (&["internal_user_viewer", "user"], USER_VIEWER),
            (&["user"], USER),
            (&[], USER),
        ] {
            assert_eq!(of(&texts(roles)), role, "{roles:?}");
        }
    }

    #[test]
    fn filter_selects_the_users_of_a_role() {
        for (role, with, without) in [
            (ADMIN, &["admin"][..], &[][..]),
            (VIEWER, &["auditor"], &["admin"]),
            (
                USER_VIEWER,
                &["internal_user_viewer"],
                &["admin", "auditor"],
            ),
            (USER, &[], &["admin", "auditor", "internal_user_viewer"]),
        ] {
            assert_eq!(filter(role).unwrap(), (texts(with), texts(without)));
        }
        assert!(filter("customer").is_err());
    }
}
