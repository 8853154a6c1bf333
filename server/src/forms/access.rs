//! Forms on the screens of roles.

use app::api::roles::{CreateRole, DeleteRole, EditRole};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/roles/new", || post(send::<CreateRole>)),
    ("/roles/{id}/clone", || post(send::<CreateRole>)),
    ("/roles/{id}/edit", || post(send::<EditRole>)),
    ("/roles/{id}/delete", || post(send::<DeleteRole>)),
];
