//! Columns and rows of the session list.

use ::time::OffsetDateTime;
use domain::sessions::{Session, SessionEnd, SessionUser};
use leptos::prelude::*;
use uuid::Uuid;

use super::live::Live;
use crate::{
    api::user::path_of,
    components::{
        avatar::Avatar,
        confirm_link::ConfirmLink,
        list::{
            chooser::{ColumnItem, chosen, items},
            column::{Column, cells, visible},
        },
        time::{Ago, Ends},
    },
    labels::security,
    preferences::columns::ListColumn,
    text,
};

/// Values that all rows of a page share.
#[derive(Clone)]
pub(super) struct RowContext {
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
    /// Id of the viewer's session.
    pub(super) own: Uuid,
    /// `true` if the viewer can revoke sessions in this list.
    pub(super) may_end: bool,
    /// Order that the URL names.
    pub(super) sorted: Option<bool>,
    /// Changes since the list was loaded.
    pub(super) live: Live,
}

/// Row of the list.
pub(super) struct ListedSession {
    session: Session,
    page: RowContext,
    /// End of the session, which can have come since the list was loaded.
    end: Memo<Option<SessionEnd>>,
}

/// Columns of the active sessions in their order. Sortable columns have `true` for the last activity, `false` for the
/// start.
static ACTIVE: [Column<ListedSession, bool>; 7] = [
    USER,
    DEVICE,
    ADDRESS,
    Column {
        sort: Some(false),
        ..SIGNED_IN
    },
    Column {
        class: "cell-time",
        label: text::sessions::last_seen,
        sort: Some(true),
        cell: |cell, row| {
            let (live, now) = (row.page.live, row.page.now);
            let (id, at) = (row.session.id, row.session.last_seen_at);
            cell.labelled(move || {
                let (at, now) = live.seen(id).unwrap_or((at, now));
                view! { <Ago at=at now=now /> }
            })
        },
    },
    Column {
        class: "cell-ends",
        label: text::sessions::expires,
        sort: None,
        cell: |cell, row| {
            let (end, now) = (row.end, row.page.now);
            let at = row.session.idle_expires_at;
            let username = row.session.user.username.clone();
            cell.labelled(move || match end.get() {
                Some(end) => reason(end, &username),
                None => view! { <Ends at=at now=now /> }.into_any(),
            })
        },
    },
    Column {
        class: "cell-actions",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(revocation(row)),
    },
];

/// Columns of the ended sessions in their order. The list has only one order.
static ENDED: [Column<ListedSession, bool>; 6] = [
    USER,
    DEVICE,
    ADDRESS,
    SIGNED_IN,
    Column {
        class: "cell-time",
        label: text::sessions::ended,
        sort: None,
        cell: |cell, row| {
            let (now, end) = (row.page.now, row.session.end.as_ref());
            cell.labelled(end.map(|end| view! { <Ago at=end.at now=now /> }))
        },
    },
    Column {
        class: "cell-ends",
        label: text::sessions::reason,
        sort: None,
        cell: |cell, row| {
            let end = row.session.end.clone();
            cell.labelled(end.map(|end| reason(end, &row.session.user.username)))
        },
    },
];

const USER: Column<ListedSession, bool> = Column {
    class: "cell-user",
    label: text::sessions::user,
    sort: None,
    cell: |cell, row| cell.header(owner(&row.session.user)),
};

const DEVICE: Column<ListedSession, bool> = Column {
    class: "cell-device",
    label: text::sessions::device,
    sort: None,
    cell: |cell, row| {
        let Session {
            device, user_agent, ..
        } = &row.session;
        let is_own = row.session.id == row.page.own;
        cell.labelled(view! {
            <span title=user_agent.clone()>{security::device(device)}</span>
            {is_own.then(|| view! { <span class="badge tone-accent">{text::sessions::this_session()}</span> })}
        })
    },
};

