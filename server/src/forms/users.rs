//! Forms on the screens about users.

use app::api::{
    bulk::BulkUsers,
    invitations::{Invite, RenewInvitation},
    keys::{AddKey, EditKey, SetKeyActive},
    registrations::{DecideRegistrations, RunRegistrationOperation},
    sessions::RevokeSessions,
    user_access::SetUserGroups,
    user_actions::{
        CreateResetLink, CreateUser, DeleteUser, EditUser, ReassignData,
        reversible::{RunUserOperation, SuspendUser},
    },
    virtual_keys::{CreateVirtualKey, RotateVirtualKey, edit::EditVirtualKey},
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page, except those of the confirmation dialogs.
pub(super) const FORMS: &[FormRoute] = &[
    ("/users/new", || post(send::<CreateUser>)),
    ("/users/bulk/{action}", || post(send::<BulkUsers>)),
    ("/users/{user}", || post(send::<RunUserOperation>)),
    ("/users/{user}/edit", || post(send::<EditUser>)),
    ("/users/{user}/access/groups", || {
        post(send::<SetUserGroups>)
    }),
    ("/users/{user}/suspend", || post(send::<SuspendUser>)),
    ("/users/{user}/delete", || post(send::<DeleteUser>)),
    ("/users/{user}/reset", || post(send::<CreateResetLink>)),
    ("/users/{user}/reassign", || post(send::<ReassignData>)),
    ("/users/{user}/keys/tokens/new", || {
        post(send::<CreateVirtualKey>)
    }),
    ("/users/{user}/keys/tokens/{id}/rotate", || {
        post(send::<RotateVirtualKey>)
    }),
    ("/users/{user}/keys/tokens/{id}/edit", || {
        post(send::<EditVirtualKey>)
    }),
    ("/keys", || post(send::<SetKeyActive>)),
    ("/keys/new", || post(send::<AddKey>)),
    ("/keys/{id}/edit", || post(send::<EditKey>)),
    ("/sessions/revoke", || post(send::<RevokeSessions>)),
    ("/registrations", || post(send::<RunRegistrationOperation>)),
    ("/registrations/approve", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/reject", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/reopen", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/restore", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/invitations/new", || post(send::<Invite>)),
    ("/registrations/invitations/{id}/resend", || {
        post(send::<RenewInvitation>)
    }),
];
