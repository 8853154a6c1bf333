//! Properties of an action on a user, as the table of the actions states them.

use super::UserAction;
use crate::message::Message;

/// Dialog of an action.
#[derive(Clone, Copy)]
pub(super) enum Dialog {
    /// A button without a dialog.
    None,
    /// A question without fields.
    Confirmation,
    /// A dialog with fields, of this action or of another one.
    Form,
}

/// Policy of an action on the actor's own account.
#[derive(Clone, Copy)]
pub(super) enum OnSelf {
    /// The action is permitted.
    Permitted,
    /// The action is denied, with a message that says what to do instead.
    Denied(fn() -> Message),
}

/// Properties of an action.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) is_bulk: bool,
    pub(super) dialog: Dialog,
    pub(super) undone_by: Option<UserAction>,
    pub(super) can_remove_admin: bool,
    pub(super) on_self: OnSelf,
}

impl Row {
    /// Returns the row of an action on one user that has a dialog and cannot be undone.
    pub(super) const fn new(name: &'static str, on_self: OnSelf) -> Self {
        Self {
            name,
            is_bulk: false,
            dialog: Dialog::Form,
            undone_by: None,
            can_remove_admin: false,
            on_self,
        }
    }

    /// Marks an action that also applies to several users at once.
    pub(super) const fn bulk(self) -> Self {
        Self {
            is_bulk: true,
            ..self
        }
    }

    /// Marks an action without a dialog.
    pub(super) const fn immediate(self) -> Self {
        Self {
            dialog: Dialog::None,
            ..self
        }
    }

    /// Marks an action whose dialog has no fields and only asks for confirmation.
    pub(super) const fn confirmed(self) -> Self {
        Self {
            dialog: Dialog::Confirmation,
            ..self
        }
    }

    /// Adds the action that undoes this one.
    pub(super) const fn undone_by(self, action: UserAction) -> Self {
        Self {
            undone_by: Some(action),
            ..self
        }
    }

    /// Marks an action that can remove the last administrator.
    pub(super) const fn removes_admin(self) -> Self {
        Self {
            can_remove_admin: true,
            ..self
        }
    }
}
