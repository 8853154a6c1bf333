//! Pending registrations.

use ::time::OffsetDateTime;
use domain::{
    list::{Listed, PageParams, UnfilteredParams},
    registrations::{Decision, PendingRegistration},
    users::bulk::Selected,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{failed, may_write, over, params, screen};
use crate::{
    api::{
        bulk::SELECTED,
        listed::check_params,
        read::ReadRequest,
        registrations::{ListPending, PENDING_LIST},
    },
    components::{
        icon::Icon,
        list::{
            column::{Column, cells, headings, visible},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{SELECTION, checked, use_query},
        selection::{BulkLinks, SelectAllBox, SelectBox, Selection, SelectionBar},
        state::ListState,
        time::Ago,
    },
    links::with_selected,
    text,
};

/// Returns the bulk actions on the selected registrations.
fn decisions() -> BulkLinks {
    [
        ("approve", text::registrations::approve()),
        ("reject", text::registrations::reject()),
    ]
    .map(|(name, label)| (format!("{PENDING_LIST}/{name}"), label))
    .into()
}

/// Row of the list.
struct ListedRegistration {
    registration: PendingRegistration,
    /// Server time of the response.
    now: OffsetDateTime,
    /// Selection of the list, if the viewer can decide registrations.
    selection: Option<Selection>,
}

/// Columns in their order.
static COLUMNS: [Column<ListedRegistration>; 5] = [
    Column {
        class: "",
        label: text::registrations::user,
        sort: None,
        cell: |cell, row| cell.header(user(row)),
    },
    Column {
        class: "",
        label: text::registrations::email,
        sort: None,
        cell: |cell, row| {
            let email = row.registration.email.clone();
            let conflict = row.registration.email_of.clone().map(|of| {
                view! { <span class="badge tone-warning">{text::registrations::email_of(of)}</span> }
            });
            cell.labelled(view! { {email.unwrap_or_else(|| "—".to_owned())} " " {conflict} })
        },
    },
    Column {
        class: "",
        label: text::registrations::registered,
        sort: None,
        cell: |cell, row| {
            cell.labelled(view! { <Ago at=row.registration.created_at now=row.now /> })
        },
    },
    Column {
        class: "",
        label: text::registrations::ip_address,
        sort: None,
        cell: |cell, row| {
            let from = row.registration.from;
            cell.labelled(from.map_or_else(|| "—".to_owned(), |ip| ip.to_string()))
        },
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(row.selection.map(|_| links(&row.registration))),
    },
];

/// Renders the list of pending registrations. Its whole state is in the URL.
#[component]
pub fn Pending() -> impl IntoView {
    let query = use_query();
    if may_write() {
        let selected = query.with_untracked(|query| query.get_all(SELECTED));
        provide_context(Selection::new(&selected));
    }
    let params = Memo::new(move |_| params(&query.read()));
    let loading = Loading::new();
    let request = checked(move || params.get(), UnfilteredParams::NAMES, SELECTION);
    let list = Loaded::counted(loading, move || {
        let UnfilteredParams {
            limit,
            after,
            before,
        } = check_params(request.get())?;
        ReadRequest::of(ListPending {
            after,
            before,
            limit,
        })
    });
    let label = text::registrations::pending_caption();
    let screen = screen(PENDING_LIST, label, loading, || table().skeleton());
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(listed) => shown(&params, listed),
            Err(problem) => failed(PENDING_LIST, &params, problem),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the columns that the viewer sees.
fn columns() -> &'static [Column<ListedRegistration>] {
    visible(&COLUMNS, may_write())
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable {
        class: "table records",
        caption: text::registrations::pending_caption(),
        headings: headings(columns()),
        select_all: None,
    }
}

/// Renders the rows, or the empty state.
fn shown(params: &UnfilteredParams, listed: Listed<PendingRegistration>) -> AnyView {
    let Listed { page, now } = listed;
    if page.rows.is_empty() {
        let title = text::registrations::none_pending();
        return view! { <ListState icon=Icon::Users title=title /> }.into_any();
    }
    let pages = Pages::of(params, &page, |params| over(PENDING_LIST, params));
    let selection = Selection::current();
    let users: Vec<Selected> = page.rows.iter().map(selected).collect();
    let all = selection.map(|selection| {
        let page = users.clone();
        view! {
            <div class="pane-actions">
                <SelectAllBox selection=selection page=page has_button=true />
            </div>
        }
    });
    let bar = selection.map(|selection| {
        let state = params.pairs().into_iter();
        let state = state
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        view! {
            <SelectionBar
                selection=selection
                page=users
                list=PENDING_LIST
                state=state
                actions=decisions()
            />
        }
    });
    let rows = page.rows.into_iter().map(|registration| {
        let listed = ListedRegistration {
            registration,
            now,
            selection,
        };
        data_table::row(listed.registration.id, cells(columns(), &listed))
    });
    let table = table().with_rows(rows.collect());
    view! {
        {all}
        {table}
        {bar}
        <Pager pages=pages />
    }
    .into_any()
}

/// Returns a pending user as the list shows them now.
fn selected(registration: &PendingRegistration) -> Selected {
    Selected {
        id: registration.id.0,
        version: registration.version,
        username: Some(registration.username.clone()),
    }
}

/// Renders the name as a link to the page of the user, with a checkbox.
fn user(row: &ListedRegistration) -> impl IntoView + use<> {
    let registration = &row.registration;
    let user = selected(registration);
    let checkbox = row
        .selection
        .map(|selection| view! { <SelectBox selection=selection user=user /> });
    let name = registration.display_name.clone();
    view! {
        {checkbox}
        <a href=format!("/users/{}", registration.id)>
            <bdi>{name}</bdi>
        </a>
        <p class="muted">{registration.username.clone()}</p>
    }
}

/// Renders the links to the dialogs that decide the registration.
fn links(registration: &PendingRegistration) -> impl IntoView + use<> {
    let key = [selected(registration).to_string()];
    let link = |decision: Decision, label: &'static str, about: String| {
        let path = format!("{PENDING_LIST}/{}", decision.as_str());
        let href = with_selected(&path, [].into_iter(), &key);
        view! {
            <a class="button" href=href data-noscroll aria-label=about>
                {label}
            </a>
        }
    };
    let (approval, rejection) = (
        text::registrations::approve_of(&registration.username),
        text::registrations::reject_of(&registration.username),
    );
    view! {
        <div class="chips">
            {link(Decision::Approve, text::registrations::approve(), approval)}
            {link(Decision::Reject, text::registrations::reject(), rejection)}
        </div>
    }
}
