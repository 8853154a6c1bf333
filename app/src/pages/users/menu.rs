//! Menu with the actions of a row. The list has one menu, which shows the user whose button has opened it. Without scripts
//! the button loads the list with the open menu.

pub mod copy;
mod named;
mod pointer;

pub(super) use pointer::open_at;

use domain::{
    list::PageParams,
    users::{Status, UserId, action::UserAction, list::ListParams},
};
use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;

use self::copy::CopyItems;
use super::actions::action_form;
use crate::{
    api::{bulk::SELECTED, user::path_of, users::row::UserRow},
    components::parameters::{PageParameters, Query},
    labels::user_action,
    links::users as links,
    text,
};

/// Query parameter with the username of the user whose menu is open.
const PARAMETER: &str = "menu";
/// Id of the menu.
const ID: &str = "row-menu";
/// Id of the form that loads the list with the open menu, without scripts.
const FORM: &str = "rows";

/// Parameters of the page that do not belong to its list.
pub(super) const PARAMETERS: PageParameters = |_| &[SELECTED, PARAMETER];

/// A user whose actions the menu can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuUser {
    id: UserId,
    username: String,
    display_name: String,
    email: Option<String>,
    is_suspended: bool,
}

impl From<&UserRow> for MenuUser {
    fn from(row: &UserRow) -> Self {
        Self {
            id: row.id,
            username: row.username.clone(),
            display_name: row.display_name.clone(),
            email: row.email.clone(),
            is_suspended: row.status == Status::Suspended,
        }
    }
}

/// State of the menu. It belongs to the page and not to the rows, so that a menu that is open while rows are replaced
/// still acts on the user that it names.
#[derive(Clone, Copy)]
pub struct RowMenu {
    query: Memo<Query>,
    user: RwSignal<Option<MenuUser>>,
    is_open: RwSignal<bool>,
    /// `true` while the menu is the one that the URL names, which no button has opened.
    is_named: RwSignal<bool>,
}

impl RowMenu {
    /// Creates the closed menu of a page with this query.
    pub(super) fn new(query: Memo<Query>) -> Self {
        Self {
            query,
            user: RwSignal::new(None),
            is_open: RwSignal::new(false),
            is_named: RwSignal::new(false),
        }
    }

    /// Returns the menu of the list, if the viewer can change users.
    pub(super) fn current() -> Option<Self> {
        use_context()
    }

    /// Closes the menu when the URL leads to another page of the list.
    pub(super) fn close_on_navigation(self) {
        // A URL that no longer names a menu leads to the same page.
        let list = Memo::new(move |_| self.query.with(|query| query.without(PARAMETER)));
        Effect::new(move |before: Option<()>| {
            // Read, not only tracked: a memo has no dependencies before its first read.
            list.with(|_| ());
            if before.is_some() {
                hide();
                self.user.set(None);
                self.release_name();
            }
        });
    }

    /// Shows a user in the menu, which the click then opens: the button that submits a form without scripts becomes that of
    /// a popover, so the browser places the menu, moves the focus and closes it.
    fn show(self, event: &MouseEvent, user: &MenuUser) {
        let shown = self.user.with_untracked(|shown| {
            let shown = shown.as_ref();
            shown.is_some_and(|shown| shown.id == user.id)
        });
        if !shown {
            // The click opens a closed menu and closes an open one, which is that of another user.
            hide();
        }
        pointer::release();
        self.release_name();
        self.user.set(Some(user.clone()));
        let target = event.target();
        let target = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        if let Some(button) = button {
            drop(button.set_attribute("type", "button"));
            drop(button.set_attribute("popovertarget", ID));
        }
    }

    /// Returns the value of `aria-expanded` of a user's button. Before the first menu opens there is none.
    fn expanded(self, id: UserId) -> Option<&'static str> {
        let is_shown = self
            .user
            .with(|shown| shown.as_ref().map(|shown| shown.id == id))?;
        Some(if is_shown && self.is_open.get() {
            "true"
        } else {
            "false"
        })
    }
}

/// Returns the element of the menu.
fn element() -> Option<web_sys::HtmlElement> {
    let found = document().get_element_by_id(ID)?;
    found.dyn_into().ok()
}

