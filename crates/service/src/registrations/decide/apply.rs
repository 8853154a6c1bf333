//! Effects of decisions on registrations.

use std::time::Duration;

use db::{
    links::{self, Kind},
    roles::FoundRoles,
    users::{account::Account, set_deleted, set_restored},
};
use domain::{
    access::BuiltinRole,
    action::Action,
    registrations::{CheckedDecision, Decision},
    users::{Status, names::RoleName},
};
use time::OffsetDateTime;

use crate::{
    Error, Services,
    access::Actor,
    assignment,
    audit::{self, Audited, Change, Changes},
    users::delete::note_lost,
};

/// Effect of a decision, the same for every registration of a request.
pub(super) struct Effect<'a> {
    decision: Decision,
    note: Option<&'a str>,
    /// Roles to assign, if the decision replaces those of the user.
    roles: Option<FoundRoles>,
    retention: Duration,
}

impl<'a> Effect<'a> {
    /// Finds the roles that the decision assigns, if the actor can assign them.
    pub(super) async fn find(
        transaction: &mut db::Transaction,
        services: &Services,
        actor: &Actor,
        decision: Decision,
        checked: &'a CheckedDecision,
    ) -> Result<Self, Error> {
        let roles = match decision {
            Decision::Approve if !checked.roles.is_empty() => {
                let names = checked.roles.iter().map(RoleName::as_str);
                let names: Vec<String> = names.map(str::to_owned).collect();
                Some(assignment::grantable(transaction, actor, &names, &[]).await?)
            }
            // A later approval must not assign the roles again that were chosen for this one.
            Decision::Reopen => {
                let user = [BuiltinRole::User];
                let user = db::roles::list_builtin(&mut **transaction, &user).await?;
                Some(db::roles::find(&mut **transaction, &user).await?)
            }
            Decision::Approve | Decision::Reject | Decision::Restore => None,
        };
        Ok(Self {
            decision,
            note: checked.note.as_deref(),
            roles,
            retention: services.settings.delete_retention,
        })
    }

    /// Returns the time until which the registrations can be restored, if the decision rejects them.
    pub(super) fn restorable_until(&self, services: &Services) -> Option<OffsetDateTime> {
        let is_restorable = self.decision == Decision::Reject && !self.retention.is_zero();
        is_restorable.then(|| (services.clock)() + self.retention)
    }

    /// Applies the decision to a locked account. The caller has checked the state and the policy.
    pub(super) async fn apply(
        &self,
        transaction: &mut db::Transaction,
        actor: &Actor,
        account: &Account,
    ) -> Result<Audited, Error> {
        let mut changes = Changes::default();
        let (pending, active) = (Status::Pending.as_str(), Status::Active.as_str());
        if let Some(roles) = &self.roles {
            assignment::replace(transaction, actor, account, roles, &mut changes).await?;
        }
        let action = match self.decision {
            Decision::Approve => {
                db::registrations::set_approved(transaction, account.id).await?;
                changes.note("status", pending, active);
                Action::RegistrationApproved
            }
            Decision::Reject => {
                self.reject(transaction, actor, account).await?;
                changes.note("deleted", false, true);
                Action::RegistrationRejected
            }
            Decision::Reopen => {
                db::registrations::set_pending(transaction, account.id).await?;
                changes.note("status", active, pending);
                Action::RegistrationReopened
            }
            Decision::Restore => {
                let lost = set_restored(transaction, account.id).await?;
                changes.note("deleted", true, false);
                note_lost(&mut changes, &lost);
                Action::RegistrationRestored
            }
        };
        let change = Change {
            action,
            user: (account.id, &account.username),
            changes,
            reason: self.note,
        };
        audit::write(transaction, actor, change).await
    }

    /// Deletes the account, permanently where deleted users are not retained.
    async fn reject(
        &self,
        transaction: &mut db::Transaction,
        actor: &Actor,
        account: &Account,
    ) -> Result<(), Error> {
        set_deleted(transaction, account.id, actor.id(), self.retention).await?;
        links::revoke_unused_of(transaction, Kind::PasswordReset, account.id).await?;
        if self.retention.is_zero() {
            let counts = db::owned::count(&mut **transaction, account.id).await?;
            db::purge::queue(transaction, account.id, counts.total()).await?;
        }
        Ok(())
    }
}
