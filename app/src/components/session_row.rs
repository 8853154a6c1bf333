//! Tables of the active sessions of one user.

use ::time::OffsetDateTime;
use domain::users::detail::UserSession;
use leptos::prelude::*;

use super::{
    confirm_link::ConfirmLink,
    list::{
        column::{Column, cells, visible},
        data_table::{self, DataTable},
    },
    time::{Ago, Ends},
};
use crate::{labels::security, text};

/// Row of a table of sessions.
pub(crate) struct ListedSession {
    /// Session of the row.
    pub(crate) session: UserSession,
    /// Server time of the response.
    pub(crate) now: OffsetDateTime,
    /// `true` if it is the session of the viewer.
    pub(crate) is_current: bool,
    /// Link that revokes the session: path and accessible label; `None` if the viewer cannot revoke it.
    pub(crate) revoke: Option<(String, String)>,
}

/// Columns in their order.
static COLUMNS: [Column<ListedSession>; 6] = [
    Column {
        class: "",
        label: text::sessions::device,
        sort: None,
        cell: |cell, row| {
            let UserSession {
                device, user_agent, ..
            } = &row.session;
            let mark = row.is_current.then(|| {
                view! {
                    " "
                    <span class="badge tone-accent">{text::sessions::this_session()}</span>
                }
            });
            cell.header(view! {
                <span title=user_agent.clone()>{security::device(device)}</span>
                {mark}
            })
        },
    },
    Column {
        class: "",
        label: text::sessions::ip_address,
        sort: None,
        cell: |cell, row| cell.labelled(row.session.ip_address.map(|ip| ip.to_string())),
    },
    Column {
        class: "",
        label: text::sessions::signed_in,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.session.created_at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::sessions::last_seen,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.session.last_seen_at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::sessions::expires,
        sort: None,
        cell: |cell, row| {
            cell.labelled(view! { <Ends at=row.session.idle_expires_at now=row.now /> })
        },
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(action(row)),
    },
];

/// Renders the link that revokes the session, or the button that ends the viewer's own.
fn action(row: &ListedSession) -> Option<AnyView> {
    if row.is_current {
        let form = view! {
            <form class="actions" method="post" action="/logout">
                <button class="button">{text::frame::sign_out()}</button>
            </form>
        };
        return Some(form.into_any());
    }
    let (href, about) = row.revoke.clone()?;
    let link = view! { <ConfirmLink href=href label=text::sessions::revoke() about=about /> };
    Some(link.into_any())
}

/// Renders a table of sessions. The column with the actions is left out for viewers who have none.
pub(crate) fn table(
    caption: &'static str,
    has_actions: bool,
    rows: impl Iterator<Item = ListedSession>,
) -> AnyView {
    let columns = visible(&COLUMNS, has_actions);
    let rows = rows.map(|listed| data_table::row(listed.session.id, cells(columns, &listed)));
    DataTable::records(caption, columns).with_rows(rows.collect())
}
