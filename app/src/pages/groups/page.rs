//! Page of a group: the header, and below it a tab.

use domain::{
    limits::LimitSubject,
    permission::Permission,
    problem::{Code, Problem},
};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

use super::may_write;
use crate::{
    api::{
        groups::{FindGroup, GROUPS, GroupView, path_of},
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        frame::show_name,
        icon::Icon,
        loaded::Loaded,
        rows::keyed_by,
        state::{ListState, LoadErrorNotice, LoadingNotice},
        tab::with,
        tabs::Tabs,
        time::Ago,
        title::PageTitle,
    },
    context::PageContext,
    links::limits,
    text,
};

/// Tabs: path segment, name and required permission; `None` for those that managers can open, too.
const TABS: &[(&str, text::Label, Option<Permission>)] = &[
    ("", text::groups::members, None),
    (
        "features",
        text::groups::features,
        Some(Permission::FeaturesRead),
    ),
    (
        "resources",
        text::groups::resources,
        Some(Permission::ResourcesRead),
    ),
    (
        "activity",
        text::groups::activity,
        Some(Permission::AuditRead),
    ),
];

/// Group of the page, shared by its tabs and dialogs.
#[derive(Clone, Copy)]
pub(super) struct OpenedGroup {
    /// The id, from the URL.
    pub(super) id: StoredValue<String>,
    /// The loaded group.
    pub(super) group: Loaded<GroupView>,
}

impl OpenedGroup {
    /// Returns the group of the current page.
    pub(super) fn current() -> Self {
        expect_context()
    }

    /// Returns the path of the page.
    pub(super) fn path(self) -> String {
        self.id.with_value(|id| format!("{GROUPS}/{id}"))
    }
}

/// Returns whether the viewer can change the members of a group: by the permission, or as its manager.
pub(super) fn may_change_members(group: &GroupView) -> bool {
    group.is_managed || may_write()
}

/// Returns the path of a dialog of a group and of the page behind it.
pub(super) fn route(group: &GroupView, word: &str) -> DialogRoute {
    let back = path_of(group.id);
    DialogRoute {
        path: format!("{back}/{word}"),
        back,
    }
}

/// Renders with the loaded group. If loading fails, the header shows the error.
pub(super) fn with_group<V: IntoView + 'static>(
    draw: impl Fn(GroupView) -> V + Clone + Send + Sync + 'static,
) -> AnyView {
    with(OpenedGroup::current().group, draw)
}

/// Renders the page of a group. The URL of another group renders a new page.
#[component]
pub fn GroupPage() -> impl IntoView {
    keyed_by("group", |id| view! { <PageOf id=id /> }.into_any())
}

#[component]
fn PageOf(
    /// The id, from the URL.
    id: String,
) -> impl IntoView {
    let requested = id.clone();
    let group = Loaded::new(move || {
        let group = requested.clone();
        ReadRequest::of(FindGroup { group })
    });
    let id = StoredValue::new(id);
    provide_context(OpenedGroup { id, group });
    let head = group.draw(LoadingNotice, |group| match group {
        Ok(group) => view! { <Head group=group /> }.into_any(),
        Err(problem) => view! { <Failed problem=problem /> }.into_any(),
    });
    view! {
        {head}
        <Outlet />
    }
}

/// Renders the header.
#[component]
fn Head(group: GroupView) -> impl IntoView {
    show_name(group.id, &group.name);
    let page = path_of(group.id);
    let (created, now) = (group.created_at, group.now);
    let [before, after] = text::groups::created_around(group.members);
    view! {
        <PageTitle text=group.name.clone() />
        <header class="page-head user-head">
            <div class="user-text">
                <h1>
                    <bdi>{group.name.clone()}</bdi>
                </h1>
                <p class="handle">{before} <Ago at=created now=now /> {after}</p>
            </div>
            <Actions group=group.clone() />
        </header>
        {(!group.description.is_empty())
            .then(|| {
                view! {
                    <p class="pane-actions" dir="auto">
                        {group.description}
                    </p>
                }
            })}
        <Tabs page=page label=text::groups::details() tabs=tabs() current=current_tab() />
    }
}

/// Renders the links to the dialogs that the viewer can use.
#[component]
fn Actions(group: GroupView) -> impl IntoView {
    let page = path_of(group.id);
    let context = expect_context::<PageContext>();
    let may_invite =
        group.is_managed || (may_write() && context.may(Permission::RegistrationsWrite));
    let links = [
        (may_change_members(&group), "add", text::groups::add()),
        (may_invite, "invite", text::groups::invite()),
        (may_write(), "edit", text::groups::edit()),
        (may_write(), "delete", text::groups::delete()),
    ];
    let links = links.into_iter().filter(|(may, ..)| *may);
    let links = links.map(|(_, word, label)| {
        view! {
            <a class="button" href=format!("{page}/{word}") data-noscroll>
                {label}
            </a>
        }
    });
    let limits = context.may(Permission::LimitsRead).then(|| {
        view! {
            <a class="button" href=limits::of_subject(LimitSubject::Group(group.id))>
                {text::limits::title()}
            </a>
        }
    });
    view! { <div class="actions">{links.collect_view()} {limits}</div> }
}

/// Returns the tabs that the viewer can open.
fn tabs() -> Vec<(&'static str, &'static str)> {
    let context = expect_context::<PageContext>();
    let can_open = |permission: Option<Permission>| permission.is_none_or(|it| context.may(it));
    let tabs = TABS
        .iter()
        .filter(|(_, _, permission)| can_open(*permission));
    tabs.map(|(end, name, _)| (*end, name())).collect()
}

/// Returns the path segment of the current tab. Dialogs are above the first tab.
fn current_tab() -> Memo<&'static str> {
    let here = use_location().pathname;
    Memo::new(move |_| {
        let here = here.get();
        let tab = here.split('/').nth(3).unwrap_or_default();
        let known = TABS.iter().find(|(end, ..)| *end == tab);
        known.map_or("", |(end, ..)| end)
    })
}

/// Renders the error of loading the group.
#[component]
fn Failed(problem: Problem) -> impl IntoView {
    let is_missing = problem.error == Code::NotFound;
    let title = if is_missing {
        text::groups::missing()
    } else {
        text::groups::page_failed()
    };
    let state = if is_missing {
        view! {
            <ListState icon=Icon::Alert title=title failure=true>
                <p class="state-text">{text::groups::missing_hint()}</p>
                <a class="button button-primary" href=GROUPS>
                    {text::groups::show_all()}
                </a>
            </ListState>
        }
        .into_any()
    } else {
        view! { <LoadErrorNotice title=title problem=problem /> }.into_any()
    };
    view! {
        <PageTitle text=title />
        <h1 class="visually-hidden">{text::groups::group()}</h1>
        {state}
    }
}
