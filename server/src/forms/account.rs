//! Forms on the pages of one's own account.

use app::api::{
    access_tokens::CreateToken,
    account::{ChangePassword, DeleteAccount, EditProfile, SetPreferences},
    keys::{AddKey, EditKey, SetKeyActive},
    virtual_keys::CreateOwnVirtualKey,
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page, except those of the confirmation dialogs.
pub(super) const FORMS: &[FormRoute] = &[
    ("/account", || post(send::<EditProfile>)),
    ("/account/password", || post(send::<ChangePassword>)),
    ("/account/keys", || post(send::<SetKeyActive>)),
    ("/account/keys/new", || post(send::<AddKey>)),
    ("/account/keys/{id}/edit", || post(send::<EditKey>)),
    ("/account/tokens/new", || post(send::<CreateToken>)),
    ("/account/tokens/new-key", || {
        post(send::<CreateOwnVirtualKey>)
    }),
    ("/account/preferences", || post(send::<SetPreferences>)),
    ("/account/delete", || post(send::<DeleteAccount>)),
];
