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
    list::{Listed, SearchParams, Total},
    permission::Permission,
    stored::StoredObject,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        groups::{GROUPS, ListGroups, path_of},
        read::ReadRequest,
    },
    components::{
        badge::being_deleted,
        exports::{RECORDS, export_links},
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
            row_link::{name_link, new_link},
            url_list::{ListTexts, UrlList, paged},
        },
        state::{ListState, NoMatch},
        tab::with,
    },
    context::PageContext,
    format::grouped,
    links::{export, over},
    text,
};

static TEXTS: ListTexts = ListTexts {
    title: text::groups::title,
    label: text::groups::title,
    load_failed: text::groups::load_failed,
    show_all: text::groups::show_all,
};

/// Columns in their order.
static COLUMNS: [Column<GroupOverview>; 5] = [
    Column::new(text::groups::name, |cell, row| {
        let name = row.group.name.clone();
        let href = path_of(row.group.id);
        let badge = being_deleted(row.details.being_deleted);
        cell.header(view! { {name_link(href, name)} " " {badge} })
    }),
    Column::new(text::groups::description, |cell, row| {
        cell.labelled(description(row))
    }),
    Column::new(text::groups::members, |cell, row| {
        cell.labelled(grouped(row.group.members))
    }),
    Column::new(text::groups::features, |cell, row| {
        cell.labelled(grouped(row.details.features))
    }),
    Column::new(text::groups::managers, |cell, row| {
        cell.labelled(managers(row))
    }),
];

/// Returns the description of a group, or a dash.
fn description(row: &GroupOverview) -> String {
    match row.group.description.as_str() {
        "" => "—".to_owned(),
        description => description.to_owned(),
    }
}

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

fn stored_description(object: &StoredObject) -> Option<String> {
    stored_group(object).map(|group| group.description.clone())
}

/// Renders the list of groups. Its whole state is in the URL.
#[component]
pub fn Groups() -> impl IntoView {
    let list = UrlList::load(GROUPS, &TEXTS, |params| {
        ReadRequest::of(ListGroups { params })
    });
    let params = list.params;
    // Managers of groups cannot export the list.
    let exports = expect_context::<PageContext>()
        .may(Permission::GroupsRead)
        .then(|| {
            with(list.loaded, move |_| {
                let params = params.get_untracked();
                export_links(RECORDS, &|format| {
                    export("/api/admin/groups/export", format, &params)
                })
            })
        });
    let create = may_write().then(|| {
        let href = Signal::stored(format!("{GROUPS}/new"));
        new_link(href, text::groups::create())
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
        <SearchForm path=GROUPS.to_owned() params=Signal::from(params) />
    };
    let screen = list.render(beside.into_any(), above.into_any(), |_| table(), shown);
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
    let row = |row: GroupOverview| data_table::row(row.group.id, cells(&COLUMNS, &row));
    paged(GROUPS, params, list.page, table(), row, nothing)
}

/// Renders the empty state: no groups match the search, or there are no groups.
fn nothing(params: &SearchParams, _: Total) -> AnyView {
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
