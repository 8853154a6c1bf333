//! Forms on the screens about groups.

use app::api::groups::{
    CreateGroup, DeleteGroup, EditGroup,
    features::SaveGroupFeatures,
    links::{CreateMemberLink, InviteIntoGroup},
    members::{AddGroupMembers, RunMemberOperation},
    resources::RunGrantOperation,
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/groups/new", || post(send::<CreateGroup>)),
    ("/groups/{group}", || post(send::<RunMemberOperation>)),
    ("/groups/{group}/edit", || post(send::<EditGroup>)),
    ("/groups/{group}/delete", || post(send::<DeleteGroup>)),
    ("/groups/{group}/add", || post(send::<AddGroupMembers>)),
    ("/groups/{group}/invite", || post(send::<InviteIntoGroup>)),
    ("/groups/{group}/members/{id}/reset", || {
        post(send::<CreateMemberLink>)
    }),
    ("/groups/{group}/features", || {
        post(send::<SaveGroupFeatures>)
    }),
    ("/groups/{group}/resources", || {
        post(send::<RunGrantOperation>)
    }),
];
