//! Forms on the screens of limits.

use app::api::limits::{
    DeleteLimit, SaveLimit, balances::ChangeBalance, bulk::SetUserLimits, bulk_reset::ResetUsage,
    shared::ChangeSharedBalance,
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/limits/new", || post(send::<SaveLimit>)),
    ("/limits/{id}/edit", || post(send::<SaveLimit>)),
    ("/limits/{id}/delete", || post(send::<DeleteLimit>)),
    ("/limits/{id}/top-up", || post(send::<ChangeSharedBalance>)),
    ("/limits/{id}/reset", || post(send::<ChangeSharedBalance>)),
    ("/users/bulk/limit", || post(send::<SetUserLimits>)),
    ("/users/bulk/reset-usage", || post(send::<ResetUsage>)),
    ("/users/{user}/limits/{metric}/set", || {
        post(send::<SaveLimit>)
    }),
    ("/users/{user}/limits/{id}/top-up", || {
        post(send::<ChangeBalance>)
    }),
    ("/users/{user}/limits/{id}/adjust", || {
        post(send::<ChangeBalance>)
    }),
    ("/users/{user}/limits/{id}/reset", || {
        post(send::<ChangeBalance>)
    }),
];
