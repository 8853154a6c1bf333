//! Page "Groups": the list of the groups that the viewer can see. The page of one group is in [`page`].

pub mod activity;
pub mod add;
pub mod boxes;
pub mod delete;
pub mod edit;
pub mod features;
pub mod links;
mod member_row;
pub mod members;
pub mod new;
pub mod page;
pub mod resources;
mod tree;

use domain::{
    groups::{Group, GroupOverview},
    list::{Listed, PageParams, SearchParams},
    permission::Permission,
    stored::StoredObject,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        groups::{GROUPS, ListGroups, path_of},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        exports::export_links,
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            ListScreen,
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, NoMatch},
    },
    context::PageContext,
    format::grouped,
    links::over,
    text,
};

/// Columns in their order.
static COLUMNS: [Column<GroupOverview>; 5] = [
    Column {
        class: "",
        label: text::groups::name,
        sort: None,
        cell: |cell, row| {
            let name = row.group.name.clone();
            let href = path_of(row.group.id);
            cell.header(view! {
                <a href=href>
                    <bdi>{name}</bdi>
                </a>
            })
        },
    },
    Column {
        class: "",
        label: text::groups::description,
        sort: None,
        cell: |cell, row| cell.labelled(row.group.description.clone()),
    },
    Column {
        class: "",
        label: text::groups::members,
        sort: None,
        cell: |cell, row| cell.labelled(grouped(row.group.members)),
    },
    Column {
        class: "",
        label: text::groups::features,
        sort: None,
        cell: |cell, row| cell.labelled(grouped(row.details.features)),
    },
    Column {
        class: "",
        label: text::groups::managers,
        sort: None,
        cell: |cell, row| cell.labelled(managers(row)),
    },
];

/// Lists the managers of a group: the first ones by name, the others as a number.
fn managers(row: &GroupOverview) -> String {
    let details = &row.details;
    let named = u64::try_from(details.managers.len()).unwrap_or(u64::MAX);
    let others = details.manager_count.saturating_sub(named);
    match details.managers.join(", ") {
        none if none.is_empty() => "—".to_owned(),
        names if others == 0 => names,
        names => text::groups::managers_more(others, names),
    }
}

/// Returns whether the viewer can change groups.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::GroupsWrite)
}

/// Returns the group that another user has saved; `None` for an object of another kind.
fn stored_group(object: &StoredObject) -> Option<&Group> {
    match object {
        StoredObject::Group(group) => Some(group),
        _ => None,
    }
}

fn stored_name(object: &StoredObject) -> Option<String> {
    stored_group(object).map(|group| group.name.clone())
}

/// Renders the list of groups. Its whole state is in the URL.
#[component]
pub fn Groups() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| SearchParams::from_pairs(|name| query.read().get(name)));
    let loading = Loading::new();
    let request = checked(move || params.get(), SearchParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListGroups { params })
    });
    // Managers of groups cannot export the list.
    let exports = expect_context::<PageContext>()
        .may(Permission::GroupsRead)
        .then(|| export_links("/api/admin/groups/export", Signal::from(params)));
    let create = may_write().then(|| {
        view! {
            <a class="button button-primary" href=format!("{GROUPS}/new") data-noscroll>
                {text::groups::create()}
            </a>
        }
    });
    let beside = (exports.is_some() || create.is_some())
        .then(|| view! { <div class="toolbar-end">{exports} {create}</div> });
    let hint = if expect_context::<PageContext>().manages_groups {
        text::groups::hint_managed()
    } else {
        text::groups::hint()
    };
    let above = view! {
        <p class="pane-actions muted">{hint}</p>
        <SearchForm path=GROUPS.to_owned() params=Signal::derive(move || params.get()) />
    };
    let screen = ListScreen {
        title: text::groups::title(),
        header: "page-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label: text::groups::title(),
        loading,
        skeleton: (|| table().skeleton()).into(),
    };
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => shown(&params, list),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::groups::load_failed()
                    problem=problem
                    again=over(GROUPS, &params)
                    all=GROUPS.to_owned()
                    label=text::groups::show_all()
                />
            }
            .into_any(),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Renders the form that searches a list by a part of a name.
#[component]
fn SearchForm(
    /// Path of the list.
    path: String,
    /// State of the list, from the URL.
    params: Signal<SearchParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| {
        let params = params.get();
        vec![
            FilterField::new(
                "q",
                &params.q,
                Entry::Typed(text::groups::search(), text::groups::search_example(), None),
            ),
            FilterField::new("limit", &params.limit, Entry::Hidden),
        ]
    });
    let all = path.clone();
    let cleared = Signal::derive(move || {
        let limit = params.get().limit;
        let params = SearchParams {
            limit,
            ..SearchParams::default()
        };
        over(&all, &params)
    });
    view! { <FilterForm label=text::groups::search() path=path fields=fields cleared=cleared /> }
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::groups::title(), &COLUMNS)
}

/// Renders the rows, or the empty state.
fn shown(params: &SearchParams, list: Listed<GroupOverview>) -> AnyView {
    let page = list.page;
    if page.rows.is_empty() {
        return nothing(params);
    }
    let pages = Pages::of(params, &page, |params| over(GROUPS, params));
    let rows = page
        .rows
        .iter()
        .map(|row| data_table::row(row.group.id, cells(&COLUMNS, row)));
    let table = table().with_rows(rows.collect());
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the empty state: no groups match the search, or there are no groups.
fn nothing(params: &SearchParams) -> AnyView {
    let is_search = params.q.as_deref().is_some_and(|q| !q.trim().is_empty());
    if is_search {
        return view! {
            <NoMatch title=text::groups::none_match() href=GROUPS label=text::groups::show_all() />
        }
        .into_any();
    }
    let create = may_write().then(|| {
        view! {
            <div class="state-actions">
                <a class="button button-primary" href=format!("{GROUPS}/new") data-noscroll>
                    {text::groups::create()}
                </a>
            </div>
        }
    });
    view! {
        <ListState icon=Icon::Group title=text::groups::none()>
            <p class="state-text">{text::groups::none_hint()}</p>
            {create}
        </ListState>
    }
    .into_any()
}
