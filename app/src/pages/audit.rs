//! Audit log: actions with actor, target and changes.

pub mod filters;
mod links;
pub mod table;

use domain::{
    audit::list::AuditParams,
    filter::Dated,
    list::{Limits, ListError, PageParams},
};
use leptos::prelude::*;

use crate::{
    api::{audit::list_audit, error::ApiError, listed::check_params},
    components::{
        loading::Loading,
        meaning,
        parameters::{NONE, Query, checked, use_query},
        state::{ListErrorNotice, LoadingNotice, Meaning},
    },
    text,
};
use filters::Filters;
use table::AuditTable;

/// Renders the page "Audit log". Its whole state is in the URL.
#[component]
pub fn Audit() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| params(&query.read()));
    let loading = Loading::new();
    let request = checked(move || params.get(), AuditParams::NAMES, NONE);
    let list = Resource::new(
        move || request.get(),
        move |request| async move {
            let _fetching = loading.begin();
            list_audit(check_params(request)?).await?.checked()
        },
    );
    view! {
        <header class="page-head user-head">
            <h1>{text::frame::screen_audit()}</h1>
            <Files request=request />
        </header>
        <Filters params=params />
        <Transition>
            {move || Suspend::new(async move {
                let now = list.await.ok().map(|page| page.now);
                let filter = params.get_untracked().filter().unwrap_or_default();
                let meaning = now.map(|now| meaning::of_audit(&filter, now)).unwrap_or_default();
                let names_dates = now.is_some() && !filter.days().is_empty();
                view! { <Meaning parts=meaning names_dates=names_dates /> }
            })}
        </Transition>
        <section class="list" aria-label=text::frame::screen_audit() aria-busy=move || loading.is_busy().to_string()>
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <AuditTable params=params.get_untracked() list=list /> }.into_any(),
                        Err(ApiError(problem)) => {
                            let asked = params.get_untracked();
                            view! {
                                <ListErrorNotice
                                    title=text::audit::load_failed()
                                    problem=problem
                                    again=links::href(&asked)
                                    all=links::all()
                                    label=text::audit::show_all()
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

/// Parses the query of the URL.
fn params(query: &Query) -> AuditParams {
    AuditParams::from_pairs(|name| query.get(name))
}

/// Renders the links that export the matching entries as files.
#[component]
fn Files(request: Memo<Result<AuditParams, ListError>>) -> impl IntoView {
    move || {
        let params = request.get().ok()?;
        params.parse(Limits::PANEL).ok()?;
        let file = |format: &'static str, name: &'static str| {
            view! {
                <a class="button" href=links::file(&params, format) rel="external">
                    {name}
                </a>
            }
        };
        Some(view! {
            <div class="toolbar-end">
                {file("csv", text::audit::export_csv())} {file("ndjson", text::audit::export_ndjson())}
            </div>
        })
    }
}
