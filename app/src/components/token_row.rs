//! Tables of access tokens.

use ::time::OffsetDateTime;
use domain::{
    access_tokens::{AccessToken, KeyDetails, TokenState},
    limits::LimitSubject,
    permission::Permission,
};
use leptos::prelude::*;

use super::{
    confirm_link::ConfirmLink,
    list::{
        column::{Column, cells},
        data_table::{self, DataTable},
    },
    time::{Ago, Ends},
};
use crate::{context::PageContext, labels::security, links::limits, text};

/// Row of a table of tokens.
pub(crate) struct ListedToken {
    /// Token of the row.
    pub(crate) token: AccessToken,
    /// Server time of the response.
    pub(crate) now: OffsetDateTime,
    /// Link that revokes the token: path and accessible label; `None` if the viewer cannot revoke it.
    pub(crate) revoke: Option<(String, String)>,
    /// Path of the dialog that ends the previous secret of a rotated key; `None` if there is none, or the viewer cannot end it.
    pub(crate) end_previous: Option<String>,
    /// Path of the dialogs that change a virtual key, without the name of the dialog; `None` if the viewer cannot change it.
    pub(crate) change: Option<String>,
}

/// Returns the path of the dialog that ends the previous secret of a token. `page` is the path above that of the token.
pub(crate) fn end_previous(page: &str, token: &AccessToken) -> Option<String> {
    let until = token.key.as_ref()?.previous_until;
    (until.is_some() && !token.state.is_over()).then(|| format!("{page}/{}/end-previous", token.id))
}

/// Columns of the tables that have the tokens of one user, in their order.
pub(crate) static COLUMNS: [Column<ListedToken>; 7] =
    [TOKEN, SCOPES, STATE, LAST_USED, CREATED, EXPIRES, ACTIONS];

/// Columns of the table with the virtual keys of one user, in their order.
pub(crate) static KEY_COLUMNS: [Column<ListedToken>; 7] = [
    TOKEN,
    MODELS,
    STATE,
    LAST_USED,
    CREATED,
    EXPIRES,
    ACTIONS.with_class("cell-edit"),
];

pub(crate) const TOKEN: Column<ListedToken> = Column {
    class: "",
    label: text::tokens::token,
    sort: None,
    cell: |cell, row| {
        let (name, prefix) = (row.token.name.clone(), row.token.prefix.clone());
        cell.header(view! {
            <bdi>{name}</bdi>
            <p class="muted">
                <code>{prefix} "…"</code>
            </p>
        })
    },
};

pub(crate) const SCOPES: Column<ListedToken> = Column {
    class: "cell-scopes",
    label: text::tokens::scopes,
    sort: None,
    cell: |cell, row| match &row.token.key {
        Some(key) => cell.labelled(view! {
            {text::virtual_keys::key()}
            {note(models(key))}
        }),
        None => cell.labelled(row.token.scopes.join(", ")),
    },
};

const MODELS: Column<ListedToken> = Column {
    class: "",
    label: text::virtual_keys::models,
    sort: None,
    cell: |cell, row| {
        let key = row.token.key.as_ref();
        let group = key.and_then(|key| key.group_name.clone());
        cell.labelled(view! {
            {key.map(models)}
            {group.map(|group| note(text::virtual_keys::of_group(group)))}
        })
    },
};

/// Returns the models that a key can use.
fn models(key: &KeyDetails) -> String {
    match &key.allowed_models {
        None => text::virtual_keys::all_models().to_owned(),
        Some(models) if models.is_empty() => text::virtual_keys::no_models().to_owned(),
        Some(models) => models.join(", "),
    }
}

/// Returns whether a token is a blocked key.
fn is_blocked(token: &AccessToken) -> bool {
    let key = token.key.as_ref();
    key.is_some_and(|key| key.blocked_at.is_some())
}

/// Returns whether a token is a key for a group that its owner has left.
fn has_left_group(token: &AccessToken) -> bool {
    let key = token.key.as_ref();
    key.is_some_and(|key| key.owner_left_group)
}

pub(crate) const STATE: Column<ListedToken> = Column {
    class: "",
    label: text::tokens::state,
    sort: None,
    cell: |cell, row| {
        let state = row.token.state;
        let why = match state {
            TokenState::Blocked if is_blocked(&row.token) => {
                Some(text::virtual_keys::blocked().to_owned())
            }
            TokenState::Blocked if has_left_group(&row.token) => {
                Some(text::virtual_keys::owner_left_group().to_owned())
            }
            TokenState::Blocked => Some(text::tokens::blocked().to_owned()),
            TokenState::Revoked => row.token.revoked_by.clone().map(text::tokens::revoked_by),
            TokenState::Live | TokenState::Expiring | TokenState::Expired => None,
        };
        cell.labelled(view! {
            <span class=tone(state)>{security::token_state(state)}</span>
            {why.map(note)}
            {previous(row)}
        })
    },
};