const ADDRESS: Column<ListedSession, bool> = Column {
    class: "cell-address",
    label: text::sessions::ip_address,
    sort: None,
    cell: |cell, row| {
        let address = row.session.ip_address.map(|ip| ip.to_string());
        cell.titled(address)
    },
};

const SIGNED_IN: Column<ListedSession, bool> = Column {
    class: "cell-time",
    label: text::sessions::signed_in,
    sort: None,
    cell: |cell, row| cell.labelled(view! { <Ago at=row.session.created_at now=row.page.now /> }),
};

/// Names of the columns of the active sessions that users can hide, in the order of the columns.
static ACTIVE_NAMES: [Option<ListColumn>; 7] = [
    None,
    Some(ListColumn::SessionsDevice),
    Some(ListColumn::SessionsIpAddress),
    Some(ListColumn::SessionsSignedIn),
    Some(ListColumn::SessionsLastSeen),
    Some(ListColumn::SessionsExpires),
    None,
];

/// Names of the columns of the ended sessions that users can hide, in the order of the columns.
static ENDED_NAMES: [Option<ListColumn>; 6] = [
    None,
    Some(ListColumn::SessionsDevice),
    Some(ListColumn::SessionsIpAddress),
    Some(ListColumn::SessionsSignedIn),
    None,
    None,
];

/// Returns the columns that the user sees. `sorted` is the order that the URL names.
pub(super) fn columns(
    ended: bool,
    may_end: bool,
    sorted: Option<bool>,
) -> Vec<Column<ListedSession, bool>> {
    if ended {
        return chosen(&ENDED, &ENDED_NAMES, None);
    }
    chosen(visible(&ACTIVE, may_end), &ACTIVE_NAMES, sorted)
}

/// Returns the menu items of the columns that can be hidden.
pub(super) fn column_items(ended: bool) -> Vec<ColumnItem> {
    if ended {
        return items(&ENDED, &ENDED_NAMES);
    }
    items(&ACTIVE, &ACTIVE_NAMES)
}

/// Renders one session.
pub(super) fn row(session: Session, page: RowContext) -> impl IntoView {
    let (id, live, known) = (session.id, page.live, session.end.clone());
    let was_live = known.is_none();
    let end = Memo::new(move |_| known.clone().or_else(|| live.end(id)));
    let columns = columns(!was_live, page.may_end, page.sorted);
    let listed = ListedSession { session, page, end };
    view! {
        <tr class:is-ended=move || was_live && end.with(Option::is_some)>
            {cells(&columns, &listed)}
        </tr>
    }
}

/// Renders the owner of a session, with a link to the page of the user.
fn owner(user: &SessionUser) -> impl IntoView + use<> {
    let (href, name) = (path_of(user.id, &user.username), user.display_name.clone());
    view! {
        <div>
            <Avatar id=user.id name=name.clone() />
            <a class="name" href=href title=name.clone()>
                <bdi>{name.clone()}</bdi>
            </a>
            <span class="handle">{user.username.clone()}</span>
        </div>
    }
}

/// Renders the reason why a session has ended.
fn reason(end: SessionEnd, username: &str) -> AnyView {
    let why = why(end, username);
    view! { <span title=why.clone()>{why.clone()}</span> }.into_any()
}

/// Renders the link that revokes a session. It is inert when the session has ended.
fn revocation(row: &ListedSession) -> impl IntoView + use<> {
    let (session, end) = (&row.session, row.end);
    let device = security::device(&session.device);
    let about = text::sessions::revoke_of(&session.user.username, device);
    let href = format!("/sessions/{}/revoke", session.id);
    view! {
        <div class="row-actions" inert=move || end.with(Option::is_some)>
            <ConfirmLink href=href label=text::sessions::revoke() about=about />
        </div>
    }
}

/// Returns the reason why a session has ended, and the actor if it was not its user.
fn why(end: SessionEnd, username: &str) -> String {
    let reason = security::end_reason(end.reason);
    match end.by.filter(|by| by != username) {
        Some(by) => text::sessions::ended_by(reason, by),
        None => reason.to_owned(),
    }
}
