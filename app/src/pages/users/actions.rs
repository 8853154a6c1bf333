//! Actions at the end of a row that are executed immediately. They are forms, which work without scripts.

use domain::users::{UserId, action::UserAction};
use leptos::prelude::*;

use crate::{
    api::{user::path_of, users::row::UserRow},
    components::form::PageUser,
    labels::user_action,
    text,
};

/// Renders the button that restores a deleted user.
#[component]
pub fn DeletedActions(
    /// User of the row.
    user: UserRow,
    /// URL of the list of deleted users, to return to.
    list: String,
) -> impl IntoView {
    let restore = UserAction::Restore;
    let label = text::users::restore(&user.username);
    let button = view! {
        <button class="button" aria-label=label>
            {user_action(restore)}
        </button>
    };
    view! {
        <div class="row-actions">
            {action_form(user.id, user.username, list, restore, button.into_any())}
        </div>
    }
}

/// Renders a form that executes an action immediately. If it is denied, the user's page shows the reason.
pub(super) fn action_form(
    id: UserId,
    username: String,
    list: String,
    operation: UserAction,
    button: AnyView,
) -> impl IntoView {
    let action = path_of(id, &username);
    view! {
        <form method="post" action=action>
            <PageUser />
            <input type="hidden" name="page" value=list />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="username" value=username />
            <input type="hidden" name="operation" value=operation.as_str() />
            {button}
        </form>
    }
}
