//! Table of sessions.

use ::time::OffsetDateTime;
use domain::sessions::{Session, list::SessionParams};
use leptos::prelude::*;
use uuid::Uuid;

use super::{live::Live, may_write, row::why};
use crate::{
    api::{sessions::SessionList, user::path_of},
    components::{
        avatar::Avatar,
        confirm_link::ConfirmLink,
        icon::{Glyph, Icon},
        pager::{Pager, Pages},
        state::ListState,
        time::{Ago, Ends},
    },
    links::sessions as links,
    text,
};

/// Columns: CSS class, heading, and the sort key if the column is sortable: `true` for the last activity, `false` for the start.
pub(super) type Columns = [(&'static str, Heading, Option<bool>); 6];

/// Returns a column heading.
type Heading = text::Label;

pub(super) const LIVE: Columns = [
    ("cell-user", text::sessions::user, None),
    ("cell-device", text::sessions::device, None),
    ("cell-address", text::sessions::ip_address, None),
    ("cell-time", text::sessions::signed_in, Some(false)),
    ("cell-time", text::sessions::last_seen, Some(true)),
    ("cell-ends", text::sessions::expires, None),
];

const ENDED: Columns = [
    ("cell-user", text::sessions::user, None),
    ("cell-device", text::sessions::device, None),
    ("cell-address", text::sessions::ip_address, None),
    ("cell-time", text::sessions::signed_in, None),
    ("cell-time", text::sessions::ended, None),
    ("cell-ends", text::sessions::reason, None),
];

/// Renders the rows, or the empty state.
#[component]
pub fn SessionTable(
    /// State of the list, from the URL.
    params: Memo<SessionParams>,
    /// Page of sessions from the server.
    list: SessionList,
    /// Changes since the list was loaded.
    live: Live,
) -> impl IntoView {
    let shown = params.get_untracked();
    let ended = links::is_of_ended(&shown);
    let pages = Pages::of(&shown, &list.page.sessions, links::href);
    let page = RowContext {
        now: list.page.now,
        own: list.own,
        may_end: may_write() && !ended,
        live,
    };
    if list.page.sessions.rows.is_empty() {
        return view! { <Nothing params=shown /> }.into_any();
    }
    let answered = list.page.now;
    let rows = move || live.rows(&list);
    let head = head(&shown, ended, page.may_end);
    // Without a choice of order, only a wide table needs a header.
    let class = if ended {
        "table users-table sessions-table deleted-table"
    } else {
        "table users-table sessions-table"
    };
    view! {
        <table class=class>
            <caption class="visually-hidden">
                {if ended { text::sessions::ended_caption() } else { text::sessions::active_caption() }}
            </caption>
            {head}
            <tbody
                on:pointerenter=move |_| live.hold(true)
                on:pointerleave=move |_| live.hold(false)
                on:focusin=move |_| live.hold(true)
                on:focusout=move |_| live.hold(false)
            >
                <For
                    each=rows
                    key=move |session| (answered, session.id)
                    children=move |session| row(session, page.clone())
                />
            </tbody>
        </table>
        <Pager pages=pages />
    }
    .into_any()
}

/// Values that all rows of a page share.
#[derive(Clone)]
struct RowContext {
    /// Server time of the response.
    now: OffsetDateTime,
    /// Id of the viewer's session.
    own: Uuid,
    /// `true` if the viewer can revoke sessions in this list.
    may_end: bool,
    live: Live,
}

/// Renders the column headings, with links on the sortable ones.
pub(super) fn head(params: &SessionParams, ended: bool, may_end: bool) -> impl IntoView + use<> {
    let sort = links::current_sort(params);
    let cell = |(class, name, by): (&'static str, Heading, Option<bool>)| match by {
        None => view! {
            <th scope="col" class=class>
                <span class="sort">{name()}</span>
            </th>
        }
        .into_any(),
        Some(by_seen) => {
            let (state, icon) = match (sort.is_by_seen() == by_seen, sort.descends()) {
                (false, _) => (None, None),
                (true, true) => (Some("descending"), Some(Icon::SortDown)),
                (true, false) => (Some("ascending"), Some(Icon::SortUp)),
            };
            view! {
                <th scope="col" class=class aria-sort=state>
                    <a href=links::sorted(params, by_seen) data-noscroll class="sort">
                        {name()}
                        {icon.map(|icon| view! { <Glyph icon=icon /> })}
                    </a>
                </th>
            }
            .into_any()
        }
    };
    let columns = if ended { ENDED } else { LIVE };
    let actions = may_end.then(|| {
        view! {
            <th scope="col" class="cell-actions">
                <span class="visually-hidden">{text::common::actions()}</span>
            </th>
        }
    });
    view! {
        <thead>
            <tr data-sort-by=text::common::sort_by()>{columns.map(cell).into_iter().collect_view()} {actions}</tr>
        </thead>
    }
}

/// Renders one session.
fn row(session: Session, shown: RowContext) -> impl IntoView {
    let Session {
        id,
        user,
        device,
        user_agent,
        ip_address,
        created_at,
        last_seen_at,
        idle_expires_at,
        expires_at: _,
        end,
    } = session;
    let RowContext {
        now,
        own,
        may_end,
        live,
    } = shown;
    let address = ip_address.map(|ip| ip.to_string());
    let was_live = end.is_none();
    let known = end.clone();
    let current_end = Memo::new(move |_| known.clone().or_else(|| live.end(id)));
    let (second, third) = if was_live {
        (text::sessions::last_seen(), text::sessions::expires())
    } else {
        (text::sessions::ended(), text::sessions::reason())
    };
    let timestamp = move || {
        let (at, now) = match &end {
            Some(end) => (end.at, now),
            None => live.seen(id).unwrap_or((last_seen_at, now)),
        };
        view! { <Ago at=at now=now /> }
    };
    let whose = user.username.clone();
    let last = move || match current_end.get() {
        Some(end) => {
            let why = why(end, &whose);
            view! { <span title=why.clone()>{why.clone()}</span> }.into_any()
        }
        None => view! { <Ends at=idle_expires_at now=now /> }.into_any(),
    };
    let label = text::sessions::revoke_of(&user.username, &device);
    let button = may_end.then(|| {
        view! {
            <td class="cell-actions">
                <div class="row-actions" inert=move || current_end.with(Option::is_some)>
                    <ConfirmLink href=format!("/sessions/{id}/revoke") label=text::sessions::revoke() about=label />
                </div>
            </td>
        }
    });
    view! {
        <tr class:is-ended=move || was_live && current_end.with(Option::is_some)>
            <th scope="row" class="cell-user">
                <div class="user-cell">
                    <Avatar id=user.id name=user.display_name.clone() />
                    <div class="user-text">
                        <a class="user-name" href=path_of(user.id, &user.username) title=user.display_name.clone()>
                            <bdi>{user.display_name.clone()}</bdi>
                        </a>
                        <span class="user-handle">{user.username}</span>
                    </div>
                </div>
            </th>
            <td class="cell-device" data-label=text::sessions::device()>
                <span title=user_agent>{device}</span>
                {(id == own).then(|| view! { <span class="badge tone-accent">{text::sessions::this_session()}</span> })}
            </td>
            <td class="cell-address" data-label=text::sessions::ip_address() title=address.clone()>
                {address.clone()}
            </td>
            <td class="cell-time" data-label=text::sessions::signed_in()>
                <Ago at=created_at now=now />
            </td>
            <td class="cell-time" data-label=second>
                {timestamp}
            </td>
            <td class="cell-ends" data-label=third>
                {last}
            </td>
            {button}
        </tr>
    }
}

/// Renders the empty state: no sessions match the filter, or there are no sessions.
#[component]
fn Nothing(
    /// State of the list, from the URL.
    params: SessionParams,
) -> impl IntoView {
    let filtered = params.filter().is_ok_and(|filter| !filter.is_empty());
    let title = if filtered {
        text::sessions::none_match()
    } else {
        text::sessions::none_here()
    };
    let hint = if filtered {
        text::sessions::none_match_hint()
    } else if links::is_of_ended(&params) {
        text::sessions::none_ended_hint()
    } else {
        text::sessions::none_active_hint()
    };
    view! {
        <ListState icon=Icon::Monitor title=title>
            <p class="state-text">{hint}</p>
            <div class="state-actions">
                <a class="button button-primary" href=links::cleared(&params)>
                    {if filtered { text::sessions::clear_filters() } else { text::sessions::first_page() }}
                </a>
            </div>
        </ListState>
    }
}
