//! Lists of users by their identities.

use domain::{
    identifiers::{IdentifiedFilter, IdentifiedUser},
    users::UserId,
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{Authorized, Identity, LimitsRead},
    identifiers,
};

use super::{
    errors::bad_request,
    identity::{self, Ident, OWN, PREFIX, REGISTERED},
};
use crate::DialectError;

/// Value of a filter that everything matches.
pub(super) const ALL: &str = "all";
/// Maximum number of identities in a list, which has no pages.
const LISTED_MAX: usize = 10_000;

/// Filters of a list: each is `all`, a value, or the opposite of it.
#[derive(Debug, Clone)]
pub(super) struct Filters<'a> {
    pub(super) auth: &'a str,
    pub(super) admin: &'a str,
    pub(super) banned: &'a str,
}

impl Filters<'_> {
    fn parse(&self) -> Result<IdentifiedFilter, DialectError> {
        if self.auth != ALL {
            identity::require_name(self.auth)?;
        }
        let namespaces = match self.auth {
            ALL | OWN => Vec::new(),
            auth => vec![format!("{PREFIX}{auth}")],
        };
        Ok(IdentifiedFilter {
            prefix: PREFIX.to_owned(),
            namespaces,
            user: None,
            is_admin: flag("admin_filter", self.admin, ["admin", "non-admin"])?,
            is_suspended: flag("banned_filter", self.banned, ["banned", "non-banned"])?,
        })
    }
}

fn flag(name: &str, value: &str, [yes, no]: [&str; 2]) -> Result<Option<bool>, DialectError> {
    match value {
        ALL => Ok(None),
        _ if value == yes => Ok(Some(true)),
        _ if value == no => Ok(Some(false)),
        _ => Err(bad_request(format!("Invalid {name} value: {value}"))),
    }
}

/// Lists the users that match, as the commands show them.
pub(super) async fn users(
    services: &Services,
    identity: &Identity,
    filters: &Filters<'_>,
) -> Result<Vec<Value>, DialectError> {
    let filter = filters.parse()?;
    // Checked first, so that an empty list stands for no users and not for a missing permission.
    let _: Authorized<LimitsRead> = identity.require()?;
    let is_listed = |ident: &Ident| filters.auth == ALL || filters.auth == ident.auth;
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = page(services, identity, &filter, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let page: Vec<IdentifiedUser> = page
            .into_iter()
            .filter(|user| is_listed(&Ident::of(user)))
            .take(LISTED_MAX - listed.len())
            .collect();
        if page.is_empty() {
            continue;
        }
        let requests = identity::requests(services, identity, &page).await?;
        let shown = page.iter().zip(requests);
        listed.extend(shown.map(|(user, left)| identity::shown(&Ident::of(user), user, left)));
        if listed.len() == LISTED_MAX {
            break;
        }
    }
    Ok(listed)
}

/// Lists the identities that a cleaning removes: those of users who are neither admins nor banned, at registered authenticators. An account
/// of Rollcall itself is no copy of another one, and is never among them. With a user only those of the user.
pub(super) async fn cleanables(
    services: &Services,
    identity: &Identity,
    user: Option<UserId>,
) -> Result<Vec<(Ident, IdentifiedUser)>, Error> {
    let namespaces = REGISTERED.into_iter().filter_map(identity::namespace);
    let namespaces = namespaces.map(|namespace| namespace.as_str().to_owned());
    let filter = IdentifiedFilter {
        prefix: PREFIX.to_owned(),
        namespaces: namespaces.collect(),
        user: user.map(|id| id.0),
        is_admin: Some(false),
        is_suspended: Some(false),
    };
    let mut found = Vec::new();
    let mut after = None;
    while found.len() < LISTED_MAX {
        let page = page(services, identity, &filter, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let identified = page.into_iter().map(|user| (Ident::of(&user), user));
        found.extend(
            identified
                .filter(|(ident, _)| ident.auth != OWN && identity::is_registered(&ident.auth)),
        );
    }
    found.truncate(LISTED_MAX);
    Ok(found)
}

/// Returns the next users of a list; none at its end.
async fn page(
    services: &Services,
    identity: &Identity,
    filter: &IdentifiedFilter,
    after: Option<UserId>,
) -> Result<Vec<IdentifiedUser>, Error> {
    let after = after.map(|id| id.0);
    identifiers::list_users(services, &identity.require()?, filter, after).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_have_the_words_of_maeser() {
        let parse = |auth, admin, banned| {
            let filters = Filters {
                auth,
                admin,
                banned,
            };
            filters.parse().map_err(|error| error.message().to_string())
        };
        let found = parse("github", "non-admin", "banned").unwrap();
        assert_eq!(
            (found.is_admin, found.is_suspended),
            (Some(false), Some(true))
        );
        for (auth, admin, banned, says) in [
            ("all", "Admin", "all", "Invalid admin_filter value: Admin"),
            (
                "all",
                "all",
                "Banned",
                "Invalid banned_filter value: Banned",
            ),
            (
                "a.b",
                "all",
                "all",
                "Invalid authenticator name: a.b. Authenticator names must be alphanumeric.",
            ),
        ] {
            assert_eq!(parse(auth, admin, banned).unwrap_err(), says);
        }
    }
}
