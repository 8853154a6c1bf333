//! The record: what was done, by whom, and what it changed.

pub mod filters;
mod links;
pub mod table;

use domain::{audit::list::AuditParams, list::PageParams};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use crate::{
    api::{
        audit::{AuditList, list_audit},
        error::ApiError,
    },
    components::{
        loading::Loading,
        notice::ProblemNotice,
        state::{LoadFailure, Waiting},
    },
};
use filters::Filters;
use table::AuditTable;

/// The screen "Audit log". Its whole state is in the URL.
#[component]
pub fn Audit() -> impl IntoView {
    let query = use_query_map();
    let params = Memo::new(move |_| params(&query.read()));
    let loading = Loading::new();
    let list = Resource::new(
        move || params.get(),
        move |params| async move {
            let _fetching = loading.begin();
            list_audit(params).await
        },
    );
    view! {
        <Title text="Audit log · Rollcall" />
        <header class="page-head person-head">
            <h1>"Audit log"</h1>
            <Files params=params />
        </header>
        <Filters params=params />
        <section class="list" aria-label="Audit log" aria-busy=move || loading.is_busy().to_string()>
            <Transition fallback=Waiting>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => shown(&params.get_untracked(), list),
                        Err(ApiError(problem)) => {
                            let again = links::href(&params.get_untracked());
                            view! {
                                <LoadFailure title="The audit log could not be loaded" problem=problem again=again />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
}

/// The state of the list in an address.
fn params(query: &ParamsMap) -> AuditParams {
    AuditParams::from_pairs(|name| query.get(name))
}

/// What could not be understood, and the rows.
fn shown(params: &AuditParams, list: AuditList) -> AnyView {
    // What was not understood is not what is shown.
    let asked = if list.fault.is_some() {
        AuditParams::default()
    } else {
        params.clone()
    };
    view! {
        {list
            .fault
            .map(|fault| {
                view! {
                    <div class="pane-actions">
                        <ProblemNotice problem=fault />
                    </div>
                }
            })}
        <AuditTable params=asked page=list.page />
    }
    .into_any()
}

/// What matches, to take away as a file.
#[component]
fn Files(params: Memo<AuditParams>) -> impl IntoView {
    let file = move |format: &'static str, name: &'static str| {
        view! {
            <a class="button" href=move || links::file(&params.read(), format) rel="external" download>
                {name}
            </a>
        }
    };
    view! { <div class="toolbar-end">{file("csv", "Export CSV")} {file("ndjson", "Export NDJSON")}</div> }
}
