//! Layout of the panel: sidebar, top bar and the current page.

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location, location::Url};

use super::{
    brand::Brand,
    choice::{CurrentPath, Segmented, Value, choose},
    icon::{Glyph, Icon},
    user_menu::UserMenu,
};
use crate::{
    context::{PageContext, Preferences},
    format::grouped,
};

/// Selectable themes, for the top bar and the account preferences.
pub const THEMES: &[Value] = &[
    Value {
        word: "system",
        label: "System",
        icon: Icon::Monitor,
    },
    Value {
        word: "light",
        label: "Light",
        icon: Icon::Sun,
    },
    Value {
        word: "dark",
        label: "Dark",
        icon: Icon::Moon,
    },
];

/// Pages of the panel for the sidebar: path, name, icon and required permission.
const SCREENS: &[(&str, &str, Icon, Permission)] = &[
    ("/overview", "Overview", Icon::Gauge, Permission::UsersRead),
    ("/users", "Users", Icon::Users, Permission::UsersRead),
    (
        "/sessions",
        "Sessions",
        Icon::Monitor,
        Permission::SessionsRead,
    ),
    (
        "/registrations",
        "Registrations",
        Icon::User,
        Permission::RegistrationsRead,
    ),
    ("/keys", "API keys", Icon::Key, Permission::ApiKeysRead),
    (
        "/tokens",
        "Access tokens",
        Icon::Shield,
        Permission::TokensRead,
    ),
    ("/audit", "Audit log", Icon::Record, Permission::AuditRead),
    (
        "/settings",
        "Settings",
        Icon::Sliders,
        Permission::AuditRead,
    ),
];

/// Renders the layout of the panel around the current page.
#[component]
pub fn Frame() -> impl IntoView {
    let principal = expect_context::<PageContext>().principal;
    view! {
        <div class="app">
            <a class="skip-link button button-primary" href="#main" rel="external">
                "Skip to content"
            </a>
            <header class="topbar">
                <Crumbs />
                <div class="topbar-actions">
                    <Segmented name="theme" label="Theme" values=THEMES />
                    {principal.map(|principal| view! { <UserMenu principal=principal /> })}
                </div>
            </header>
            <Rail />
            <main class="main" id="main" tabindex="-1">
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn Crumbs() -> impl IntoView {
    let path = use_location().pathname;
    let here = move || {
        let path = path.get();
        let screen = SCREENS.iter().find(|(screen, ..)| is_within(&path, screen));
        // Only users have pages of their own; other paths below a page belong to dialogs or tabs.
        let inside = path.strip_prefix("/users/");
        let inside = inside.and_then(|rest| rest.split('/').next());
        (
            screen.copied(),
            inside
                .filter(|rest| !["", "new", "bulk"].contains(rest))
                .map(Url::unescape),
        )
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li>
                    <a href="/users">"Admin Panel"</a>
                </li>
                {move || match here() {
                    (Some((screen, name, ..)), Some(inside)) => {
                        view! {
                            <li>
                                <a href=screen>{name}</a>
                            </li>
                            <li aria-current="page">{inside}</li>
                        }
                            .into_any()
                    }
                    (screen, _) => {
                        view! { <li aria-current="page">{screen.map(|(_, name, ..)| name)}</li> }.into_any()
                    }
                }}
            </ol>
        </nav>
    }
}

/// Returns whether a path is that of a page of the panel or lies below it.
fn is_within(path: &str, screen: &str) -> bool {
    path.strip_prefix(screen)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[component]
fn Rail() -> impl IntoView {
    let path = use_location().pathname;
    let context = expect_context::<PageContext>();
    let pending_registrations = context
        .pending_registrations
        .filter(|pending_registrations| *pending_registrations > 0);
    view! {
        <aside class="rail">
            <Brand />
            <nav class="rail-nav" aria-label="Main">
                <ul>
                    {SCREENS
                        .iter()
                        .filter(|(.., permission)| context.may(*permission))
                        .map(|(screen, name, icon, permission)| {
                            let pending_registrations = pending_registrations.filter(|_| *permission == Permission::RegistrationsRead);
                            view! {
                                <li>
                                    <a
                                        class="rail-link"
                                        href=*screen
                                        title=*name
                                        aria-current=move || is_within(&path.get(), screen).then_some("page")
                                    >
                                        <Glyph icon=*icon large=true />
                                        <span class="rail-text">{*name}</span>
                                        {pending_registrations
                                            .map(|pending_registrations| {
                                                view! {
                                                    <span class="badge tone-accent">
                                                        {grouped(pending_registrations)} <span class="visually-hidden">" pending"</span>
                                                    </span>
                                                }
                                            })}
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </nav>
            <RailSwitch />
        </aside>
    }
}

#[component]
fn RailSwitch() -> impl IntoView {
    let preferences = expect_context::<RwSignal<Preferences>>();
    let collapsed = move || preferences.get().collapsed;
    let target = move || if collapsed() { "open" } else { "collapsed" };
    let label = move || {
        if collapsed() {
            "Expand sidebar"
        } else {
            "Collapse sidebar"
        }
    };
    view! {
        <form class="rail-foot" method="post" action="/preferences">
            <CurrentPath />
            <button
                class="rail-link"
                name="rail"
                value=target
                title=label
                on:click=move |event| {
                    event.prevent_default();
                    choose(preferences, "rail", target());
                }
            >
                {move || {
                    let icon = if collapsed() { Icon::PanelExpand } else { Icon::PanelCollapse };
                    view! { <Glyph icon=icon large=true /> }
                }}
                <span class="rail-text">{move || if collapsed() { "Expand" } else { "Collapse" }}</span>
            </button>
        </form>
    }
}
