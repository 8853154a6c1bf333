//! Menu of the signed-in user.

use domain::access::Principal;
use leptos::prelude::*;

use super::{
    avatar::Avatar,
    icon::{Glyph, Icon},
};
use crate::{context::PageContext, labels, text};

/// Renders the avatar button, and the menu with the links to the panel and the account and the sign-out button.
#[component]
pub fn UserMenu(
    /// The signed-in user.
    principal: Principal,
) -> impl IntoView {
    let role = principal.roles.first().map_or_else(
        || text::frame::no_role().to_owned(),
        |role| labels::role(role),
    );
    let label = text::frame::account_menu(&principal.display_name, &role);
    view! {
        <button class="user-button" popovertarget="user-menu" aria-haspopup="true">
            <span class="visually-hidden">{label}</span>
            <Avatar id=principal.id name=principal.display_name.clone() />
            {principal
                .may_open_panel()
                .then(|| {
                    view! {
                        <span class="user-shield">
                            <Glyph icon=Icon::Shield />
                        </span>
                    }
                })}
            <Glyph icon=Icon::ChevronDown />
        </button>
        <div class="menu user-menu" id="user-menu" popover>
            <div class="menu-head">
                <Avatar id=principal.id name=principal.display_name.clone() size="avatar-40" />
                <div>
                    <p class="menu-name">
                        <bdi>{principal.display_name.clone()}</bdi>
                    </p>
                    <p class="menu-note">
                        <bdi>{principal.username.clone()}</bdi>
                        " · "
                        {role}
                    </p>
                </div>
            </div>
            <ul>
                {principal
                    .may_open_panel()
                    .then(|| view! { <MenuLink href="/users" icon=Icon::Shield label=text::frame::admin_panel() /> })}
                {PageContext::current()
                    .manages_groups
                    .then(|| view! { <MenuLink href="/groups" icon=Icon::Group label=text::groups::title() /> })}
                <MenuLink href="/account" icon=Icon::User label=text::frame::my_account() />
            </ul>
            <form method="post" action="/logout">
                <button class="menu-item">
                    <Glyph icon=Icon::SignOut />
                    {text::frame::sign_out()}
                </button>
            </form>
        </div>
    }
}

#[component]
fn MenuLink(href: &'static str, icon: Icon, label: &'static str) -> impl IntoView {
    view! {
        <li>
            <a class="menu-item" href=href>
                <Glyph icon=icon />
                {label}
            </a>
        </li>
    }
}
