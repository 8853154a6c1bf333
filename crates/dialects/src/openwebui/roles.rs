//! Roles of Open WebUI: whether a user is an administrator, and whether the account can be used.

use axum::http::StatusCode;
use domain::users::{Status, UserSummary};

use super::errors;
use crate::DialectError;

/// A role of Open WebUI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The account cannot be used: it is pending or suspended.
    Pending,
    /// A user with any roles but that of administrators.
    User,
    /// An administrator.
    Admin,
}

impl Role {
    /// Returns the role of a user.
    pub(super) fn of(user: &UserSummary) -> Self {
        match (user.status, user.is_admin) {
            (Status::Pending | Status::Suspended, _) => Self::Pending,
            (Status::Active, true) => Self::Admin,
            (Status::Active, false) => Self::User,
        }
    }

    /// Parses the name of a role.
    pub(super) fn parse(name: &str) -> Result<Self, DialectError> {
        match name {
            "pending" => Ok(Self::Pending),
            "user" => Ok(Self::User),
            "admin" => Ok(Self::Admin),
            _ => Err(errors::custom(StatusCode::BAD_REQUEST, "Invalid role.")),
        }
    }

    /// Returns the name of the role.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}
