//! Sessions of all users: the active ones, updated live, and the ended ones.

pub mod failed;
pub mod filters;
pub mod live;
pub mod revoke;
pub mod row;
pub mod state;
pub mod table;

use domain::{
    filter::Dated,
    list::{Limits, PageParams, ParameterError},
    sessions::list::SessionParams,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        sessions::{FAILED, ListAllSessions},
    },
    components::{
        list::{ListScreen, chooser::ColumnMenu},
        loaded::Loaded,
        loading::Loading,
        meaning,
        parameters::{Query, checked, use_query},
        state::Meaning,
        tab::with,
    },
    context::PageContext,
    format::grouped,
    labels::security,
    links::sessions as links,
    text,
};
use filters::{DEVICES, Filters};
use live::{Live, News};
use row::column_items;
use state::Failed;
use table::{SessionTable, skeleton};

/// Renders the page "Sessions". Its whole state is in the URL.
#[component]
pub fn Sessions() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| params(&query.read()));
    let loading = Loading::new();
    let request = checked(
        move || params.get(),
        SessionParams::NAMES,
        revoke::parameters,
    );
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListAllSessions { params })
    });
    let live = Live::watch(params, list);
    let total = with(
        list,
        |list| view! { <p class="page-total">{grouped(list.page.live)}</p> },
    );
    let meaning = with(list, move |list| {
        let filter = params.get_untracked().filter().unwrap_or_default();
        let parts = meaning::of_sessions(&filter, list.page.now);
        let names_dates = !filter.days().is_empty();
        view! { <Meaning parts=parts names_dates=names_dates /> }
    });
    let devices = with(list, |list| {
        let options = list.devices.into_iter();
        options
            .map(|device| {
                let label = security::device(&device);
                let label = (label != device).then_some(label);
                view! { <option value=device label=label></option> }
            })
            .collect_view()
    });
    let beside = view! {
        {total}
        <News live=live />
        <div class="toolbar-end">
            {may_write().then(|| view! { <Actions request=request /> })}
            {move || {
                let ended = links::is_of_ended(&params.read());
                view! { <ColumnMenu items=column_items(ended) /> }
            }}
        </div>
    };
    let above = view! {
        <Tabs params=Some(params) />
        <Filters params=params />
        <datalist id=DEVICES>{devices}</datalist>
        {meaning}
    };
    let screen = ListScreen {
        title: text::sessions::title(),
        header: "page-head user-head sessions-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label: text::sessions::title(),
        loading,
        skeleton: (move || skeleton(params)).into(),
    };
    let screen = screen.render(list, move |result| match result {
        Ok(list) => view! { <SessionTable params=params list=list live=live /> }.into_any(),
        Err(problem) => view! { <Failed params=params problem=problem /> }.into_any(),
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Parses the query of the URL.
fn params(query: &Query) -> SessionParams {
    SessionParams::from_pairs(|name| query.get(name))
}

/// Returns whether the viewer can revoke sessions of other users.
fn may_write() -> bool {
    let context = use_context::<PageContext>().unwrap_or_default();
    context
        .principal
        .is_some_and(|principal| principal.may_write_sessions())
}

/// Renders the tabs for active sessions, ended sessions and failed sign-ins.
#[component]
pub(super) fn Tabs(
    /// State of the session list; `None` on the tab of failed sign-ins.
    params: Option<Memo<SessionParams>>,
) -> impl IntoView {
    let tab = move |ended: bool, name: &'static str| {
        let current =
            move || params.is_some_and(|params| links::is_of_ended(&params.read()) == ended);
        let href = move || {
            let params = params.map(|params| params.get());
            links::tab(&params.unwrap_or_default(), ended)
        };
        view! {
            <a href=href aria-current=move || current().then_some("page") data-noscroll>
                {name}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=text::sessions::title()>
            {tab(false, text::sessions::active())} {tab(true, text::sessions::ended())}
            <a href=FAILED aria-current=params.is_none().then_some("page") data-noscroll>
                {text::sessions::failed()}
            </a>
        </nav>
    }
}

/// Renders the links that revoke many sessions at once.
#[component]
fn Actions(request: Memo<Result<SessionParams, ParameterError>>) -> impl IntoView {
    move || {
        let params = request.get().ok()?;
        // An invalid filter must not select sessions to revoke.
        let query = params.parse(Limits::PANEL).ok()?;
        let filtered = !query.filter.is_empty();
        (!query.ended).then(|| {
            view! {
                {filtered
                    .then(|| {
                        view! {
                            <a class="button" href=links::revoke(&params, false) data-noscroll>
                                {text::sessions::revoke_matching()}
                            </a>
                        }
                    })}
                <a class="button" href=links::revoke(&params, true) data-noscroll>
                    {text::sessions::revoke_others()}
                </a>
            }
        })
    }
}
