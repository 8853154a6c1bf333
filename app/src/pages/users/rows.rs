//! Columns and rows of the user list.

use ::time::OffsetDateTime;
use domain::users::{UserId, list::SortKey};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::menu::{MenuCell, MenuUser, RowMenu};
use crate::{
    api::{user::path_of, users::row::UserRow},
    components::{
        avatar::Avatar,
        badge::{RoleBadge, StatusBadge},
        selection::{SelectCell, Selection},
        time::Ago,
    },
    format::grouped,
    text,
};

/// Selector of the texts that can be cut off.
const WHOLE: &str = ".user-name, .cell-email > span:not(.none)";

/// Column of the list.
pub(super) struct Column {
    /// CSS class of the heading and of the cells, which sets the width.
    pub(super) class: &'static str,
    /// Heading, which also labels the cells in a narrow window.
    pub(super) label: text::Label,
    /// Order of the list that the heading selects.
    pub(super) sort: SortKey,
    /// Renders the cell of a user, at the server time.
    cell: fn(&Self, &UserRow, OffsetDateTime) -> AnyView,
}

/// Columns in their order.
pub(super) static COLUMNS: [Column; 10] = [
    Column {
        class: "cell-user",
        label: text::users::user,
        sort: SortKey::Name,
        cell: |_, user, _| user_cell(user.id, &user.username, &user.display_name).into_any(),
    },
    Column {
        class: "cell-email",
        label: text::users::email,
        sort: SortKey::Email,
        cell: |_, user, _| email_cell(user.email.clone()).into_any(),
    },
    Column {
        class: "cell-role",
        label: text::users::role,
        sort: SortKey::Role,
        cell: |column, user, _| column.plain(view! { <RoleBadge roles=user.roles.clone() /> }),
    },
    Column {
        class: "cell-status",
        label: text::users::status,
        sort: SortKey::Status,
        cell: |column, user, _| {
            column.plain(view! { <StatusBadge status=user.status until=user.suspended_until /> })
        },
    },
    Column {
        class: "cell-num",
        label: text::users::personas,
        sort: SortKey::Personas,
        cell: |column, user, _| column.number(user.persona_count),
    },
    Column {
        class: "cell-num",
        label: text::users::sessions,
        sort: SortKey::Sessions,
        cell: |column, user, _| column.number(user.session_count),
    },
    Column {
        class: "cell-num",
        label: text::users::api_keys,
        sort: SortKey::ApiKeys,
        cell: |column, user, _| column.number(user.api_key_count),
    },
    Column {
        class: "cell-time",
        label: text::users::created,
        sort: SortKey::Created,
        cell: |column, user, now| {
            column.with(view! { <Ago at=user.created_at now=now brief=true /> })
        },
    },
    Column {
        class: "cell-time cell-sign-in",
        label: text::users::last_sign_in,
        sort: SortKey::LastLogin,
        cell: |column, user, now| {
            column.with(view! { <AgoOrNever at=user.last_login_at now=now /> })
        },
    },
    Column {
        class: "cell-time",
        label: text::users::last_active,
        sort: SortKey::LastActive,
        cell: |column, user, now| {
            column.with(view! { <AgoOrNever at=user.last_active_at now=now /> })
        },
    },
];

impl Column {
    fn cell(&self, user: &UserRow, now: OffsetDateTime) -> AnyView {
        (self.cell)(self, user, now)
    }

    /// Renders a cell whose content needs no label in a narrow window.
    fn plain(&self, content: impl IntoView + 'static) -> AnyView {
        let class = self.class;
        view! { <td class=class>{content}</td> }.into_any()
    }

    /// Renders a cell with this content.
    fn with(&self, content: impl IntoView + 'static) -> AnyView {
        let (class, label) = (self.class, (self.label)());
        view! {
            <td class=class data-label=label>
                {content}
            </td>
        }
        .into_any()
    }

    /// Renders a cell with a count.
    fn number(&self, value: i32) -> AnyView {
        let label = (self.label)();
        view! { <Number label=label value=value /> }.into_any()
    }
}

/// Renders one user.
#[component]
pub fn Row(
    /// User of the row.
    user: UserRow,
    /// Server time of the response.
    now: OffsetDateTime,
) -> impl IntoView {
    let selection = Selection::current();
    let actions =
        RowMenu::current().map(|menu| view! { <MenuCell menu=menu user=MenuUser::from(&user) /> });
    view! {
        <tr>
            {selection
                .map(|selection| {
                    view! { <SelectCell selection=selection user=user.selected() /> }
                })}
            {COLUMNS.iter().map(|column| column.cell(&user, now)).collect_view()}
            {actions}
        </tr>
    }
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
pub(super) fn user_cell(id: UserId, username: &str, name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    view! {
        <th scope="row" class="cell-user">
            <div>
                <Avatar id=id name=name.clone() />
                <div class="user-text">
                    <a class="user-name" href=path_of(id, username)>
                        <bdi>{name}</bdi>
                    </a>
                    <span class="user-handle">{username.to_owned()}</span>
                </div>
            </div>
        </th>
    }
}

/// Renders the email address.
pub(super) fn email_cell(email: Option<String>) -> impl IntoView {
    view! {
        <td class="cell-email">
            {match email {
                Some(email) => view! { <span>{email}</span> }.into_any(),
                None => view! { <span class="none">"—"</span> }.into_any(),
            }}
        </td>
    }
}

/// Renders a count.
#[component]
pub(super) fn Number(label: &'static str, value: i32) -> impl IntoView {
    let class = if value == 0 {
        "cell-num none"
    } else {
        "cell-num"
    };
    view! {
        <td class=class data-label=label>
            {grouped(u64::try_from(value).unwrap_or_default())}
        </td>
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

/// Renders the heading of the actions column.
pub(super) fn actions_head() -> impl IntoView {
    view! {
        <th scope="col" class="cell-actions">
            <span class="visually-hidden">{text::common::actions()}</span>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_column_has_its_own_heading_and_order() {
        let headings: BTreeSet<&str> = COLUMNS.iter().map(|column| (column.label)()).collect();
        let orders: BTreeSet<SortKey> = COLUMNS.iter().map(|column| column.sort).collect();
        assert_eq!(headings.len(), COLUMNS.len());
        assert_eq!(orders.len(), COLUMNS.len());
    }
}
