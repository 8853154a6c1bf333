//! Permissions that conditions and orders require beside that to see users, because they ask about more than users.

use super::{Expr, Filter, Has, Term};
use crate::{
    permission::{Permission, Permissions},
    users::list::SortKey,
};

impl Filter {
    /// Returns the first condition about what the permissions do not let their holder read, with the permission that is missing.
    #[must_use]
    pub fn unreadable(&self, permissions: &Permissions) -> Option<(&Term, Permission)> {
        self.root().and_then(|root| unreadable(root, permissions))
    }
}

fn unreadable<'e>(expr: &'e Expr, permissions: &Permissions) -> Option<(&'e Term, Permission)> {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            let mut parts = parts.iter();
            parts.find_map(|part| unreadable(part, permissions))
        }
        Expr::Not(part) => unreadable(part, permissions),
        Expr::Term(term) => {
            let permission = required(term)?;
            (!permissions.include(permission)).then_some((term, permission))
        }
    }
}

/// Returns the permission that lists what a condition asks about; `None` for what every reader of users sees.
const fn required(term: &Term) -> Option<Permission> {
    match term {
        Term::Group(_) | Term::Has(Has::Group) => Some(Permission::GroupsRead),
        Term::Feature(_) => Some(Permission::AccessRead),
        Term::Spend(_) => Some(Permission::UsageRead),
        Term::Over(_) => Some(Permission::LimitsRead),
        Term::Text(_) | Term::Username(_) | Term::Name(_) | Term::Email(_) => None,
        Term::Role(_) | Term::Client(_) | Term::Status(_) | Term::Via(_) => None,
        Term::Number(_) | Term::Count(..) | Term::Has(Has::Email | Has::Any(_)) => None,
        Term::Created(_) | Term::LastLogin(_) | Term::LastActive(_) | Term::Inactive(_) => None,
    }
}

/// Returns the permission that a column requires beside that to see users, because its order discloses more than users; `None` for
/// the others.
#[must_use]
pub const fn required_by_order(key: SortKey) -> Option<Permission> {
    match key {
        SortKey::Spend => Some(Permission::UsageRead),
        SortKey::Created
        | SortKey::Username
        | SortKey::Name
        | SortKey::Email
        | SortKey::Role
        | SortKey::Status
        | SortKey::Personas
        | SortKey::Ontologies
        | SortKey::Annotations
        | SortKey::Sessions
        | SortKey::ApiKeys
        | SortKey::LastLogin
        | SortKey::LastActive => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_about_groups_and_features_require_permissions() {
        let granted =
            |names: &[&str]| Permissions::new(names.iter().map(ToString::to_string).collect());
        let reader = granted(&["users:read"]);
        let all = granted(&[
            "users:read",
            "groups:read",
            "access:read",
            "usage:read",
            "limits:read",
        ]);
        for (search, missing) in [
            ("", None),
            ("ada role:admin client:7 has:email personas:>1", None),
            ("group:Editors", Some(("group:Editors", "groups:read"))),
            ("ada -has:group", Some(("has:group", "groups:read"))),
            ("spend:>5", Some(("spend:>5", "usage:read"))),
            ("ada over:budget", Some(("over:budget", "limits:read"))),
            (
                "ada OR (eve feature:chat.call)",
                Some(("feature:chat.call", "access:read")),
            ),
        ] {
            let filter = Filter::parse(search).unwrap();
            let found = filter.unreadable(&reader);
            let found = found.map(|(term, permission)| (term.to_string(), permission.as_str()));
            let missing = missing.map(|(term, name): (&str, &str)| (term.to_owned(), name));
            assert_eq!(found, missing, "{search}");
            assert_eq!(filter.unreadable(&all), None, "{search}");
        }
    }
}
