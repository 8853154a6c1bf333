//! Page "Clients": all clients by name, with the numbers of their users and resources.

pub mod delete;
pub mod dialogs;
mod table;

use domain::{
    clients::ListedClient,
    list::{Listed, PageParams, SearchParams, Total},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

pub use self::{
    delete::Delete,
    dialogs::{Edit, New},
};
use crate::{
    api::{
        clients::{CLIENTS, ListClients},
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        exports::{RECORDS, export_links},
        filters::{Entry, FilterField},
        icon::Icon,
        list::url_list::{ListTexts, UrlList, paged},
        state::{ListState, NoMatch},
        tab::with,
    },
    context::PageContext,
    links::export,
    text,
};
use table::{ClientRow, table};

static TEXTS: ListTexts = ListTexts {
    title: text::clients::title,
    label: text::clients::title,
    load_failed: text::clients::load_failed,
    show_all: text::clients::show_all,
};

/// Renders the page. Its whole state is in the URL.
#[component]
pub fn Clients() -> impl IntoView {
    let list = UrlList::load(CLIENTS, &TEXTS, |params| {
        ReadRequest::of(ListClients { params })
    });
    let create = may_write().then(|| list.new_link(text::clients::new()));
    let params = list.params;
    let exports = with(list.loaded, move |_| {
        let params = params.get_untracked();
        export_links(RECORDS, &|format| {
            export("/api/admin/clients/export", format, &params)
        })
    });
    let beside = view! { <div class="toolbar-end">{exports} {create}</div> };
    let above = view! {
        <p class="pane-actions muted">{text::clients::hint()}</p>
        {list.filter_form(text::clients::filter(), fields)}
    };
    let screen = list.render(beside.into_any(), above.into_any(), |_| table(), shown);
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the route of a dialog above the list.
fn route(end: &str) -> DialogRoute {
    DialogRoute::above_list::<SearchParams>(CLIENTS, end)
}

/// Returns whether the viewer can change clients.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::ClientsWrite)
}

/// Returns the fields of the filter form.
fn fields(params: &SearchParams) -> Vec<FilterField> {
    let entry = Entry::Typed(
        text::clients::search(),
        text::clients::search_example(),
        None,
    );
    vec![FilterField::new("q", &params.q, entry)]
}

/// Renders the rows, or the empty state.
fn shown(params: &SearchParams, list: Listed<ListedClient>) -> AnyView {
    let row = |listed| {
        table::row(ClientRow {
            listed,
            params: params.clone(),
        })
    };
    paged(CLIENTS, params, list.page, table(), row, empty)
}

/// Renders the empty state: of a search, or of a list without clients.
fn empty(params: &SearchParams, _: Total) -> AnyView {
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
