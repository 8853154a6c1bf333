//! What an access token may do at most.

use std::{fmt, str::FromStr};

use crate::{
    access::{Permission, Permissions},
    users::Unknown,
};

/// The word for [`Scope::Account`].
const ACCOUNT: &str = "account";
/// The word for [`Scope::DataRead`].
const DATA_READ: &str = "data:read";
/// The word for [`Scope::DataWrite`].
const DATA_WRITE: &str = "data:write";

/// One thing that a token may do at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// See its owner's own account and sessions.
    Account,
    /// See what its owner owns in the host application.
    DataRead,
    /// Change what its owner owns in the host application.
    DataWrite,
    /// What a role can permit.
    Permission(Permission),
}

impl Scope {
    /// Those of what is one's own, which everybody can lend.
    pub const OWN: [Self; 3] = [Self::Account, Self::DataRead, Self::DataWrite];

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let permissions = Permission::ALL.into_iter().map(Self::Permission);
        Self::OWN.into_iter().chain(permissions)
    }

    /// Those that somebody can lend: what is their own, and what their roles permit.
    pub fn of(permissions: &Permissions) -> impl Iterator<Item = Self> {
        Self::all().filter(|scope| scope.is_of(permissions))
    }

    /// Its word in the database, in the API and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => ACCOUNT,
            Self::DataRead => DATA_READ,
            Self::DataWrite => DATA_WRITE,
            Self::Permission(permission) => permission.as_str(),
        }
    }

    /// What it lets a program do, as people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Account => "See your own profile and sessions",
            Self::DataRead => "See your own personas, ontologies and annotations",
            Self::DataWrite => "Change your own personas, ontologies and annotations",
            Self::Permission(permission) => match permission {
                Permission::UsersRead => "See every account",
                Permission::UsersWrite => "Make, change, suspend and delete accounts",
                Permission::SessionsRead => "See everybody's sessions",
                Permission::SessionsWrite => "End anybody's sessions",
                Permission::RegistrationsRead => "See who waits, and the invitations",
                Permission::RegistrationsWrite => "Let people in, and invite them",
                Permission::ApiKeysRead => "See that provider keys exist",
                Permission::ApiKeysWrite => "Keep the system's provider keys",
                Permission::ApiKeysResolve => "Be told people's provider keys",
                Permission::TokensRead => "See everybody's access tokens",
                Permission::TokensWrite => "Revoke anybody's access tokens",
                Permission::AuditRead => "See what is on record, and jobs",
            },
        }
    }

    pub(super) fn is_of(self, permissions: &Permissions) -> bool {
        match self {
            Self::Account | Self::DataRead | Self::DataWrite => true,
            Self::Permission(permission) => permissions.include(permission),
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

    fn from_str(word: &str) -> Result<Self, Unknown> {
        let found = Self::all().find(|scope| scope.as_str() == word);
        found.ok_or_else(|| Unknown(word.to_owned()))
    }
}
