//! Tabs of a user's page.

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{context::PageContext, text};

/// Tabs: path segment, name and required permission.
const TABS: &[(&str, text::Label, Permission)] = &[
    ("", text::user::overview, Permission::UsersRead),
    (
        "sessions",
        text::actions::sessions,
        Permission::SessionsRead,
    ),
    ("keys", text::actions::api_keys, Permission::ApiKeysRead),
    ("data", text::user::owned_data, Permission::UsersRead),
    ("access", text::access::title, Permission::AccessRead),
    ("limits", text::limits::title, Permission::LimitsRead),
    ("usage", text::usage::title, Permission::UsageRead),
    ("history", text::user::history, Permission::AuditRead),
];

/// Returns the tabs that the viewer can open.
pub(super) fn tabs() -> Vec<(&'static str, &'static str)> {
    let context = use_context::<PageContext>().unwrap_or_default();
    let can_open = |permission| {
        let principal = context.principal.as_ref();
        principal.is_some_and(|principal| principal.permissions.include(permission))
    };
    let tabs = TABS
        .iter()
        .filter(|(_, _, permission)| can_open(*permission));
    tabs.map(|(end, name, _)| (*end, name())).collect()
}

/// Returns the path segment of the current tab. Dialogs are above the first tab, except the one that transfers data.
pub(super) fn current_tab() -> Memo<&'static str> {
    let here = use_location().pathname;
    // `/users/{name}/{tab}`: taken by position, because a username can equal the name of a tab.
    Memo::new(move |_| {
        let here = here.get();
        let tab = here.split('/').nth(3).unwrap_or_default();
        let tab = if tab == "reassign" { "data" } else { tab };
        let known = TABS.iter().find(|(end, _, _)| *end == tab);
        known.map_or("", |(end, _, _)| end)
    })
}