fn is_open(menu: &web_sys::HtmlElement) -> bool {
    menu.matches(":popover-open").unwrap_or_default()
}

/// Closes the menu if it is open.
fn hide() {
    if let Some(menu) = element().filter(is_open) {
        drop(menu.hide_popover());
    }
}

/// Renders the cell with the button that opens the menu for a user.
#[component]
pub fn MenuCell(
    /// Menu of the list.
    menu: RowMenu,
    /// User of the row.
    user: MenuUser,
) -> impl IntoView {
    let id = user.id;
    let username = user.username.clone();
    let label = text::users::more(&username);
    view! {
        <td class="cell-actions">
            <button
                form=FORM
                name=PARAMETER
                value=username
                title=label
                aria-expanded=move || menu.expanded(id)
                on:click=move |event| menu.show(&event, &user)
            ></button>
        </td>
    }
}

/// Renders the menu: closed, or open for the user that the URL names.
#[component]
pub fn Menu(
    /// State of the menu.
    menu: RowMenu,
    /// User whose menu is open, if the URL names one.
    named: Option<MenuUser>,
    /// State of the list.
    params: ListParams,
) -> impl IntoView {
    let list = links::href(&params);
    let state = params
        .pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect_view();
    let is_named = named.is_some();
    menu.is_named.set(is_named);
    menu.release_url(list.clone());
    if is_named {
        menu.user.set(named);
        menu.is_open.set(true);
        named::open();
    }
    let actions = move || {
        let (user, is_named) = (menu.user.get(), menu.is_named.get());
        user.map(|user| view! { <Actions user=user list=list.clone() is_named=is_named /> })
    };
    view! {
        <form id=FORM method="get" action="/users" hidden>
            {state}
        </form>
        <div
            class="menu row-menu"
            class:row-menu-named=move || menu.is_named.get()
            id=ID
            popover=(!is_named).then_some("auto")
            on:toggle=move |_| menu.update()
        >
            {actions}
        </div>
    }
}

/// Renders the user of the menu, and the actions. They are links and a form, which work without scripts.
#[component]
fn Actions(
    /// User of the menu.
    user: MenuUser,
    /// URL of the list, to return to.
    list: String,
    /// `true` if the menu needs a link that closes it.
    is_named: bool,
) -> impl IntoView {
    let MenuUser {
        id,
        username,
        display_name,
        email,
        is_suspended,
    } = user;
    let page = path_of(id, &username);
    let link = |action: UserAction, label: Option<String>| {
        let href = format!("{page}/{}", action.as_str());
        // The first link of a menu from the server, where a keyboard continues.
        let first = is_named && action == UserAction::Edit;
        view! {
            <a class="menu-item" href=href aria-label=label autofocus=first>
                {user_action(action)}
            </a>
        }
    };
    let edit = link(UserAction::Edit, Some(text::users::edit(&username)));
    let delete = link(UserAction::Delete, Some(text::users::delete(&username)));
    let reset = link(UserAction::Reset, None);
    let suspend = (!is_suspended).then(|| link(UserAction::Suspend, None));
    let revoke = link(UserAction::RevokeSessions, None);
    let close = is_named.then(|| {
        // The URL that names the menu does not stay in the history.
        view! {
            <a
                class="menu-item"
                href=list.clone()
                data-noscroll
                prop:replace=true
                on:click=move |_| hide()
            >
                {text::common::close()}
            </a>
        }
    });
    let unsuspend = is_suspended.then(|| {
        let operation = UserAction::Unsuspend;
        let button = view! { <button class="menu-item">{user_action(operation)}</button> };
        action_form(id, username.clone(), list, operation, button.into_any())
    });
    view! {
        <div class="menu-head">
            <div>
                <p class="menu-name">
                    <bdi>{display_name}</bdi>
                </p>
                <p class="menu-note">
                    <bdi>{username}</bdi>
                </p>
            </div>
        </div>
        {edit}
        {reset}
        {suspend}
        {revoke}
        <CopyItems page=page email=email />
        {delete}
        {unsuspend}
        {close}
    }
}
