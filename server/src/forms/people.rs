//! Forms on the screens about users.

use app::api::{
    bulk::DoToSeveral,
    confirm::Confirm,
    invitations::{Invite, RenewInvitation},
    keys::{AddKey, DoToKey, EditKey},
    people::{
        CreateResetLink, CreateUser, DeleteUser, DoToUser, EditUser, ReassignData, SuspendUser,
    },
    registrations::DecideRegistrations,
    sessions::RevokeSessions,
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/users/new", || post(send::<CreateUser>)),
    ("/users/bulk/{action}", || post(send::<DoToSeveral>)),
    ("/users/{user}", || post(send::<DoToUser>)),
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
    ("/keys", || post(send::<DoToKey>)),
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
