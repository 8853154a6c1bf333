//! Tab with the members of a group.

use domain::{
    groups::MemberListParams,
    list::{Listed, PageParams, SearchParams},
    problem::{Code, Problem},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{
    SearchForm,
    member_row::{COLUMNS, ListedMember},
    page::{OpenedGroup, may_change_members, with_group},
};
use crate::{
    api::{
        groups::{
            GroupView,
            members::{ListGroupMembers, MemberView, RunMemberOperation},
        },
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        form::{self, FormState},
        icon::Icon,
        list::{
            column::{cells, visible},
            data_table::{self, DataTable},
        },
        loaded::{Loaded, both, transition},
        loading::Loading,
        notice::ProblemNotice,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_list_params},
        state::{ListErrorNotice, ListState, LoadingNotice},
    },
    links::over,
    text,
};

/// Members of the page, shared with the dialogs above it.
pub(super) type LoadedMembers = Loaded<Listed<MemberView>>;

/// Renders the tab. The whole state of the list is in the URL.
#[component]
pub fn GroupMembers() -> impl IntoView {
    let opened = OpenedGroup::current();
    let params = use_list_params::<MemberListParams>();
    let loading = Loading::new();
    let request = checked(move || params.get(), MemberListParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        let group = opened.id.get_value();
        ReadRequest::of(ListGroupMembers { group, params })
    });
    provide_context::<LoadedMembers>(list);
    let doing = form::send::<RunMemberOperation>(&opened.path());
    let drawn = move || {
        let (group, list) = both(opened.group, list)?;
        let params = params.get_untracked();
        Some(match (group, list) {
            // The header of the page shows the error.
            (Err(_), _) => ().into_any(),
            (Ok(group), Ok(list)) => shown(group, params, list, doing),
            (Ok(_), Err(error)) => failed(&opened.path(), &params, error.0),
        })
    };
    let search = Signal::derive(move || {
        let MemberListParams { q, limit, .. } = params.get();
        SearchParams {
            q,
            limit,
            ..SearchParams::default()
        }
    });
    view! {
        {with_group(move |_| view! { <SearchForm path=opened.path() params=search /> })}
        {list_of_tab(text::groups::members(), (loading, doing), Box::new(drawn))}
        <Outlet />
    }
}

/// Renders the list of a tab, below the problem of a change in it.
pub(super) fn list_of_tab(
    label: &'static str,
    (loading, doing): (Loading, FormState),
    drawn: Box<dyn Fn() -> Option<AnyView> + Send + Sync>,
) -> AnyView {
    let problem = move || {
        doing.problem.get().map(|problem| {
            view! {
                <div class="pane-actions">
                    <ProblemNotice problem=problem autofocus=true />
                </div>
            }
        })
    };
    view! {
        {problem}
        <section class="list" aria-label=label aria-busy=move || loading.is_busy().to_string()>
            {transition(LoadingNotice.into(), drawn)}
        </section>
    }
    .into_any()
}

/// Renders the error of loading the list of a tab.
pub(super) fn failed(path: &str, params: &impl PageParams, problem: Problem) -> AnyView {
    // The header of the page shows that the group does not exist.
    if problem.error == Code::NotFound {
        return ().into_any();
    }
    view! {
        <ListErrorNotice
            title=text::actions::list_failed()
            problem=problem
            again=over(path, params)
            all=path.to_owned()
            label=text::actions::first_page()
        />
    }
    .into_any()
}

/// Renders the rows, or the empty state.
fn shown(
    group: GroupView,
    params: MemberListParams,
    list: Listed<MemberView>,
    doing: FormState,
) -> AnyView {
    let Listed { page, now } = list;
    let path = OpenedGroup::current().path();
    if page.rows.is_empty() {
        return nothing(&group, &params, &path);
    }
    let pages = Pages::of(&params, &page, |params| over(&path, params));
    let columns = visible(&COLUMNS, may_change_members(&group));
    let rows = page
        .rows
        .into_iter()
        .map(|MemberView { member, can_reset }| {
            let listed = ListedMember {
                member,
                can_reset,
                now,
                group: group.clone(),
                params: params.clone(),
                doing,
            };
            data_table::row(listed.member.id, cells(columns, &listed))
        });
    let rows = rows.collect();
    let table = DataTable::records(text::groups::members(), columns).with_rows(rows);
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the empty state: no members match the search, or there are no members.
fn nothing(group: &GroupView, params: &MemberListParams, path: &str) -> AnyView {
    let is_search = params.q.as_deref().is_some_and(|q| !q.trim().is_empty());
    let (icon, title) = if is_search {
        (Icon::Search, text::groups::no_member_match())
    } else {
        (Icon::Users, text::groups::no_members())
    };
    let (href, label) = if is_search {
        (path.to_owned(), text::groups::show_members())
    } else {
        (format!("{path}/add"), text::groups::add())
    };
    let way = (is_search || may_change_members(group)).then(|| {
        view! {
            <div class="state-actions">
                <a class="button button-primary" href=href data-noscroll>
                    {label}
                </a>
            </div>
        }
    });
    view! { <ListState icon=icon title=title>{way}</ListState> }.into_any()
}
