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
    format::grouped,
    labels::security,
    links::{sessions as links, with_selected},
    text,
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
            <h1>{text::sessions::title()}</h1>
        </header>
        <Tabs params=None />
        {move || groupings(&params.read())}
        <section class="list" aria-label=text::sessions::failed()>
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    let params = params.get_untracked();
                    match list.await {
                        Ok(list) => {
                            let pages = Pages::of(&params, &list.page, href);
                            shown(list.page.rows, list.now, pages)
                        }
                        Err(ApiError(problem)) => {
                            view! {
                                <ListErrorNotice
                                    title=text::sessions::failed_load_failed()
                                    problem=problem
                                    again=href(&params)
                                    all=FAILED.to_owned()
                                    label=text::sessions::failed_show_all()
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
        <nav class="pane-actions chips" aria-label=text::sessions::failed_group()>
            {link(None, text::sessions::failed_by_user())}
            {link(Some(Grouping::Address), text::sessions::failed_by_address())}
        </nav>
    }
    .into_any()
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
    const COLUMNS: &[text::Label] = &[
        text::sessions::user,
        text::sessions::ip_address,
        text::sessions::attempts,
        text::sessions::last_attempt,
        text::sessions::reason,
    ];
    let rows = rows.into_iter().map(|row| cells(row, now));
    view! {
        <Records caption=text::sessions::failed() columns=COLUMNS rows=rows.collect() />
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
    let more = |count: u64, text: fn(u64) -> String| {
        (count > 0).then(|| view! { <p class="muted">{text(count)}</p> })
    };
    let named = u64::from(row.user.is_some());
    let user = row.user.map_or_else(
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
    let address = row.ip_address.map_or_else(
        || text::sessions::unknown_address().into_any(),
        |ip| {
            let ip = ip.to_string();
            view! { <a href=links::of_address(&ip)>{ip.clone()}</a> }.into_any()
        },
    );
    let cells = vec![
        view! { {user} {more(row.accounts.saturating_sub(named), text::sessions::more_users)} }
            .into_any(),
        view! { {address} {more(row.addresses.saturating_sub(1), text::sessions::more_addresses)} }
            .into_any(),
        grouped(row.tries).into_any(),
        view! { <Ago at=row.last_at now=now /> }.into_any(),
        security::sign_in_failure(row.reason).into_any(),
    ];
    (key, cells)
}
