//! Permissions to read what a write returns: a caller who can only write does not see stored data in the response.

use domain::{
    attached::Attached,
    permission::Permission,
    problem::{Details, Problem},
};

use super::{Authorized, Caller, FORBIDDEN, RequiredPermission, lacking};
use crate::Error;

impl<R> Authorized<R> {
    /// Returns whether the actor has the permission `P` too.
    #[must_use]
    pub fn includes<P: RequiredPermission>(&self) -> bool {
        self.actor.subject.permissions.include(P::PERMISSION)
    }
}

impl<W: RequiredPermission> Authorized<W> {
    /// Returns whether the actor can read what the permission lets it write.
    #[must_use]
    pub fn can_read(&self) -> bool {
        let read = W::PERMISSION.to_read();
        read.is_some_and(|read| self.actor.subject.permissions.include(read))
    }
}

impl Caller {
    /// Returns the permission to write what the caller can also read.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when one of the two permissions is missing, and the errors of [`Self::require`].
    pub fn require_with_read<W: RequiredPermission>(&self) -> Result<Authorized<W>, Error> {
        let authorized = self.require::<W>()?;
        if authorized.can_read() {
            Ok(authorized)
        } else {
            Err(W::PERMISSION.to_read().map_or(FORBIDDEN, lacking))
        }
    }

    /// Removes stored data that the caller cannot read from the details of an error.
    pub fn hide_unreadable(&self, problem: &mut Problem) {
        let can_read = |permission| self.principal.permissions.include(permission);
        // A detail that is added later does not compile until it is decided here.
        let Details {
            fields: _,
            word: _,
            parameter: _,
            retry_after: _,
            permission: _,
            url: _,
            entity: _,
            limit: _,
            current,
            object,
            counts,
            outcome,
            revocation,
        } = &mut *problem.details;
        if !can_read(Permission::UsersRead) {
            let is_own = current
                .as_ref()
                .and_then(Attached::get)
                .is_some_and(|user| user.summary.id == self.principal.id);
            if !is_own || self.require_account().is_err() {
                *current = None;
            }
            *counts = None;
            *outcome = None;
        }
        let is_readable = object
            .as_ref()
            .and_then(Attached::get)
            .is_some_and(|object| can_read(object.to_read()));
        if !is_readable {
            *object = None;
        }
        if !can_read(Permission::SessionsRead) {
            *revocation = None;
        }
    }
}
