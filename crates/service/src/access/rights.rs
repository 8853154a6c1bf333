//! Permissions as types, so that a function names the one that it requires.

use domain::access::Permission;

/// Permission as a type, named by a marker such as [`ReadUsers`].
pub trait Right {
    /// Value that the type stands for.
    const PERMISSION: Permission;
}

/// Permission to list and read all accounts with their statistics.
#[derive(Debug)]
pub struct ReadUsers;

impl Right for ReadUsers {
    const PERMISSION: Permission = Permission::UsersRead;
}

/// Permission to create, change, suspend, delete and restore accounts.
#[derive(Debug)]
pub struct WriteUsers;

impl Right for WriteUsers {
    const PERMISSION: Permission = Permission::UsersWrite;
}

/// Permission to list and read the sessions of all users.
#[derive(Debug)]
pub struct ReadSessions;

impl Right for ReadSessions {
    const PERMISSION: Permission = Permission::SessionsRead;
}

/// Permission to revoke sessions of any user.
#[derive(Debug)]
pub struct WriteSessions;

impl Right for WriteSessions {
    const PERMISSION: Permission = Permission::SessionsWrite;
}

/// Permission to list pending registrations and invitations.
#[derive(Debug)]
pub struct ReadRegistrations;

impl Right for ReadRegistrations {
    const PERMISSION: Permission = Permission::RegistrationsRead;
}

/// Permission to approve and reject registrations, and to send invitations.
#[derive(Debug)]
pub struct WriteRegistrations;

impl Right for WriteRegistrations {
    const PERMISSION: Permission = Permission::RegistrationsWrite;
}

/// Permission to list provider API keys, without their values.
#[derive(Debug)]
pub struct ReadApiKeys;

impl Right for ReadApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysRead;
}

/// Permission to store the provider API keys of the system, and to revoke those of any user.
#[derive(Debug)]
pub struct WriteApiKeys;

impl Right for WriteApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysWrite;
}

/// Permission to read the value of a user's provider API key.
#[derive(Debug)]
pub struct ResolveApiKeys;

impl Right for ResolveApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysResolve;
}

/// Permission to list the access tokens of all users.
#[derive(Debug)]
pub struct ReadTokens;

impl Right for ReadTokens {
    const PERMISSION: Permission = Permission::TokensRead;
}

/// Permission to revoke access tokens of any user.
#[derive(Debug)]
pub struct WriteTokens;

impl Right for WriteTokens {
    const PERMISSION: Permission = Permission::TokensWrite;
}

/// Permission to read the audit log, the state of jobs, and the settings.
#[derive(Debug)]
pub struct ReadAudit;

impl Right for ReadAudit {
    const PERMISSION: Permission = Permission::AuditRead;
}
