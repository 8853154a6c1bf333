//! Actions on a user at the end of the row. They are links and forms, which work without scripts.

use domain::users::{Status, UserSummary, action::UserAction};
use leptos::prelude::*;

use crate::{
    api::user::path,
    components::{
        form::PageUser,
        icon::{Glyph, Icon},
    },
    labels::user_action,
    text,
};

/// Renders edit and delete as icons, and the other actions in a menu.
#[component]
pub fn RowActions(
    /// User of the row.
    user: UserSummary,
    /// URL of the list, to return to.
    list: String,
) -> impl IntoView {
    let (page, name) = (path(&user), &user.username);
    let menu = format!("menu-{}", user.id);
    let more = text::users::more(name);
    let href = |action: UserAction| format!("{page}/{}", action.as_str());
    let icon = |action: UserAction, icon: Icon, label: String| {
        let href = href(action);
        view! {
            <a class="icon-button" href=href aria-label=label.clone() title=label>
                <Glyph icon=icon />
            </a>
        }
    };
    let link = |action: UserAction| {
        view! {
            <a class="menu-item" href=href(action)>
                {user_action(action)}
            </a>
        }
    };
    let item = |operation: UserAction| {
        let button = view! { <button class="menu-item">{user_action(operation)}</button> };
        action_form(&user, list.clone(), operation, button.into_any())
    };
    let suspended = user.status == Status::Suspended;
    view! {
        <td class="cell-actions">
            <div class="row-actions">
                {icon(UserAction::Edit, Icon::Pencil, text::users::edit(name))}
                {icon(UserAction::Delete, Icon::Bin, text::users::delete(name))}
                <button
                    class="icon-button"
                    popovertarget=menu.clone()
                    aria-haspopup="true"
                    aria-label=more.clone()
                    title=more
                >
                    <Glyph icon=Icon::More />
                </button>
                <div class="menu row-menu" id=menu popover>
                    {link(UserAction::Reset)}
                    {(!suspended).then(|| link(UserAction::Suspend))}
                    {link(UserAction::RevokeSessions)}
                    {suspended.then(|| item(UserAction::Unsuspend))}
                </div>
            </div>
        </td>
    }
}

/// Renders the button that restores a deleted user.
#[component]
pub fn DeletedActions(
    /// User of the row.
    user: UserSummary,
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
        <td class="cell-actions">
            <div class="row-actions">
                {action_form(&user, list, restore, button.into_any())}
            </div>
        </td>
    }
}

/// Renders a form that executes an action immediately. If it is denied, the user's page shows the reason.
fn action_form(
    user: &UserSummary,
    list: String,
    operation: UserAction,
    button: AnyView,
) -> impl IntoView + use<> {
    view! {
        <form method="post" action=path(user)>
            <PageUser />
            <input type="hidden" name="page" value=list />
            <input type="hidden" name="id" value=user.id.to_string() />
            <input type="hidden" name="username" value=user.username.clone() />
            <input type="hidden" name="operation" value=operation.as_str() />
            {button}
        </form>
    }
}
