//! Identities of Maeser, `authenticator.identifier`, and the users that have them.

use std::collections::BTreeMap;

use domain::{
    identifiers::{IdentifiedUser, Identifier, Namespace},
    users::{
        Status, UserSummary,
        detail::{UserDetail, UserRef},
    },
};
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{Authorized, Identity, UsersRead},
    identifiers,
    limits::{self, UserRequests},
    users,
};

use super::{errors::bad_request, html::escape};
use crate::DialectError;

/// Authenticator of users by their usernames.
pub(super) const OWN: &str = "rollcall";
/// Authenticators that are registered: the own one, and those that Maeser has.
pub(super) const REGISTERED: [&str; 3] = [OWN, "github", "ldap"];
/// Beginning of the namespaces of all others.
pub(super) const PREFIX: &str = "maeser.";
/// Number of requests that stands for an unlimited one: the largest that every client can read.
const UNLIMITED: i64 = 2_147_483_647;

/// Returns whether an authenticator is registered. Users of others are read-only.
pub(super) fn is_registered(auth: &str) -> bool {
    REGISTERED.contains(&auth)
}

/// Checks that an authenticator is registered.
///
/// # Errors
/// The text of Maeser's error.
pub(super) fn require_registered(auth: &str) -> Result<(), DialectError> {
    if is_registered(auth) {
        return Ok(());
    }
    Err(bad_request(format!(
        "Unsupported authentication method: {auth}. Authenticator is not registered to this user manager."
    )))
}

/// Checks that a text can be the name of an authenticator.
///
/// # Errors
/// The text of Maeser's error.
pub(super) fn require_name(auth: &str) -> Result<(), DialectError> {
    if is_name(auth) {
        return Ok(());
    }
    Err(bad_request(format!(
        "Invalid authenticator name: {auth}. Authenticator names must be alphanumeric."
    )))
}

fn is_name(auth: &str) -> bool {
    !auth.is_empty() && auth.chars().all(char::is_alphanumeric)
}

/// Returns the namespace of the identifiers of an authenticator; `None` for the own one and for a text that has none.
pub(super) fn namespace(auth: &str) -> Option<Namespace> {
    let has_one = is_name(auth) && auth != OWN;
    has_one
        .then(|| format!("{PREFIX}{auth}").parse().ok())
        .flatten()
}

/// Returns whether an identifier can be one of Maeser, whose script writes it into a page as it is.
pub(super) fn is_plain(identifier: &str) -> bool {
    !identifier.contains(['<', '>', '&', '"', '\'', '`'])
}

/// An authenticator and an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ident {
    pub(super) auth: String,
    pub(super) id: String,
}

impl Ident {
    /// Returns the identity of a user. An identifier that is no identity of Maeser counts as none.
    pub(super) fn of(user: &IdentifiedUser) -> Self {
        let identifier = user.identifier.as_ref();
        let found = identifier.and_then(|(namespace, id)| {
            let auth = namespace.strip_prefix(PREFIX)?;
            (is_name(auth) && auth != OWN && is_plain(id)).then(|| Self {
                auth: auth.to_owned(),
                id: id.clone(),
            })
        });
        found.unwrap_or_else(|| Self {
            auth: OWN.to_owned(),
            id: user.username.clone(),
        })
    }
}

