//! Pending registrations.

use domain::{
    list::Listed,
    registrations::{Decision, PendingRegistration},
    users::bulk::Selected,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{Head, may_write};
use crate::{
    api::{
        bulk::SELECTED,
        listed::check_params,
        registrations::{PENDING_LIST, list_pending},
    },
    components::{
        icon::Icon,
        parameters::{SELECTION, checked, use_query},
        records::{Record, Records},
        selection::{BulkLinks, SelectAllBox, SelectBox, Selection, SelectionBar},
        tab::{More, tab},
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

/// Renders the list of pending registrations.
#[component]
pub fn Pending() -> impl IntoView {
    let query = use_query();
    if may_write() {
        let selected = query.with_untracked(|query| query.get_all(SELECTED));
        provide_context(Selection::new(&selected));
    }
    let request = checked(move || query.read().get("after"), &["after"], SELECTION);
    let list = Resource::new(
        move || request.get(),
        |request| async move { list_pending(check_params(request)?).await },
    );
    let empty = (Icon::Users, text::registrations::none_pending());
    let users = tab(list, empty, |listed| {
        let Listed { page: pending, now } = listed;
        let selection = use_context::<Selection>();
        let page: Vec<Selected> = pending.rows.iter().map(shown).collect();
        let after = use_query().read_untracked().get("after");
        let next = pending
            .page_info
            .after
            .map(|after| format!("?after={after}"));
        let rows = pending
            .rows
            .into_iter()
            .map(|registration| row(registration, now));
        let all = selection.map(|selection| {
            let page = page.clone();
            view! {
                <div class="pane-actions">
                    <SelectAllBox selection=selection page=page has_button=true />
                </div>
            }
        });
        let bar = selection.map(|selection| {
            let state = after.map(|after| ("after", after));
            view! {
                <SelectionBar
                    selection=selection
                    page=page
                    list=PENDING_LIST
                    state=state.into_iter().collect()
                    actions=decisions()
                />
            }
        });
        const COLUMNS: &[text::Label] = &[
            text::registrations::user,
            text::registrations::email,
            text::registrations::registered,
            text::registrations::ip_address,
            text::common::actions,
        ];
        view! {
            {all}
            <Records
                caption=text::registrations::pending_caption()
                columns=COLUMNS
                rows=rows.collect()
            />
            {bar}
            <More href=next />
        }
        .into_any()
    });
    view! {
        <Head tab=PENDING_LIST />
        {users}
        <Outlet />
    }
}

/// Returns a pending user as the list shows them now.
fn shown(registration: &PendingRegistration) -> Selected {
    Selected {
        id: registration.id.0,
        version: registration.version,
        username: Some(registration.username.clone()),
    }
}

fn row(registration: PendingRegistration, now: ::time::OffsetDateTime) -> Record {
    let selection = use_context::<Selection>();
    let user = shown(&registration);
    let key = [user.to_string()];
    let name = registration.username.clone();
    let boxed = selection.map(|selection| view! { <SelectBox selection=selection user=user /> });
    let conflict = registration.email_of.map(|of| {
        view! { <span class="badge tone-warning">{text::registrations::email_of(of)}</span> }
    });
    let links = selection.map(|_| {
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
            text::registrations::approve_of(&name),
            text::registrations::reject_of(&name),
        );
        view! {
            <div class="chips">
                {link(Decision::Approve, text::registrations::approve(), approval)}
                {link(Decision::Reject, text::registrations::reject(), rejection)}
            </div>
        }
    });
    let id = registration.id.to_string();
    let cells = vec![
        view! {
            {boxed}
            <a href=format!("/users/{}", registration.id)>
                <bdi>{registration.display_name}</bdi>
            </a>
            <p class="muted">{registration.username}</p>
        }
        .into_any(),
        view! { {registration.email.unwrap_or_else(|| "—".to_owned())} " " {conflict} }.into_any(),
        view! { <Ago at=registration.created_at now=now /> }.into_any(),
        registration
            .from
            .map_or_else(|| "—".to_owned(), |ip| ip.to_string())
            .into_any(),
        links.into_any(),
    ];
    (id, cells)
}
