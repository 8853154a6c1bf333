//! Who answers for what works later: a temporary password, a link, an invitation.

use uuid::Uuid;

/// An account that answers for something, and the access token with which it acted, if with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backer {
    /// The account.
    pub user: Uuid,
    /// The access token. What was made with it is worth what it lends, for as long as it works.
    pub token: Option<Uuid>,
}

impl Backer {
    /// Returns who answers by the two columns of a row; none for the operator.
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
