//! Backers: accounts that are responsible for credentials with a later effect, such as a temporary password, a link or an invitation.

use uuid::Uuid;

/// An account that is responsible for a credential, and the access token with which it acted, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backer {
    /// The id of the account.
    pub user: Uuid,
    /// The id of the access token. A credential created with a token is limited to what the token's scopes permit, and works only as long
    /// as the token does.
    pub token: Option<Uuid>,
}

impl Backer {
    /// Creates the backer from the two columns of a row; `None` is the operator.
    pub(crate) fn of(user: Option<Uuid>, token: Option<Uuid>) -> Option<Self> {
        user.map(|user| Self { user, token })
    }

    /// Splits it into the two columns of a row.
    pub(crate) fn columns(backer: Option<Self>) -> (Option<Uuid>, Option<Uuid>) {
        (
            backer.map(|backer| backer.user),
            backer.and_then(|backer| backer.token),
        )
    }
}
