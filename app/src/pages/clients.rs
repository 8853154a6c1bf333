//! Page "Clients": all clients by name, with the numbers of their users and resources.

pub mod delete;
pub mod dialogs;
mod table;

use domain::{
    clients::ListedClient,
    list::{Listed, PageParams, SearchParams},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        clients::{CLIENTS, ListClients},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        exports::export_links,
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::ListScreen,
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, NoMatch},
    },
    context::PageContext,
    links::over,
    text,
};
use table::ClientRow;

/// Renders the page. Its whole state is in the URL.
#[component]
pub fn Clients() -> impl IntoView {
    let params = use_params();
    let loading = Loading::new();
    let request = checked(move || params.get(), SearchParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListClients { params })
    });
    let create = may_write().then(|| view! { <NewLink params=params /> });
    let beside = view! {
        <div class="toolbar-end">
            {export_links("/api/admin/clients/export", Signal::from(params))} {create}
        </div>
    };
    let above = view! {
        <p class="pane-actions muted">{text::clients::hint()}</p>
        <Filters params=params />
    };
    let screen = ListScreen {
        title: text::clients::title(),
        header: "page-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label: text::clients::title(),
        loading,
        skeleton: (|| table::table().skeleton()).into(),
    };
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => shown(&params, list),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::clients::load_failed()
                    problem=problem
                    again=over(CLIENTS, &params)
                    all=CLIENTS.to_owned()
                    label=text::clients::show_all()
                />
            }
            .into_any(),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the parameters of the list in the URL.
fn use_params() -> Memo<SearchParams> {
    let query = use_query();
    Memo::new(move |_| SearchParams::from_pairs(|name| query.read().get(name)))
}

/// Returns the path of a dialog and the URL of the list behind it.
fn route(end: &str) -> DialogRoute {
    DialogRoute {
        path: format!("{CLIENTS}/{end}"),
        back: over(CLIENTS, &use_params().get_untracked()),
    }
}

/// Returns whether the viewer can change clients.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::ClientsWrite)
}

/// Renders the link to the dialog that creates a client.
#[component]
fn NewLink(
    /// State of the list, from the URL.
    params: Memo<SearchParams>,
) -> impl IntoView {
    let href = move || over(&format!("{CLIENTS}/new"), &*params.read());
    view! {
        <a class="button button-primary" href=href data-noscroll>
            {text::clients::new()}
        </a>
    }
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<SearchParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| {
        let entry = Entry::Typed(
            text::clients::search(),
            text::clients::search_example(),
            None,
        );
        vec![FilterField::new("q", &params.read().q, entry)]
    });
    let cleared = Signal::stored(CLIENTS.to_owned());
    view! { <FilterForm label=text::clients::filter() path=CLIENTS fields=fields cleared=cleared /> }
}

/// Renders the rows, or the empty state.
fn shown(params: &SearchParams, list: Listed<ListedClient>) -> AnyView {
    let Listed { page, .. } = list;
    if page.rows.is_empty() {
        return empty(params);
    }
    let pages = Pages::of(params, &page, |params| over(CLIENTS, params));
    let rows = page.rows.into_iter().map(|listed| {
        table::row(ClientRow {
            listed,
            params: params.clone(),
        })
    });
    let table = table::table().with_rows(rows.collect());
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the empty state: of a search, or of a list without clients.
fn empty(params: &SearchParams) -> AnyView {
    if params.pairs().iter().any(|(name, _)| *name == "q") {
        return view! {
            <NoMatch
                title=text::clients::none_match()
                href=CLIENTS
                label=text::clients::show_all()
            />
        }
        .into_any();
    }
    view! {
        <ListState icon=Icon::Users title=text::clients::none()>
            {may_write().then(|| view! { <p class="state-text">{text::clients::none_hint()}</p> })}
        </ListState>
    }
    .into_any()
}
