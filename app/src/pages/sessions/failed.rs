//! Failed sign-ins, by account or by IP address.

use domain::{
    list::PageParams,
    sessions::failed::{FailedParams, FailedSignIns, Grouping},
};
use leptos::prelude::*;
use time::OffsetDateTime;

use super::Tabs;
use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        sessions::{FAILED, ListFailedSignIns},
        user::path_of,
    },
    components::{
        icon::Icon,
        list::{
            ListScreen,
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState},
        time::Ago,
    },
    format::grouped,
    labels::security,
    links::{sessions as links, with_selected},
    text,
};

/// Row of the list.
struct ListedSignIns {
    sign_ins: FailedSignIns,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<ListedSignIns>; 5] = [
    Column {
        class: "",
        label: text::sessions::user,
        sort: None,
        cell: |cell, row| cell.header(account(&row.sign_ins)),
    },
    Column {
        class: "",
        label: text::sessions::ip_address,
        sort: None,
        cell: |cell, row| cell.labelled(address(&row.sign_ins)),
    },
    Column {
        class: "",
        label: text::sessions::attempts,
        sort: None,
        cell: |cell, row| cell.labelled(grouped(row.sign_ins.tries)),
    },
    Column {
        class: "",
        label: text::sessions::last_attempt,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.sign_ins.last_at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::sessions::reason,
        sort: None,
        cell: |cell, row| cell.labelled(security::sign_in_failure(row.sign_ins.reason)),
    },
];

/// Renders the tab "Failed sign-ins" of the page "Sessions". Its whole state is in the URL.
#[component]
pub fn Failed() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| FailedParams::from_pairs(|name| query.read().get(name)));
    let loading = Loading::new();
    let request = checked(move || params.get(), FailedParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListFailedSignIns { params })
    });
    let above = view! {
        <Tabs params=None />
        {move || groupings(&params.read())}
    };
    let screen = ListScreen {
        title: text::sessions::title(),
        header: "page-head",
        beside: ().into_any(),
        above: above.into_any(),
        label: text::sessions::failed(),
        loading,
        skeleton: (|| table().skeleton()).into(),
    };
    screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => {
                let pages = Pages::of(&params, &list.page, href);
                shown(list.page.rows, list.now, pages)
            }
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::sessions::failed_load_failed()
                    problem=problem
                    again=href(&params)
                    all=FAILED.to_owned()
                    label=text::sessions::failed_show_all()
                />
            }
            .into_any(),
        }
    })
}

/// Returns the URL of the list for the parameters.
fn href(params: &FailedParams) -> String {
    with_selected(FAILED, params.pairs().into_iter(), &[])
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
            <a class="chip" href=href(&params) aria-current=current.then_some("true") data-noscroll>
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
fn shown(rows: Vec<FailedSignIns>, now: OffsetDateTime, pages: Pages) -> AnyView {
    if rows.is_empty() {
        return view! {
            <ListState icon=Icon::Shield title=text::sessions::failed_none()>
                <p class="state-text">{text::sessions::failed_none_hint()}</p>
            </ListState>
        }
        .into_any();
    }
    let rows = rows.into_iter().map(|sign_ins| {
        let key = format!(
            "{:?} {:?}",
            sign_ins.user.as_ref().map(|user| user.id),
            sign_ins.ip_address
        );
        data_table::row(key, cells(&COLUMNS, &ListedSignIns { sign_ins, now }))
    });
    let table = table().with_rows(rows.collect());
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the account, and the number of further ones.
fn account(row: &FailedSignIns) -> impl IntoView + use<> {
    let named = u64::from(row.user.is_some());
    let user = row.user.clone().map_or_else(
        || text::sessions::unknown_username().into_any(),
        |user| {
            let href = path_of(user.id, &user.username);
            view! {
                <a href=href>
                    <bdi>{user.username}</bdi>
                </a>
            }
            .into_any()
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