/// Renders the time until which the previous secret of a rotated key works.
fn previous(row: &ListedToken) -> Option<AnyView> {
    let until = row.token.key.as_ref()?.previous_until;
    let until = until.filter(|_| !row.token.state.is_over())?;
    let now = row.now;
    let note = view! {
        <p class="muted">{text::virtual_keys::previous_works()} ": " <Ends at=until now=now /></p>
    };
    Some(note.into_any())
}

pub(crate) const LAST_USED: Column<ListedToken> = Column {
    class: "",
    label: text::tokens::last_used,
    sort: None,
    cell: |cell, row| {
        let now = row.now;
        let used = match row.token.last_used_at {
            Some(at) => view! { <Ago at=at now=now /> }.into_any(),
            None => text::tokens::never().into_any(),
        };
        let from = row.token.last_used_ip.map(text::tokens::used_from);
        cell.labelled(view! {
            {used}
            {from.map(note)}
        })
    },
};

pub(crate) const CREATED: Column<ListedToken> = Column {
    class: "",
    label: text::tokens::created,
    sort: None,
    cell: |cell, row| cell.labelled(view! { <Ago at=row.token.created_at now=row.now /> }),
};

pub(crate) const EXPIRES: Column<ListedToken> = Column {
    class: "",
    label: text::tokens::expires,
    sort: None,
    cell: |cell, row| match row.token.expires_at {
        Some(at) => cell.labelled(view! { <Ends at=at now=row.now /> }),
        None => cell.labelled(text::tokens::never_expires()),
    },
};

pub(crate) const ACTIONS: Column<ListedToken> = Column {
    class: "",
    label: text::common::actions,
    sort: None,
    cell: |cell, row| {
        let link = row.revoke.clone().map(|(href, about)| {
            view! { <ConfirmLink href=href label=text::tokens::revoke() about=about /> }
        });
        let change = row.change.as_ref();
        let end_previous = row.end_previous.clone().map(|href| {
            let about = text::virtual_keys::end_previous_of(&row.token.name);
            view! { <ConfirmLink href=href label=text::virtual_keys::end_previous() about=about /> }
        });
        cell.plain(view! {
            <div class="chips">
                {change.map(|path| key_links(path, &row.token))} {end_previous} {link}
            </div>
        })
    },
};

/// Renders the links to the limits of a virtual key, and to the dialogs that change it.
fn key_links(path: &str, token: &AccessToken) -> AnyView {
    let name = &token.name;
    let limits = PageContext::current().may(Permission::LimitsRead).then(|| {
        let href = limits::of_subject(LimitSubject::Token(token.id));
        view! {
            <a class="button" href=href aria-label=text::limits::limits_of(name)>
                {text::limits::title()}
            </a>
        }
    });
    let (end, label, about) = if is_blocked(token) {
        let about = text::virtual_keys::unblock_of(name);
        ("unblock", text::virtual_keys::unblock(), about)
    } else {
        let about = text::virtual_keys::block_of(name);
        ("block", text::virtual_keys::block(), about)
    };
    let rotate = text::virtual_keys::rotate_of(name);
    let edit = text::virtual_keys::edit_of(name);
    view! {
        {limits}
        <ConfirmLink href=format!("{path}/edit") label=text::virtual_keys::edit() about=edit />
        <ConfirmLink href=format!("{path}/rotate") label=text::virtual_keys::rotate() about=rotate />
        <ConfirmLink href=format!("{path}/{end}") label=label about=about />
    }
    .into_any()
}

/// Renders a table of tokens with these columns.
pub(crate) fn table(
    caption: &'static str,
    columns: &[Column<ListedToken>],
    rows: impl Iterator<Item = ListedToken>,
) -> AnyView {
    let rows = rows.map(|listed| data_table::row(listed.token.id, cells(columns, &listed)));
    DataTable::records(caption, columns).with_rows(rows.collect())
}

fn note(words: String) -> impl IntoView {
    view! { <p class="muted">{words}</p> }
}

/// Returns the CSS class of a state's badge.
const fn tone(state: TokenState) -> &'static str {
    match state {
        TokenState::Live => "badge tone-success",
        TokenState::Expiring | TokenState::Blocked => "badge tone-warning",
        TokenState::Expired => "badge",
        TokenState::Revoked => "badge tone-danger",
    }
}
