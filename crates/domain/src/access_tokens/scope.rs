//! Scopes of access tokens.

use std::{fmt, str::FromStr};

use crate::{
    permission::{Permission, Permissions},
    users::Unknown,
};

/// Declares the scopes of the own account and data in one entry each: description and name.
macro_rules! scopes {
    ($($(#[$description:meta])+ $variant:ident = $name:literal;)+) => {
        /// A scope: one permission that a token can have at most.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Scope {
            $($(#[$description])+ $variant,)+
            /// A permission that a role can grant.
            Permission(Permission),
        }

        impl Scope {
            /// Scopes of the owner's own account and data, which every user can grant.
            pub const OWN: [Self; [$($name,)+].len()] = [$(Self::$variant,)+];

            /// Returns its name in the database, in the API and in forms.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Permission(permission) => permission.as_str(),
                }
            }
        }
    };
}

scopes! {
    /// See the owner's account and sessions.
    Account = "account";
    /// See the data that the owner has in the host application.
    DataRead = "data:read";
    /// Change the data that the owner has in the host application.
    DataWrite = "data:write";
}

impl Scope {
    /// Lists all scopes.
    pub fn all() -> impl Iterator<Item = Self> {
        let permissions = Permission::ALL.into_iter().map(Self::Permission);
        Self::OWN.into_iter().chain(permissions)
    }

    /// Lists the scopes that a user with these permissions can grant: those of the own account and data, and those of the roles.
    pub fn of(permissions: &Permissions) -> impl Iterator<Item = Self> {
        Self::all().filter(|scope| scope.is_of(permissions))
    }

    pub(super) fn is_of(self, permissions: &Permissions) -> bool {
        match self {
            Self::Permission(permission) => permissions.include(permission),
            own => Self::OWN.contains(&own),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let own = Self::OWN.into_iter().find(|scope| scope.as_str() == name);
        own.map_or_else(|| name.parse().map(Self::Permission), Ok)
    }
}
