//! Scopes of access tokens.

use std::{fmt, str::FromStr};

use crate::{
    access::{Permission, Permissions},
    users::Unknown,
};

/// Name of [`Scope::Account`].
const ACCOUNT: &str = "account";
/// Name of [`Scope::DataRead`].
const DATA_READ: &str = "data:read";
/// Name of [`Scope::DataWrite`].
const DATA_WRITE: &str = "data:write";

/// A scope: one permission that a token can have at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// See the owner's account and sessions.
    Account,
    /// See the data that the owner has in the host application.
    DataRead,
    /// Change the data that the owner has in the host application.
    DataWrite,
    /// A permission that a role can grant.
    Permission(Permission),
}

impl Scope {
    /// Scopes of the owner's own account and data, which every user can grant.
    pub const OWN: [Self; 3] = [Self::Account, Self::DataRead, Self::DataWrite];

    /// Lists all scopes.
    pub fn all() -> impl Iterator<Item = Self> {
        let permissions = Permission::ALL.into_iter().map(Self::Permission);
        Self::OWN.into_iter().chain(permissions)
    }

    /// Lists the scopes that a user with these permissions can grant: those of the own account and data, and those of the roles.
    pub fn of(permissions: &Permissions) -> impl Iterator<Item = Self> {
        Self::all().filter(|scope| scope.is_of(permissions))
    }

    /// Returns its name in the database, in the API and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => ACCOUNT,
            Self::DataRead => DATA_READ,
            Self::DataWrite => DATA_WRITE,
            Self::Permission(permission) => permission.as_str(),
        }
    }

    /// Returns its description for users.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Account => "View your profile and sessions",
            Self::DataRead => "View your personas, ontologies and annotations",
            Self::DataWrite => "Edit your personas, ontologies and annotations",
            Self::Permission(permission) => match permission {
                Permission::UsersRead => "View users",
                Permission::UsersWrite => "Manage users",
                Permission::SessionsRead => "View all sessions",
                Permission::SessionsWrite => "Revoke any session",
                Permission::RegistrationsRead => "View registrations and invitations",
                Permission::RegistrationsWrite => "Approve registrations and invite users",
                Permission::ApiKeysRead => "List API keys",
                Permission::ApiKeysWrite => "Manage system API keys",
                Permission::ApiKeysResolve => "Read users' API keys",
                Permission::TokensRead => "View all access tokens",
                Permission::TokensWrite => "Revoke any access token",
                Permission::AuditRead => "View the audit log and jobs",
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
