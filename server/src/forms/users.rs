//! Forms on the screens about users.

use app::api::{
    bulk::BulkUsers,
    confirm::Confirm,
    invitations::{Invite, RenewInvitation},
    keys::{AddKey, EditKey, SetKeyActive},
    registrations::DecideRegistrations,
    sessions::RevokeSessions,
    user_actions::{
        CreateResetLink, CreateUser, DeleteUser, EditUser, ReassignData,
        reversible::{RunUserOperation, SuspendUser},
    },
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/users/new", || post(send::<CreateUser>)),
    ("/users/bulk/{action}", || post(send::<BulkUsers>)),
    ("/users/{user}", || post(send::<RunUserOperation>)),
    ("/users/{user}/edit", || post(send::<EditUser>)),
    ("/users/{user}/suspend", || post(send::<SuspendUser>)),
    ("/users/{user}/delete", || post(send::<DeleteUser>)),
    ("/users/{user}/reset", || post(send::<CreateResetLink>)),
    ("/users/{user}/reassign", || post(send::<ReassignData>)),
    ("/users/{user}/sign-out", || post(send::<Confirm>)),
    ("/users/{user}/revoke-links", || post(send::<Confirm>)),
    ("/users/{user}/sessions/{id}/revoke", || {
        post(send::<Confirm>)
    }),
    ("/users/{user}/keys/{id}/revoke", || post(send::<Confirm>)),
    ("/users/{user}/keys/tokens/{id}/revoke", || {
        post(send::<Confirm>)
    }),
    ("/keys", || post(send::<SetKeyActive>)),
    ("/keys/new", || post(send::<AddKey>)),
    ("/keys/{id}/edit", || post(send::<EditKey>)),
    ("/keys/{id}/delete", || post(send::<Confirm>)),
    ("/sessions/revoke", || post(send::<RevokeSessions>)),
    ("/sessions/{id}/revoke", || post(send::<Confirm>)),
    ("/tokens/{id}/revoke", || post(send::<Confirm>)),
    ("/settings/jobs/{id}/retry", || post(send::<Confirm>)),
    ("/registrations/approve", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/reject", || {
        post(send::<DecideRegistrations>)
    }),
    ("/registrations/invitations/new", || post(send::<Invite>)),
    ("/registrations/invitations/{id}/resend", || {
        post(send::<RenewInvitation>)
    }),
    ("/registrations/invitations/{id}/revoke", || {
        post(send::<Confirm>)
    }),
];
