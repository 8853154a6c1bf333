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
        error::ApiError,
        listed::check_params,
        sessions::{FAILED, list_failed_sign_ins},
        user::path_of,
    },
    components::{
        icon::Icon,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        records::{Record, Records},
        state::{ListErrorNotice, ListState, LoadingNotice},
        time::Ago,
    },
    links::{sessions as links, with_selected},
};

/// Renders the tab "Failed sign-ins" of the page "Sessions". Its whole state is in the URL.
#[component]
pub fn Failed() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| FailedParams::from_pairs(|name| query.read().get(name)));
    let request = checked(move || params.get(), FailedParams::NAMES, NONE);
    let list = Resource::new(
        move || request.get(),
        |request| async move {
            list_failed_sign_ins(check_params(request)?)
                .await?
                .checked()
        },
    );
    view! {
        <header class="page-head">
            <h1>"Sessions"</h1>
        </header>
        <Tabs params=None />
        {move || groupings(&params.read())}
        <section class="list" aria-label="Failed sign-ins">
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    let params = params.get_untracked();
                    match list.await {
                        Ok(page) => {
                            let pages = Pages::of(&params, &page.page_info, page.rows.len(), href);
                            shown(page.rows, page.now, pages)
                        }
                        Err(ApiError(problem)) => {
                            view! {
                                <ListErrorNotice
                                    title="The failed sign-ins could not be loaded"
                                    problem=problem
                                    again=href(&params)
                                    all=FAILED.to_owned()
                                    label="Show all failed sign-ins"
                                />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
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
        <nav class="pane-actions chips" aria-label="Group by">
            {link(None, "By user")} {link(Some(Grouping::Address), "By IP address")}
        </nav>
    }
    .into_any()
}

/// Renders the rows, or the empty state.
fn shown(rows: Vec<FailedSignIns>, now: OffsetDateTime, pages: Pages) -> AnyView {
    if rows.is_empty() {
        return view! {
            <ListState icon=Icon::Shield title="No failed sign-ins">
                <p class="state-text">"Failed sign-ins from the last 30 days appear here."</p>
            </ListState>
        }
        .into_any();
    }
    const COLUMNS: &[&str] = &["User", "IP address", "Attempts", "Last attempt", "Reason"];
    let rows = rows.into_iter().map(|row| cells(row, now));
    view! {
        <Records caption="Failed sign-ins" columns=COLUMNS rows=rows.collect() />
        <Pager pages=pages />
    }
    .into_any()
}

fn cells(row: FailedSignIns, now: OffsetDateTime) -> Record {
    let key = format!(
        "{:?} {:?}",
        row.user.as_ref().map(|user| user.id),
        row.ip_address
    );
    let more = |count: u64, one: &str, many: &str| {
        let text = format!("and {count} more {}", if count == 1 { one } else { many });
        (count > 0).then(|| view! { <p class="muted">{text}</p> })
    };
    let named = u64::from(row.user.is_some());
    let user = row.user.map_or_else(
        || "Unknown username".into_any(),
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
    let address = row.ip_address.map_or_else(
        || "Unknown".into_any(),
        |ip| {
            let ip = ip.to_string();
            view! { <a href=links::of_address(&ip)>{ip.clone()}</a> }.into_any()
        },
    );
    let cells = vec![
        view! { {user} {more(row.accounts.saturating_sub(named), "user", "users")} }.into_any(),
        view! { {address} {more(row.addresses.saturating_sub(1), "IP address", "IP addresses")} }
            .into_any(),
        crate::format::grouped(row.tries).into_any(),
        view! { <Ago at=row.last_at now=now /> }.into_any(),
        row.reason.label().into_any(),
    ];
    (key, cells)
}
