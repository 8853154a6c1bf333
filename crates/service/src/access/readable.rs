//! Permissions to read what a write returns: a caller who can only write does not see stored data in the response.

use domain::{
    access::Permission,
    problem::{Details, Problem},
};

use super::{Authorized, Caller, RequiredPermission, WritePermission};

impl<R> Authorized<R> {
    /// Returns whether the actor has the permission `P` too.
    #[must_use]
    pub fn includes<P: RequiredPermission>(&self) -> bool {
        self.actor.subject.permissions.include(P::PERMISSION)
    }
}

impl<W: WritePermission> Authorized<W> {
    /// Returns whether the actor can read what the permission lets it write.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.includes::<W::Read>()
    }
}

impl Caller {
    /// Removes stored data that the caller cannot read from the details of an error.
    pub fn hide_unreadable(&self, problem: &mut Problem) {
        let can_read = |permission| self.principal.permissions.include(permission);
        // A detail that is added later does not compile until it is decided here.
        let Details {
            fields: _,
            word: _,
            parameter: _,
            retry_after: _,
            url: _,
            current,
            counts,
            outcome,
            revocation,
        } = &mut *problem.details;
        if !can_read(Permission::UsersRead) {
            let is_own = current
                .as_ref()
                .is_some_and(|user| user.summary.id == self.principal.id);
            if !is_own || self.require_account().is_err() {
                *current = None;
            }
            *counts = None;
            *outcome = None;
        }
        if !can_read(Permission::SessionsRead) {
            *revocation = None;
        }
    }
}