/// Returns the user with an identity. A deleted user has none.
pub(super) async fn find(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    ident: &Ident,
) -> Result<Option<UserDetail>, Error> {
    let found = if ident.auth == OWN {
        let user = UserRef::Name(ident.id.clone());
        users::get(services, authorized, &user).await
    } else {
        let id = ident.id.parse::<Identifier>();
        let (Some(namespace), Ok(id)) = (namespace(&ident.auth), id) else {
            return Ok(None);
        };
        if !is_plain(&ident.id) {
            return Ok(None);
        }
        identifiers::find_user(services, authorized, &namespace, &id).await
    };
    match found {
        Ok(user) => Ok(Some(user).filter(|user| user.deleted_at.is_none())),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns a user as the commands show one. Maeser's script writes these texts into a page as they are, so they come escaped.
pub(super) fn shown(ident: &Ident, user: &IdentifiedUser, requests: Option<UserRequests>) -> Value {
    let (left, max) = numbers(requests);
    let other_names: Vec<&str> = if ident.auth == OWN {
        Vec::new()
    } else {
        vec![&user.username]
    };
    json!({
        "ident": ident.id,
        "is_active": user.status != Status::Suspended,
        "admin": user.is_admin,
        "realname": escape(&user.display_name),
        "usergroup": escape(user.role.as_deref().unwrap_or_default()),
        "auth_method": ident.auth,
        "requests_remaining": left,
        "max_requests": max,
        "aka": other_names,
    })
}

/// Returns how many requests are left, and the maximum.
pub(super) fn numbers(requests: Option<UserRequests>) -> (i64, i64) {
    let found = requests.and_then(|it| it.left.zip(it.amount));
    found.unwrap_or((UNLIMITED, UNLIMITED))
}

/// Returns a user of a list from the details of an account.
pub(super) fn listed(user: UserSummary) -> IdentifiedUser {
    IdentifiedUser {
        id: user.id,
        username: user.username,
        display_name: user.display_name,
        is_admin: user.is_admin,
        status: user.status,
        role: user.roles.into_iter().next(),
        identifier: None,
    }
}

/// Returns the requests that users have left, in their order. A user can be among them several times.
pub(super) async fn requests(
    services: &Services,
    identity: &Identity,
    users: &[IdentifiedUser],
) -> Result<Vec<Option<UserRequests>>, Error> {
    let mut ids: Vec<_> = users.iter().map(|user| user.id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = limits::list_requests(services, &identity.require()?, &ids).await?;
    let found: BTreeMap<_, _> = found.into_iter().map(|it| (it.user, it)).collect();
    let of_user = |user: &IdentifiedUser| found.get(&user.id.0).copied();
    Ok(users.iter().map(of_user).collect())
}

#[cfg(test)]
mod tests {
    use domain::users::UserId;

    use super::*;

    fn user(identifier: Option<(&str, &str)>) -> IdentifiedUser {
        IdentifiedUser {
            id: UserId(Default::default()),
            username: "alice".to_owned(),
            display_name: "Alice <b>".to_owned(),
            is_admin: false,
            status: Status::Pending,
            role: Some("user".to_owned()),
            identifier: identifier.map(|(namespace, id)| (namespace.to_owned(), id.to_owned())),
        }
    }

    #[test]
    fn user_without_an_identity_has_the_username() {
        for (identifier, expected) in [
            (None, "rollcall.alice"),
            (Some(("maeser.github", "alice123")), "github.alice123"),
            (Some(("maeser.old", "a.b")), "old.a.b"),
            (Some(("maeser.github", "<img>")), "rollcall.alice"),
            (Some(("maeser.rollcall", "bob")), "rollcall.alice"),
            (Some(("maeser.a-b", "bob")), "rollcall.alice"),
        ] {
            let Ident { auth, id } = Ident::of(&user(identifier));
            assert_eq!(format!("{auth}.{id}"), expected);
        }
    }

    #[test]
    fn only_names_have_namespaces() {
        for (auth, expected) in [
            ("github", Some("maeser.github")),
            ("old2", Some("maeser.old2")),
            ("rollcall", None),
            ("GitHub", None),
            ("", None),
            ("a.b", None),
            ("é", None),
        ] {
            let found = namespace(auth);
            let found = found.as_ref().map(Namespace::as_str);
            assert_eq!(found, expected, "{auth}");
        }
    }

    #[test]
    fn user_without_a_limit_has_the_largest_number() {
        let ident = Ident::of(&user(Some(("maeser.github", "alice123"))));
        let shown = shown(&ident, &user(None), None);
        assert_eq!(
            shown,
            json!({
                "ident": "alice123", "is_active": true, "admin": false, "realname": "Alice &lt;b&gt;",
                "usergroup": "user", "auth_method": "github", "requests_remaining": UNLIMITED,
                "max_requests": UNLIMITED, "aka": ["alice"],
            })
        );
    }
}
