//! Actions on a user at the end of the row. They are links and forms, which work without scripts.

use domain::users::{Status, UserSummary};
use leptos::prelude::*;

use crate::{
    api::{user::path, user_actions::UserOperation},
    components::{
        icon::{Glyph, Icon},
        page_user::PageUser,
    },
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
    let more = format!("More actions for {name}");
    let icon = |word: &str, label: String, icon: Icon| {
        view! {
            <a class="icon-button" href=format!("{page}/{word}") aria-label=label.clone() title=label>
                <Glyph icon=icon />
            </a>
        }
    };
    let link = |word: &str, label: &'static str| {
        view! {
            <a class="menu-item" href=format!("{page}/{word}")>
                {label}
            </a>
        }
    };
    let item = |operation: UserOperation, label: &'static str| {
        let button = view! { <button class="menu-item">{label}</button> };
        action_form(&user, list.clone(), operation, button.into_any())
    };
    let suspended = user.status == Status::Suspended;
    view! {
        <td class="cell-actions">
            <div class="row-actions">
                {icon("edit", format!("Edit {name}"), Icon::Pencil)}
                {icon("delete", format!("Delete {name}"), Icon::Bin)}
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
                    {link("reset", "Create reset link")}
                    {(!suspended).then(|| link("suspend", "Suspend"))}
                    {link("sign-out", "Sign out everywhere")}
                    {suspended.then(|| item(UserOperation::Unsuspend, "Unsuspend"))}
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
    let label = format!("Restore {}", user.username);
    let button = view! {
        <button class="button" aria-label=label>
            "Restore"
        </button>
    };
    view! {
        <td class="cell-actions">
            <div class="row-actions">
                {action_form(&user, list, UserOperation::Restore, button.into_any())}
            </div>
        </td>
    }
}

/// Renders a form that executes an action immediately. If it is denied, the user's page shows the reason.
fn action_form(
    user: &UserSummary,
    list: String,
    operation: UserOperation,
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
