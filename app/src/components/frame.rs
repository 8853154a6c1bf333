//! Layout of the panel: sidebar, top bar and the current page.

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location, location::Url};
use uuid::Uuid;

use super::{
    brand::Brand,
    choice::{CurrentPath, Segmented, Value, choose},
    icon::{Glyph, Icon},
    user_menu::UserMenu,
};
use crate::{context::PageContext, format::grouped, preferences::Preferences, text};

/// Selectable themes, for the top bar and the account preferences.
pub const THEMES: &[Value] = &[
    Value {
        word: "system",
        label: text::frame::theme_system,
        icon: Icon::Monitor,
    },
    Value {
        word: "light",
        label: text::frame::theme_light,
        icon: Icon::Sun,
    },
    Value {
        word: "dark",
        label: text::frame::theme_dark,
        icon: Icon::Moon,
    },
];

/// A link in the sidebar to a screen.
#[derive(Debug, Clone, Copy)]
pub struct SidebarLink {
    /// Path of the screen.
    pub path: &'static str,
    /// Name of the screen in the current language, also in the breadcrumbs.
    pub name: text::Label,
    /// Icon beside the name, and without it in the collapsed sidebar.
    pub icon: Icon,
    /// Permission without which the link is not listed.
    pub permission: Permission,
}

/// Id in the URL of the current page, and the name of its object. Pages load the name after the breadcrumbs are rendered.
#[derive(Clone, Copy)]
struct PageObject(RwSignal<Option<(Uuid, String)>>);

/// Shows the name of the object of a page in the breadcrumbs, after hydration.
pub(crate) fn show_name(id: Uuid, name: &str) {
    let named = (id, name.to_owned());
    let object = use_context::<PageObject>();
    Effect::new(move |_| {
        if let Some(PageObject(object)) = object {
            object.set(Some(named.clone()));
        }
    });
}

/// Renders the layout of the panel around the current page.
#[component]
pub fn Frame(
    /// Links of the sidebar, in order.
    links: Vec<SidebarLink>,
    /// Returns the parameter at the end of a page's path, for the breadcrumbs.
    page_parameter: fn(&str) -> Option<String>,
) -> impl IntoView {
    let principal = expect_context::<PageContext>().principal;
    provide_context(PageObject(RwSignal::new(None)));
    view! {
        <div class="app">
            <a class="skip-link button button-primary" href="#main" rel="external">
                {text::frame::skip()}
            </a>
            <header class="topbar">
                <Crumbs links=links.clone() page_parameter=page_parameter />
                <div class="topbar-actions">
                    <Segmented name="theme" label=text::frame::theme() values=THEMES />
                    {principal.map(|principal| view! { <UserMenu principal=principal /> })}
                </div>
            </header>
            <Rail links=links />
            <main class="main" id="main" tabindex="-1">
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn Crumbs(
    /// Links of the sidebar.
    links: Vec<SidebarLink>,
    /// Returns the parameter at the end of a page's path.
    page_parameter: fn(&str) -> Option<String>,
) -> impl IntoView {
    let path = use_location().pathname;
    let PageObject(object) = expect_context();
    // A manager of groups without other permissions can open the groups only.
    let is_of_panel = PageContext::current()
        .principal
        .is_some_and(|principal| principal.may_open_panel());
    let start = if is_of_panel { "/users" } else { "/groups" };
    let here = move || {
        let path = path.get();
        let link = links.iter().find(|link| is_within(&path, link.path));
        // Other paths below a page belong to dialogs or tabs.
        let inside = page_parameter(&path);
        (link.copied(), inside.map(|inside| Url::unescape(&inside)))
    };
    view! {
        <nav class="crumbs" aria-label=text::frame::breadcrumb()>
            <ol>
                <li>
                    <a href=start>{text::frame::admin_panel()}</a>
                </li>
                {move || match here() {
                    (Some(link), Some(inside)) => {
                        // An object has its name instead of its id, once the name is loaded.
                        let inside = match Uuid::try_parse(&inside) {
                            Ok(id) => object.get().filter(|(of, _)| *of == id).map(|(_, name)| name),
                            Err(_) => Some(inside),
                        };
                        view! {
                            <li>
                                <a href=link.path>{(link.name)()}</a>
                            </li>
                            {inside
                                .map(|inside| {
                                    view! {
                                        <li aria-current="page">
                                            <bdi>{inside}</bdi>
                                        </li>
                                    }
                                })}
                        }
                            .into_any()
                    }
                    (link, _) => {
                        view! { <li aria-current="page">{link.map(|link| (link.name)())}</li> }.into_any()
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

/// Returns whether the sidebar lists a link. Managers of groups see that of the groups without the permission.
fn is_listed(context: &PageContext, link: &SidebarLink) -> bool {
    match link.permission {
        Permission::GroupsRead => context.may_see_groups(),
        permission => context.may(permission),
    }
}

#[component]
fn Rail(
    /// Links, which are rendered if the user has their permissions.
    links: Vec<SidebarLink>,
) -> impl IntoView {
    let path = use_location().pathname;
    let context = expect_context::<PageContext>();
    let pending_registrations = context
        .pending_registrations
        .filter(|pending_registrations| *pending_registrations > 0);
    view! {
        <aside class="rail">
            <Brand />
            <nav class="rail-nav" aria-label=text::frame::main_navigation()>
                <ul>
                    {links
                        .into_iter()
                        .filter(|link| is_listed(&context, link))
                        .map(|link| {
                            let name = (link.name)();
                            let pending_registrations = pending_registrations
                                .filter(|_| link.permission == Permission::RegistrationsRead);
                            view! {
                                <li>
                                    <a
                                        href=link.path
                                        title=name
                                        aria-current=move || is_within(&path.get(), link.path).then_some("page")
                                    >
                                        <Glyph icon=link.icon />
                                        <span>{name}</span>
                                        {pending_registrations
                                            .map(|pending_registrations| {
                                                view! {
                                                    <span class="badge tone-accent">
                                                        {grouped(pending_registrations)}
                                                        <span class="visually-hidden">{format!(" {}", text::frame::pending())}</span>
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
            text::frame::expand_sidebar()
        } else {
            text::frame::collapse_sidebar()
        }
    };
    view! {
        <form class="rail-foot" method="post" action="/preferences">
            <CurrentPath />
            <button
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
                    view! { <Glyph icon=icon /> }
                }}
                <span>
                    {move || if collapsed() { text::frame::expand() } else { text::frame::collapse() }}
                </span>
            </button>
        </form>
    }
}
