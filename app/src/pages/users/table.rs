//! Table of users, with its loading state.

use domain::{
    list::PageParams,
    users::list::{ListParams, SortKey},
};
use leptos::prelude::*;

use super::{
    bulk,
    deleted::{self, DeletedTable},
    empty::NoUsers,
    menu::{self, Menu, RowMenu},
    rows::{ListedUser, available, row, show_whole},
};
use crate::{
    api::users::{UserList, UserRows, row::UserRow},
    components::{
        list::{
            chooser::chosen,
            column::{Column, Heading, SortLink, sortable},
            data_table::DataTable,
        },
        pager::{Pager, Pages},
        rows::KeyedRow,
        selection::{SelectAllCell, Selection, SelectionBar},
    },
    links::users as links,
    text,
};

/// Renders the rows, or the empty state.
#[component]
pub fn UserTable(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
    /// Page of users from the server.
    list: UserList,
) -> impl IntoView {
    let now = list.now;
    let shown = params.get_untracked();
    let page = match list.page {
        UserRows::List(page) => page,
        UserRows::Deleted(page) => {
            return view! { <DeletedTable params=shown page=page now=now /> }.into_any();
        }
    };
    if page.users.rows.is_empty() {
        return view! { <NoUsers params=shown deleted=list.deleted /> }.into_any();
    }
    let pages = Pages::of(&shown, &page.users, links::href);
    let pager = view! { <Pager pages=pages /> };
    let selection = Selection::current();
    let users: Vec<_> = page.users.rows.iter().map(UserRow::selected).collect();
    let bar = selection.map(|selection| {
        let state = shown.pairs().into_iter();
        let state = state
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        view! {
            <SelectionBar
                selection=selection
                page=users.clone()
                list="/users"
                state=state
                actions=bulk::of_list()
            />
        }
    });
    let select_all = selection
        .map(|selection| view! { <SelectAllCell selection=selection page=users /> }.into_any());
    let menu = RowMenu::current().map(|menu| {
        let named = menu.named(&page.users.rows);
        view! { <Menu menu=menu named=named params=shown.clone() /> }
    });
    let columns = columns(&shown);
    let rows: Vec<KeyedRow> = page
        .users
        .rows
        .into_iter()
        .map(|user| row(&ListedUser { user, now }, &columns))
        .collect();
    let body = view! {
        <tbody
            on:pointerover=move |event| show_whole(&event)
            on:contextmenu=move |event| menu::open_at(&event)
        >
            {rows}
        </tbody>
    }
    .into_any();
    let table = table(&shown, &columns, select_all).with_body(body);
    view! { {table} {menu} {bar} {pager} }.into_any()
}

/// Returns the columns that the user sees.
fn columns(params: &ListParams) -> Vec<Column<ListedUser, SortKey>> {
    // The default order needs no column that shows it.
    let sorted = params
        .sort
        .is_some()
        .then(|| links::current_sort(params).key);
    let (columns, names) = available();
    chosen(&columns, &names, sorted)
}

/// Returns the table of the list without its rows.
fn table(
    params: &ListParams,
    columns: &[Column<ListedUser, SortKey>],
    select_all: Option<AnyView>,
) -> DataTable {
    let sort = links::current_sort(params);
    let link = |key: SortKey| SortLink {
        href: links::sorted(params, key),
        descending: (sort.key == key).then_some(sort.descending),
    };
    let mut headings = sortable(columns, &link);
    headings.extend(RowMenu::current().is_some().then(Heading::of_actions));
    DataTable {
        class: "table users-table",
        caption: text::users::title(),
        headings,
        select_all,
    }
}

/// Renders placeholder rows of the final height while the list is loading.
pub(super) fn skeleton(params: Memo<ListParams>) -> AnyView {
    let params = params.get_untracked();
    if links::is_of_deleted(&params) {
        return deleted::table().skeleton();
    }
    let select_all =
        Selection::current().map(|_| view! { <td class="cell-select"></td> }.into_any());
    table(&params, &columns(&params), select_all).skeleton()
}
