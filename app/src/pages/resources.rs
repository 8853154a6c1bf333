//! Page "Resources": what the host application has, by kind, with owners, clients and grants.

pub mod check;
pub mod dialogs;
pub mod edit;
mod grants;
pub mod new;
pub mod page;
mod rows;
pub mod transfer;

use domain::{
    access::Principal,
    list::{PageParams, Total},
    permission::Permission,
    policy::can_transfer_resources,
    resources::{ResourceListParams, ResourceListing},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        read::ReadRequest,
        resources::{ListResources, RESOURCES},
    },
    components::{
        dialog::DialogRoute,
        exports::{RECORDS, export_links},
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            data_table::DataTable,
            empty_list::{EmptyList, EmptyTexts},
            url_list::{ListTexts, UrlList, paged},
        },
        tab::with,
    },
    context::PageContext,
    format::grouped,
    links::{over, resources as links},
    text,
};
use rows::{COLUMNS, row};

static TEXTS: ListTexts = ListTexts {
    title: text::resources::title,
    label: text::resources::title,
    load_failed: text::resources::load_failed,
    show_all: text::resources::show_all,
};

static EMPTY: EmptyTexts = EmptyTexts {
    none: text::resources::none,
    none_hint: text::resources::none_text,
    none_here: text::resources::none_here,
    first_page: text::resources::first_page,
    none_match: text::resources::none_match,
    show_all: text::resources::show_all,
};

/// Returns whether the viewer can change resources and grants.
fn may_write() -> bool {
    PageContext::current().may(Permission::ResourcesWrite)
}

/// Returns whether the viewer can transfer the resources of a user to another one.
fn may_transfer_all() -> bool {
    let principal = PageContext::current().principal;
    let can_transfer = |principal: Principal| can_transfer_resources(&principal.permissions);
    may_write() && principal.is_some_and(can_transfer)
}

/// Renders the list of resources. Its whole state is in the URL.
#[component]
pub fn Resources() -> impl IntoView {
    let list = UrlList::load(RESOURCES, &TEXTS, |params| {
        ReadRequest::of(ListResources { params })
    });
    let params = list.params;
    let kinds = with(list.loaded, move |listing| {
        kinds(&params.get_untracked(), &listing)
    });
    let above = view! {
        <p class="pane-actions muted">{text::resources::hint()}</p>
        {kinds}
        <Filters params=params />
    };
    let exports = with(list.loaded, move |_| {
        let params = params.get_untracked();
        export_links(RECORDS, &|format| links::file(&params, format))
    });
    let beside = view! { <div class="toolbar-end">{exports} <Tools params=params /></div> };
    let screen = list.render(beside.into_any(), above.into_any(), |_| table(), shown);
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the route of a dialog above the list.
fn route(path: &str, params: &ResourceListParams) -> DialogRoute {
    DialogRoute {
        path: path.to_owned(),
        back: links::href(params),
    }
}

/// Returns the table without its rows.
fn table() -> DataTable {
    DataTable::records(text::resources::title(), &COLUMNS)
}

/// Renders the links to the transfer of all resources of a user and to the creation of one.
#[component]
fn Tools(
    /// State of the list, from the URL.
    params: Memo<ResourceListParams>,
) -> impl IntoView {
    let transfer = may_transfer_all().then(|| {
        let href = move || over(transfer::PATH, &params.read().at_start());
        view! {
            <a class="button" href=href data-noscroll>
                {text::resources::transfer_all()}
            </a>
        }
    });
    let create = may_write().then(|| {
        let href = move || over(new::PATH, &params.read().at_start());
        view! {
            <a class="button button-primary" href=href data-noscroll>
                {text::resources::new()}
            </a>
        }
    });
    view! {
        {transfer}
        {create}
    }
}

/// Renders the kinds as tabs, each with the number of resources that match the other conditions.
fn kinds(params: &ResourceListParams, listing: &ResourceListing) -> AnyView {
    let current = params.kind.clone().filter(|kind| !kind.trim().is_empty());
    let tab = |kind: Option<&str>, name: String, count: u64| {
        let is_current = current.as_deref() == kind;
        view! {
            <a
                href=links::of_kind(params, kind)
                aria-current=is_current.then_some("page")
                data-noscroll
            >
                <bdi>{name}</bdi>
                " "
                {grouped(count)}
            </a>
        }
        .into_any()
    };
    let all = listing.kinds.iter().map(|kind| kind.count).sum();
    let all = tab(None, text::resources::all_kinds().to_owned(), all);
    let kinds = listing.kinds.iter();
    let kinds = kinds.map(|kind| tab(Some(&kind.kind), kind.kind.clone(), kind.count));
    let tabs: Vec<AnyView> = std::iter::once(all).chain(kinds).collect();
    view! {
        <nav class="tabs" aria-label=text::resources::kinds()>
            {tabs}
        </nav>
    }
    .into_any()
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<ResourceListParams>,
) -> impl IntoView {
    let can_ask = PageContext::current().may(Permission::AccessRead);
    let fields = Memo::new(move |_| fields(&params.read(), can_ask));
    let cleared = Signal::derive(move || {
        links::href(&ResourceListParams {
            kind: params.read().kind.clone(),
            ..ResourceListParams::default()
        })
    });
    view! {
        <FilterForm
            label=text::resources::filter()
            path=RESOURCES
            fields=fields
            cleared=cleared
        />
    }
}

/// Returns the fields of the form. `can_ask` is whether the viewer can see what other users reach.
fn fields(params: &ResourceListParams, can_ask: bool) -> Vec<FilterField> {
    let typed = |label: &'static str, example: &'static str| Entry::Typed(label, example, None);
    let reached_by = match can_ask {
        true => typed(text::resources::reached_by(), text::resources::username()),
        false => Entry::Hidden,
    };
    vec![
        FilterField::new("q", &params.q, typed(text::resources::name(), "")),
        FilterField::new(
            "owner",
            &params.owner,
            typed(text::resources::owner(), text::resources::username()),
        ),
        FilterField::new(
            "client",
            &params.client,
            typed(text::resources::client(), text::resources::client_example()),
        ),
        FilterField::new("reached_by", &params.reached_by, reached_by),
        FilterField::new("kind", &params.kind, Entry::Hidden),
        linked(
            "external_id",
            &params.external_id,
            text::resources::external_id(),
        ),
        linked("group", &params.group, text::resources::group_id()),
        FilterField::new("limit", &params.limit, Entry::Hidden),
    ]
}

/// Returns a field for a condition that only a URL sets, shown if it is set.
fn linked(name: &'static str, value: &Option<String>, label: &'static str) -> FilterField {
    let entry = match value {
        Some(_) => Entry::Typed(label, "", None),
        None => Entry::Hidden,
    };
    FilterField::new(name, value, entry)
}

/// Renders the rows, or the empty state.
fn shown(params: &ResourceListParams, listing: ResourceListing) -> AnyView {
    let ResourceListing { page, now, .. } = listing;
    let row = |listed| row(listed, now);
    paged(RESOURCES, params, page, table(), row, empty)
}

/// Renders the empty state, with the number of resources on other pages.
fn empty(params: &ResourceListParams, others: Total) -> AnyView {
    let list = EmptyList {
        icon: Icon::Cube,
        texts: &EMPTY,
        is_filtered: !params.only_filter().pairs().is_empty(),
        others,
        first: links::href(&params.at_start()),
        all: RESOURCES,
    };
    list.render()
}
