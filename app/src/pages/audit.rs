//! Audit log: actions with actor, target and changes.

pub mod filters;
mod links;
pub mod table;

use domain::{audit::list::AuditParams, filter::Dated, list::PageParams};
use leptos::prelude::*;

use crate::{
    api::{
        audit::{ListAudit, normalized},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        exports::{RECORDS, export_links},
        list::{
            ListScreen,
            chooser::{ColumnMenu, items},
        },
        loaded::Loaded,
        loading::Loading,
        meaning,
        parameters::{NONE, Query, checked, use_query},
        state::{ListErrorNotice, Meaning},
        tab::with,
    },
    text,
};
use filters::Filters;
use table::{AuditTable, COLUMNS, NAMES, skeleton};

/// Renders the page "Audit log". Its whole state is in the URL.
#[component]
pub fn Audit() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| params(&query.read()));
    let loading = Loading::new();
    let request = checked(move || params.get(), AuditParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListAudit { params })
    });
    let meaning = with(list, move |list| {
        let filter = normalized(params.get_untracked()).filter();
        let filter = filter.unwrap_or_default();
        let parts = meaning::of_audit(&filter, list.now);
        let names_dates = !filter.days().is_empty();
        view! { <Meaning parts=parts names_dates=names_dates /> }
    });
    // An export of what the list cannot show would fail too.
    let files = with(list, move |_| {
        let params = normalized(params.get_untracked());
        export_links(RECORDS, &|format| links::file(&params, format))
    });
    let above = view! {
        <Filters params=params />
        {meaning}
    };
    let screen = ListScreen {
        title: text::frame::screen_audit(),
        header: "page-head user-head",
        beside: view! {
            <div class="toolbar-end">
                {files}
                <ColumnMenu items=items(&COLUMNS, &NAMES) />
            </div>
        }
        .into_any(),
        above: above.into_any(),
        label: text::frame::screen_audit(),
        loading,
        skeleton: skeleton.into(),
    };
    screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => view! { <AuditTable params=params list=list /> }.into_any(),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::audit::load_failed()
                    problem=problem
                    again=links::href(&params)
                    all=links::all()
                    label=text::audit::show_all()
                    fields=filters::fields(&params)
                />
            }
            .into_any(),
        }
    })
}

/// Parses the query of the URL.
fn params(query: &Query) -> AuditParams {
    AuditParams::from_pairs(|name| query.get(name))
}
