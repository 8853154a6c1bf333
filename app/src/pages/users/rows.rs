//! Columns and rows of the user list.

use ::time::OffsetDateTime;
use domain::{
    permission::Permission,
    users::{UserId, list::SortKey},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    menu::{MenuCell, MenuUser, RowMenu},
    metering::{self, can_read_metering},
};
use crate::{
    api::{
        user::path_of,
        users::row::{NameList, UserRow},
    },
    components::{
        avatar::Avatar,
        badge::{RoleBadge, StatusBadge},
        list::{
            chooser,
            column::{Column, cells},
            data_table,
        },
        rows::KeyedRow,
        selection::{SelectCell, Selection},
        time::Ago,
    },
    context::PageContext,
    preferences::columns::ListColumn,
    text,
};

/// Selector of the texts that can be cut off.
const WHOLE: &str = ".name, .cell-email > span:not(.none)";

/// Row of the list.
pub(super) struct ListedUser {
    /// User of the row.
    pub(super) user: UserRow,
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<ListedUser, SortKey>; 15] = [
    Column {
        class: "cell-user",
        label: text::users::user,
        sort: Some(SortKey::Name),
        cell: |cell, row| {
            let user = &row.user;
            cell.header(name(user.id, &user.username, &user.display_name))
        },
    },
    Column {
        class: "cell-email",
        label: text::users::email,
        sort: Some(SortKey::Email),
        cell: |cell, row| cell.plain(email(row.user.email.clone())),
    },
    Column {
        class: "cell-role",
        label: text::users::role,
        sort: Some(SortKey::Role),
        cell: |cell, row| cell.plain(view! { <RoleBadge roles=row.user.roles.clone() /> }),
    },
    Column {
        class: "cell-status",
        label: text::users::status,
        sort: Some(SortKey::Status),
        cell: |cell, row| {
            let user = &row.user;
            cell.plain(view! { <StatusBadge status=user.status until=user.suspended_until /> })
        },
    },
    Column {
        class: "auto-num",
        label: text::users::personas,
        sort: Some(SortKey::Personas),
        cell: |cell, row| cell.number(row.user.persona_count),
    },
    Column {
        class: "auto-num",
        label: text::users::sessions,
        sort: Some(SortKey::Sessions),
        cell: |cell, row| cell.number(row.user.session_count),
    },
    Column {
        class: "auto-num",
        label: text::users::api_keys,
        sort: Some(SortKey::ApiKeys),
        cell: |cell, row| cell.number(row.user.api_key_count),
    },
    Column {
        class: "cell-time",
        label: text::users::created,
        sort: Some(SortKey::Created),
        cell: |cell, row| {
            cell.labelled(view! { <Ago at=row.user.created_at now=row.now brief=true /> })
        },
    },
    Column {
        class: "auto-time",
        label: text::users::last_sign_in,
        sort: Some(SortKey::LastLogin),
        cell: |cell, row| {
            cell.labelled(view! { <AgoOrNever at=row.user.last_login_at now=row.now /> })
        },
    },
    Column {
        class: "cell-time",
        label: text::users::last_active,
        sort: Some(SortKey::LastActive),
        cell: |cell, row| {
            cell.labelled(view! { <AgoOrNever at=row.user.last_active_at now=row.now /> })
        },
    },
    Column {
        class: "cell-amount",
        label: text::usage::spend,
        sort: Some(SortKey::Spend),
        cell: |cell, row| cell.titled(metering::spend(&row.user)),
    },
    Column {
        class: "cell-amount",
        label: text::usage::budget_left,
        sort: None,
        cell: |cell, row| cell.titled(metering::budget_left(&row.user)),
    },
    Column {
        class: "cell-amount",
        label: text::usage::requests_left,
        sort: None,
        cell: |cell, row| cell.titled(metering::requests_left(&row.user)),
    },
    Column {
        class: "cell-access",
        label: text::users::groups,
        sort: None,
        cell: |cell, row| cell.titled(names(row.user.access.as_ref().map(|access| &access.0))),
    },
    Column {
        class: "cell-access",
        label: text::users::clients,
        sort: None,
        cell: |cell, row| cell.titled(names(row.user.access.as_ref().map(|access| &access.1))),
    },
];

/// Names of the columns that users can hide, in the order of the columns.
static NAMES: [Option<ListColumn>; 15] = [
    None,
    Some(ListColumn::UsersEmail),
    Some(ListColumn::UsersRole),
    Some(ListColumn::UsersStatus),
    Some(ListColumn::UsersPersonas),
    Some(ListColumn::UsersSessions),
    Some(ListColumn::UsersApiKeys),
    Some(ListColumn::UsersCreated),
    Some(ListColumn::UsersLastSignIn),
    Some(ListColumn::UsersLastActive),
    Some(ListColumn::UsersSpend),
    Some(ListColumn::UsersBudgetLeft),
    Some(ListColumn::UsersRequestsLeft),
    Some(ListColumn::UsersGroups),
    Some(ListColumn::UsersClients),
];

