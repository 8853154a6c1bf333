//! Each permission as a type, so that a function can name the one that it takes.

use domain::access::Permission;

/// A permission as a type.
pub trait Right {
    /// The permission.
    const PERMISSION: Permission;
}

/// To see every account with its statistics.
#[derive(Debug)]
pub struct ReadUsers;

impl Right for ReadUsers {
    const PERMISSION: Permission = Permission::UsersRead;
}

/// To make, change, suspend, delete and restore accounts.
#[derive(Debug)]
pub struct WriteUsers;

impl Right for WriteUsers {
    const PERMISSION: Permission = Permission::UsersWrite;
}

/// To see everybody's sessions.
#[derive(Debug)]
pub struct ReadSessions;

impl Right for ReadSessions {
    const PERMISSION: Permission = Permission::SessionsRead;
}

/// To end anybody's sessions.
#[derive(Debug)]
pub struct WriteSessions;

impl Right for WriteSessions {
    const PERMISSION: Permission = Permission::SessionsWrite;
}

/// To see who waits to be let in, and the invitations.
#[derive(Debug)]
pub struct ReadRegistrations;

impl Right for ReadRegistrations {
    const PERMISSION: Permission = Permission::RegistrationsRead;
}

/// To let people in or not, and to invite them.
#[derive(Debug)]
pub struct WriteRegistrations;

impl Right for WriteRegistrations {
    const PERMISSION: Permission = Permission::RegistrationsWrite;
}

/// To see that provider keys exist.
#[derive(Debug)]
pub struct ReadApiKeys;

impl Right for ReadApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysRead;
}

/// To keep the system's provider keys, and to revoke anybody's.
#[derive(Debug)]
pub struct WriteApiKeys;

impl Right for WriteApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysWrite;
}

/// To be told the provider key of a person.
#[derive(Debug)]
pub struct ResolveApiKeys;

impl Right for ResolveApiKeys {
    const PERMISSION: Permission = Permission::ApiKeysResolve;
}

/// To see everybody's access tokens.
#[derive(Debug)]
pub struct ReadTokens;

impl Right for ReadTokens {
    const PERMISSION: Permission = Permission::TokensRead;
}

/// To revoke anybody's access tokens.
#[derive(Debug)]
pub struct WriteTokens;

impl Right for WriteTokens {
    const PERMISSION: Permission = Permission::TokensWrite;
}

/// To see what is on record, what goes on in the background, and what is set.
#[derive(Debug)]
pub struct ReadAudit;

impl Right for ReadAudit {
    const PERMISSION: Permission = Permission::AuditRead;
}
