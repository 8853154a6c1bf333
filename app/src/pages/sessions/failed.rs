//! Failed sign-ins, by account or by IP address.

use domain::{
    list::Listed,
    sessions::failed::{FailedParams, FailedSignIns, Grouping},
};
use leptos::prelude::*;
use time::OffsetDateTime;

use super::Tabs;
use crate::{
    api::{
        read::ReadRequest,
        sessions::{FAILED, ListFailedSignIns},
        user::path_of,
    },
    components::{
        icon::Icon,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
            row_link::name_link,
            url_list::{ListTexts, UrlList, paged},
        },
        state::ListState,
        time::Ago,
    },
    format::grouped,
    labels::security,
    links::{over, sessions as links},
    text,
};

static TEXTS: ListTexts = ListTexts {
    title: text::sessions::title,
    label: text::sessions::failed,
    load_failed: text::sessions::failed_load_failed,
    show_all: text::sessions::failed_show_all,
};

/// Row of the list.
struct ListedSignIns {
    sign_ins: FailedSignIns,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<ListedSignIns>; 5] = [
    Column::new(text::sessions::user, |cell, row| {
        cell.header(account(&row.sign_ins))
    }),
    Column::new(text::sessions::ip_address, |cell, row| {
        cell.labelled(address(&row.sign_ins))
    }),
    Column::new(text::sessions::attempts, |cell, row| {
        cell.labelled(grouped(row.sign_ins.tries))
    }),
    Column::new(text::sessions::last_attempt, |cell, row| {
        cell.labelled(view! { <Ago at=row.sign_ins.last_at now=row.now /> })
    }),
    Column::new(text::sessions::reason, |cell, row| {
        cell.labelled(security::sign_in_failure(row.sign_ins.reason))
    }),
];

/// Renders the tab "Failed sign-ins" of the page "Sessions". Its whole state is in the URL.
#[component]
pub fn Failed() -> impl IntoView {
    let list = UrlList::load(FAILED, &TEXTS, |params| {
        ReadRequest::of(ListFailedSignIns { params })
    });
    let params = list.params;
    let above = view! {
        <Tabs params=None />
        {move || groupings(&params.read())}
    };
    list.render(().into_any(), above.into_any(), |_| table(), shown)
}

/// Renders links to the list by account and by IP address.
fn groupings(params: &FailedParams) -> AnyView {
    let is_by_address = params.by.as_deref() == Some(Grouping::Address.as_str());
    let link = |by: Option<Grouping>, label: &'static str| {
        let current = by.is_some() == is_by_address;
        let params = FailedParams {
            by: by.map(|by| by.as_str().to_owned()),
            ..FailedParams::default()
        };
        view! {
            <a class="chip" href=over(FAILED, &params) aria-current=current.then_some("true") data-noscroll>
                {label}
            </a>
        }
    };
    view! {
        <nav class="pane-actions chips" aria-label=text::sessions::failed_group()>
            {link(None, text::sessions::failed_by_user())}
            {link(Some(Grouping::Address), text::sessions::failed_by_address())}
        </nav>
    }
    .into_any()
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::sessions::failed(), &COLUMNS)
}

/// Renders the rows, or the empty state.
fn shown(params: &FailedParams, list: Listed<FailedSignIns>) -> AnyView {
    let Listed { page, now } = list;
    let row = |sign_ins: FailedSignIns| {
        let key = format!(
            "{:?} {:?}",
            sign_ins.user.as_ref().map(|user| user.id),
            sign_ins.ip_address
        );
        data_table::row(key, cells(&COLUMNS, &ListedSignIns { sign_ins, now }))
    };
    paged(FAILED, params, page, table(), row, |_, _| {
        view! {
            <ListState icon=Icon::Shield title=text::sessions::failed_none()>
                <p class="state-text">{text::sessions::failed_none_hint()}</p>
            </ListState>
        }
        .into_any()
    })
}

/// Renders the account, and the number of further ones.
fn account(row: &FailedSignIns) -> impl IntoView + use<> {
    let named = u64::from(row.user.is_some());
    let user = row.user.clone().map_or_else(
        || text::sessions::unknown_username().into_any(),
        |user| {
            let href = path_of(user.id, &user.username);
            name_link(href, user.username)
        },
    );
    let others = more(
        row.accounts.saturating_sub(named),
        text::sessions::more_users,
    );
    view! { {user} {others} }
}

/// Renders the IP address, and the number of further ones.
fn address(row: &FailedSignIns) -> impl IntoView + use<> {
    let address = row.ip_address.map_or_else(
        || text::sessions::unknown_address().into_any(),
        |ip| {
            let ip = ip.to_string();
            view! { <a href=links::of_address(&ip)>{ip.clone()}</a> }.into_any()
        },
    );
    let others = more(
        row.addresses.saturating_sub(1),
        text::sessions::more_addresses,
    );
    view! { {address} {others} }
}

/// Renders the number of further accounts or IP addresses, if there are some.
fn more(count: u64, text: fn(u64) -> String) -> impl IntoView {
    (count > 0).then(|| view! { <p class="muted">{text(count)}</p> })
}
