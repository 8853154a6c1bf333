//! User of the page, and data of that user for tabs and dialogs.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    api::{error::ApiError, listed::check_params, read::ReadRequest, user::UserView},
    components::{
        form::FormState,
        loaded::Loaded,
        parameters::{NONE, checked},
    },
};

/// User of the page, shared by its tabs and dialogs.
#[derive(Clone, Copy)]
pub(super) struct OpenedUser {
    pub(super) user_view: Loaded<UserView>,
    /// Form of the buttons that need no dialog.
    pub(super) doing: FormState,
}

impl OpenedUser {
    pub(super) fn current() -> Self {
        expect_context()
    }

    /// Loads data by the id of the user, again whenever `params` change.
    pub(super) fn load<P: 'static, T: DeserializeOwned + 'static>(
        self,
        params: impl Fn() -> Result<P, ApiError> + Send + Sync + 'static,
        request: impl Fn(P, Uuid) -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
    ) -> Loaded<T> {
        Loaded::after(self.user_view, params, move |params, user_view| {
            request(params, user_view.user.summary.id.0)
        })
    }

    /// Loads data by the id of the user for a tab whose URL has no parameters.
    pub(super) fn load_tab<T: DeserializeOwned + 'static>(
        self,
        request: impl Fn(Uuid) -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
    ) -> Loaded<T> {
        let params = checked(|| (), &[], NONE);
        self.load(
            move || check_params(params.get()),
            move |(), id| request(id),
        )
    }
}
