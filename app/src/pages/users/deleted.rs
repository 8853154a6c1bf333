//! List of deleted users that can be restored.

use ::time::OffsetDateTime;
use domain::users::{
    deleted::{DeletedPage, DeletedUser},
    list::ListParams,
};
use leptos::prelude::*;

use super::{
    actions::DeletedActions,
    empty::NoUsers,
    rows::{Number, actions_head, email_cell, show_whole, user_cell},
};
use crate::{
    components::{
        badge::{DeletedBadge, RoleBadge},
        icon::Icon,
        pager::{Pager, Pages},
        rows::KeyedRow,
        selection::Selection,
        state::ListState,
        time::{Ago, Upcoming},
    },
    links::users as links,
    text,
};

/// Columns: CSS class and heading.
pub(super) const COLUMNS: [(&str, text::Label); 7] = [
    ("cell-user", text::users::user),
    ("cell-email", text::users::email),
    ("cell-role", text::users::role),
    ("cell-status", text::users::status),
    ("cell-num", text::users::owned_items),
    ("cell-time", text::users::deleted),
    ("cell-time", text::users::permanent_deletion),
];

/// Renders the rows, or the empty state.
#[component]
pub fn DeletedTable(
    /// State of the list, from the URL.
    params: ListParams,
    /// Page of deleted users.
    page: DeletedPage,
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
    let rows = page
        .users
        .rows
        .into_iter()
        .map(|deleted| {
            KeyedRow::new(
                deleted.user.id,
                view! { <Row deleted=deleted now=now list=here.clone() /> },
            )
        })
        .collect::<Vec<_>>();
    view! {
        <table class="table users-table deleted-table">
            <caption class="visually-hidden">{text::users::deleted_users()}</caption>
            <Head />
            <tbody on:pointerover=move |event| show_whole(&event)>{rows}</tbody>
        </table>
        {pager}
    }
    .into_any()
}

/// Renders the column headings. The list has only one order, so none of them is sortable.
#[component]
pub(super) fn Head() -> impl IntoView {
    view! {
        <thead>
            <tr data-sort-by=text::common::sort_by()>
                {COLUMNS
                    .map(|(class, name)| {
                        view! {
                            <th scope="col" class=class>
                                <span class="sort">{name()}</span>
                            </th>
                        }
                    })
                    .into_iter()
                    .collect_view()}
                {Selection::current().map(|_| actions_head())}
            </tr>
        </thead>
    }
}

#[component]
fn Row(deleted: DeletedUser, now: OffsetDateTime, list: String) -> impl IntoView {
    let DeletedUser {
        user,
        deleted_at,
        purge_after,
    } = deleted;
    let owned = user.persona_count + user.ontology_count + user.annotation_count;
    let actions =
        Selection::current().map(|_| view! { <DeletedActions user=user.clone() list=list /> });
    view! {
        <tr>
            {user_cell(user.id, &user.username, &user.display_name)} {email_cell(user.email)} <td class="cell-role">
                <RoleBadge roles=user.roles />
            </td> <td class="cell-status">
                <DeletedBadge />
            </td> <Number label=text::users::owned_items() value=owned />
            <td class="cell-time" data-label=text::users::deleted()>
                <Ago at=deleted_at now=now />
            </td> <td class="cell-time" data-label=text::users::deletes()>
                {purge_after.map(|at| view! { <Upcoming at=at now=now /> })}
            </td> {actions}
        </tr>
    }
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
