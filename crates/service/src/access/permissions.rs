//! Permissions as types, so that a function names the one that it requires.

use domain::access::Permission;

/// Permission as a type, named by a marker such as [`UsersRead`].
pub trait RequiredPermission {
    /// Value that the type stands for.
    const PERMISSION: Permission;
}

/// Permission to write, which does not include the one to read the same data.
pub trait WritePermission: RequiredPermission {
    /// Permission to read what is written.
    type Read: RequiredPermission;
}

/// Permission to list and read all accounts with their statistics.
#[derive(Debug)]
pub struct UsersRead;

impl RequiredPermission for UsersRead {
    const PERMISSION: Permission = Permission::UsersRead;
}

/// Permission to create, change, suspend, delete and restore accounts.
#[derive(Debug)]
pub struct UsersWrite;

impl RequiredPermission for UsersWrite {
    const PERMISSION: Permission = Permission::UsersWrite;
}

impl WritePermission for UsersWrite {
    type Read = UsersRead;
}

/// Permission to list and read the sessions of all users.
#[derive(Debug)]
pub struct SessionsRead;

impl RequiredPermission for SessionsRead {
    const PERMISSION: Permission = Permission::SessionsRead;
}

/// Permission to revoke sessions of any user.
#[derive(Debug)]
pub struct SessionsWrite;

impl RequiredPermission for SessionsWrite {
    const PERMISSION: Permission = Permission::SessionsWrite;
}

impl WritePermission for SessionsWrite {
    type Read = SessionsRead;
}

/// Permission to list pending registrations and invitations.
#[derive(Debug)]
pub struct RegistrationsRead;

impl RequiredPermission for RegistrationsRead {
    const PERMISSION: Permission = Permission::RegistrationsRead;
}

/// Permission to approve and reject registrations, and to send invitations.
#[derive(Debug)]
pub struct RegistrationsWrite;

impl RequiredPermission for RegistrationsWrite {
    const PERMISSION: Permission = Permission::RegistrationsWrite;
}

impl WritePermission for RegistrationsWrite {
    type Read = RegistrationsRead;
}

/// Permission to list provider API keys, without their values.
#[derive(Debug)]
pub struct ApiKeysRead;

impl RequiredPermission for ApiKeysRead {
    const PERMISSION: Permission = Permission::ApiKeysRead;
}

/// Permission to store the provider API keys of the system, and to revoke those of any user.
#[derive(Debug)]
pub struct ApiKeysWrite;

impl RequiredPermission for ApiKeysWrite {
    const PERMISSION: Permission = Permission::ApiKeysWrite;
}

impl WritePermission for ApiKeysWrite {
    type Read = ApiKeysRead;
}

/// Permission to read the value of a user's provider API key.
#[derive(Debug)]
pub struct ApiKeysResolve;

impl RequiredPermission for ApiKeysResolve {
    const PERMISSION: Permission = Permission::ApiKeysResolve;
}

/// Permission to list the access tokens of all users.
#[derive(Debug)]
pub struct TokensRead;

impl RequiredPermission for TokensRead {
    const PERMISSION: Permission = Permission::TokensRead;
}

/// Permission to revoke access tokens of any user.
#[derive(Debug)]
pub struct TokensWrite;

impl RequiredPermission for TokensWrite {
    const PERMISSION: Permission = Permission::TokensWrite;
}

impl WritePermission for TokensWrite {
    type Read = TokensRead;
}

/// Permission to read the audit log, the state of jobs, and the settings.
#[derive(Debug)]
pub struct AuditRead;

impl RequiredPermission for AuditRead {
    const PERMISSION: Permission = Permission::AuditRead;
}
