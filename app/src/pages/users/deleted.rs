//! List of deleted users that can be restored.

use ::time::OffsetDateTime;
use domain::users::{list::ListParams, page::UserPage};
use leptos::prelude::*;

use super::{
    actions::DeletedActions,
    empty::NoUsers,
    menu::RowMenu,
    rows::{email, name, show_whole},
};
use crate::{
    api::users::row::DeletedRow,
    components::{
        badge::{DeletedBadge, RoleBadge},
        icon::Icon,
        list::{
            column::{Column, cells, headings, visible},
            data_table::{self, DataTable},
        },
        pager::{Pager, Pages},
        rows::KeyedRow,
        state::ListState,
        time::{Ago, Upcoming},
    },
    links::users as links,
    text,
};

/// Row of the list.
struct ListedUser {
    deleted: DeletedRow,
    /// Server time of the response.
    now: OffsetDateTime,
    /// URL of the list, to return to.
    list: String,
}

/// Columns in their order. The list has only one order.
static COLUMNS: [Column<ListedUser>; 8] = [
    Column {
        class: "cell-user",
        label: text::users::user,
        sort: None,
        cell: |cell, row| {
            let user = &row.deleted.user;
            cell.header(name(user.id, &user.username, &user.display_name))
        },
    },
    Column {
        class: "cell-email",
        label: text::users::email,
        sort: None,
        cell: |cell, row| cell.plain(email(row.deleted.user.email.clone())),
    },
    Column {
        class: "cell-role",
        label: text::users::role,
        sort: None,
        cell: |cell, row| cell.plain(view! { <RoleBadge roles=row.deleted.user.roles.clone() /> }),
    },
    Column {
        class: "cell-status",
        label: text::users::status,
        sort: None,
        cell: |cell, _| cell.plain(view! { <DeletedBadge /> }),
    },
    Column {
        class: "cell-num",
        label: text::users::owned_items,
        sort: None,
        cell: |cell, row| cell.number(row.deleted.owned_items),
    },
    Column {
        class: "cell-time",
        label: text::users::deleted,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.deleted.deleted_at now=row.now /> }),
    },
    Column {
        class: "cell-time",
        label: text::users::permanent_deletion,
        sort: None,
        cell: |cell, row| {
            let now = row.now;
            let purge = row.deleted.purge_after;
            let purge = purge.map(|at| view! { <Upcoming at=at now=now /> });
            cell.named(text::users::deletes()).labelled(purge)
        },
    },
    Column {
        class: "cell-actions",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| {
            let (user, list) = (row.deleted.user.clone(), row.list.clone());
            cell.plain(view! { <DeletedActions user=user list=list /> })
        },
    },
];

/// Returns the columns that the viewer sees.
fn columns() -> &'static [Column<ListedUser>] {
    visible(&COLUMNS, RowMenu::current().is_some())
}

/// Returns the table of the list without its rows.
pub(super) fn table() -> DataTable {
    DataTable {
        class: "table users-table deleted-table",
        caption: text::users::deleted_users(),
        headings: headings(columns()),
        select_all: None,
    }
}

/// Renders the rows, or the empty state.
#[component]
pub fn DeletedTable(
    /// State of the list, from the URL.
    params: ListParams,
    /// Page of deleted users.
    page: UserPage<DeletedRow>,
    /// Server time of the response.
    now: OffsetDateTime,
) -> impl IntoView {
    if page.users.rows.is_empty() {
        return if links::current_filter(&params).is_empty() {
            view! { <Empty /> }.into_any()
        } else {
            view! { <NoUsers params=params /> }.into_any()
        };
    }
    let here = links::href(&params);
    let pages = Pages::of(&params, &page.users, links::href);
    let pager = view! { <Pager pages=pages /> };
    let rows: Vec<KeyedRow> = page
        .users
        .rows
        .into_iter()
        .map(|deleted| {
            let list = here.clone();
            let listed = ListedUser { deleted, now, list };
            data_table::row(listed.deleted.user.id, cells(columns(), &listed))
        })
        .collect();
    let body =
        view! { <tbody on:pointerover=move |event| show_whole(&event)>{rows}</tbody> }.into_any();
    view! { {table().with_body(body)} {pager} }.into_any()
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <ListState icon=Icon::Bin title=text::users::none_deleted()>
            <p class="state-text">
                {text::users::none_deleted_text()}
            </p>
            <div class="state-actions">
                <a class="button" href="/users">
                    {text::users::back()}
                </a>
            </div>
        </ListState>
    }
}