/// Columns that the viewer can show, and their names.
pub(super) type Available = (Vec<Column<ListedUser, SortKey>>, Vec<Option<ListColumn>>);

/// Returns the columns that the viewer can show, and their names.
pub(super) fn available() -> Available {
    let (access, metering) = (can_read_access(), can_read_metering());
    let is_readable =
        |name: ListColumn| (access || !name.is_of_access()) && (metering || !name.is_of_metering());
    let readable = COLUMNS.iter().zip(NAMES);
    let readable = readable.filter(|(_, name)| name.is_none_or(is_readable));
    readable
        .map(|(column, name)| (column.with_class(column.class), name))
        .unzip()
}

/// Returns whether the viewer can read groups and clients.
fn can_read_access() -> bool {
    let context = PageContext::current();
    context.may(Permission::GroupsRead) && context.may(Permission::ClientsRead)
}

/// Returns whether the viewer has shown a column with groups or clients. Reads a signal.
pub(super) fn shows_access() -> bool {
    let choices = chooser::tracked();
    let columns = [ListColumn::UsersGroups, ListColumn::UsersClients];
    let is_shown = |column| choices.or_initial(column) == Some(true);
    can_read_access() && columns.into_iter().any(is_shown)
}

/// Returns the first names, and the number of further ones, or a dash. `None` while they are loading.
fn names(list: Option<&NameList>) -> Option<String> {
    let NameList(names, count) = list?;
    if names.is_empty() {
        return Some("—".to_owned());
    }
    let named = names.join(", ");
    let shown = u64::try_from(names.len()).unwrap_or(u64::MAX);
    Some(match count.saturating_sub(shown) {
        0 => named,
        more => text::access::names_more(more, named),
    })
}

/// Renders one user in these columns, with a checkbox for viewers who can change users or their limits, and the button of the menu for
/// those who can change users.
pub(super) fn row(listed: &ListedUser, columns: &[Column<ListedUser, SortKey>]) -> KeyedRow {
    let user = &listed.user;
    let selection = Selection::current();
    let select = selection.map(|selection| {
        view! { <SelectCell selection=selection user=user.selected() /> }.into_any()
    });
    let menu = RowMenu::current()
        .map(|menu| view! { <MenuCell menu=menu user=MenuUser::from(user) /> }.into_any());
    let cells = select
        .into_iter()
        .chain(cells(columns, listed))
        .chain(menu)
        .collect();
    data_table::row(user.id, cells)
}

/// Renders the time since an event, if there was one.
#[component]
fn AgoOrNever(at: Option<OffsetDateTime>, now: OffsetDateTime) -> impl IntoView {
    match at {
        Some(at) => view! { <Ago at=at now=now brief=true /> }.into_any(),
        None => view! { <span class="none">{text::users::never()}</span> }.into_any(),
    }
}

/// Renders the name as a link that covers the whole row.
pub(super) fn name(id: UserId, username: &str, name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    view! {
        <div>
            <Avatar id=id name=name.clone() />
            <a class="name" href=path_of(id, username)>
                <bdi>{name}</bdi>
            </a>
            <span class="handle">{username.to_owned()}</span>
        </div>
    }
}

/// Renders the email address.
pub(super) fn email(email: Option<String>) -> AnyView {
    match email {
        Some(email) => view! { <span>{email}</span> }.into_any(),
        None => view! { <span class="none">"—"</span> }.into_any(),
    }
}

/// Shows the whole name or email address under the pointer, which the column can have cut off. As an attribute in each
/// row of the page from the server, they would be in the page twice.
pub(super) fn show_whole(event: &web_sys::Event) {
    let target = event.target();
    let target = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let text = target.and_then(|target| target.closest(WHOLE).ok().flatten());
    if let Some(text) = text {
        let whole = text.text_content().unwrap_or_default();
        drop(text.set_attribute("title", &whole));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_column_has_its_own_heading_and_order() {
        let headings: BTreeSet<&str> = COLUMNS.iter().map(|column| (column.label)()).collect();
        let orders: BTreeSet<SortKey> = COLUMNS.iter().filter_map(|column| column.sort).collect();
        assert_eq!(headings.len(), COLUMNS.len());
        let unsorted = COLUMNS.iter().filter(|column| column.sort.is_none());
        assert_eq!(orders.len(), COLUMNS.len() - unsorted.count());
        assert_eq!(NAMES.len(), COLUMNS.len());
    }
}
