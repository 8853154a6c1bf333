//! Table of users, with its loading state.

use domain::{list::PageParams, users::list::ListParams};
use leptos::prelude::*;

use super::{
    bulk,
    deleted::{self, DeletedTable},
    empty::NoUsers,
    menu::{self, Menu, RowMenu},
    rows::{COLUMNS, Row, actions_head, show_whole},
};
use crate::{
    api::users::{UserList, UserRows, row::UserRow},
    components::{
        icon::{Glyph, Icon},
        pager::{Pager, Pages},
        rows::KeyedRow,
        selection::{SelectAllCell, Selection, SelectionBar},
    },
    links::users as links,
    text,
};

/// Number of placeholder rows: enough to fill a usual window.
const SKELETON_ROWS: usize = 20;

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
    let rows = page
        .users
        .rows
        .into_iter()
        .map(|user| KeyedRow::new(user.id, view! { <Row user=user now=now /> }))
        .collect::<Vec<_>>();
    view! {
        <table class="table users-table">
            <caption class="visually-hidden">{text::users::title()}</caption>
            <Head params=shown select_all=select_all />
            <tbody
                on:pointerover=move |event| show_whole(&event)
                on:contextmenu=move |event| menu::open_at(&event)
            >
                {rows}
            </tbody>
        </table>
        {menu}
        {bar}
        {pager}
    }
    .into_any()
}

#[component]
fn Head(params: ListParams, select_all: Option<AnyView>) -> impl IntoView {
    let sort = links::current_sort(&params);
    let actions = select_all.is_some().then(actions_head);
    view! {
        <thead>
            <tr data-sort-by=text::common::sort_by()>
                {select_all}
                {COLUMNS
                    .iter()
                    .map(|column| {
                        let (class, name, key) = (column.class, (column.label)(), column.sort);
                        let (state, icon) = match (sort.key == key, sort.descending) {
                            (false, _) => (None, None),
                            (true, true) => (Some("descending"), Some(Icon::SortDown)),
                            (true, false) => (Some("ascending"), Some(Icon::SortUp)),
                        };
                        view! {
                            <th scope="col" class=class aria-sort=state>
                                <a href=links::sorted(&params, key) data-noscroll class="sort">
                                    {name}
                                    {icon.map(|icon| view! { <Glyph icon=icon /> })}
                                </a>
                            </th>
                        }
                    })
                    .collect_view()}
                {actions}
            </tr>
        </thead>
    }
}

/// Renders placeholder rows of the final height while the list is loading.
#[component]
pub fn SkeletonTable(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
) -> impl IntoView {
    let bar = |class: &str| match class {
        "cell-user" => view! {
            <div class="user-cell">
                <span class="avatar skeleton"></span>
                <div class="user-text">
                    <span class="skeleton"></span>
                    <span class="skeleton"></span>
                </div>
            </div>
        }
        .into_any(),
        "cell-select" | "cell-actions" => ().into_any(),
        _ => view! { <span class="skeleton"></span> }.into_any(),
    };
    let params = params.get_untracked();
    let may_write = Selection::current().is_some();
    let mut classes = Vec::new();
    let head = if links::is_of_deleted(&params) {
        classes.extend(deleted::COLUMNS.map(|(class, _)| class));
        view! { <deleted::Head /> }.into_any()
    } else {
        let selects = may_write.then_some("cell-select");
        classes.extend(
            selects
                .into_iter()
                .chain(COLUMNS.iter().map(|column| column.class)),
        );
        let select_all = selects.map(|class| view! { <td class=class></td> }.into_any());
        view! { <Head params=params select_all=select_all /> }.into_any()
    };
    classes.extend(may_write.then_some("cell-actions"));
    let row = || {
        classes
            .iter()
            .map(|class| view! { <td class=*class>{bar(class)}</td> })
            .collect_view()
    };
    let rows = std::iter::repeat_with(|| {
        view! {
            <tr class="skeleton-row" aria-hidden="true">
                {row()}
            </tr>
        }
    });
    view! {
        <table class="table users-table">
            {head}
            <tbody>{rows.take(SKELETON_ROWS).collect_view()}</tbody>
        </table>
    }
}
