//! Pending registrations.

use domain::{
    registrations::{Decision, WaitingPerson},
    users::bulk::Selected,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{Head, may_write};
use crate::{
    api::{
        bulk::SELECTED,
        listed::asked,
        registrations::{WAITING, list_waiting},
    },
    components::{
        icon::Icon,
        parameters::{SELECTION, checked, use_query},
        records::{Record, Records},
        selection::{Deeds, SelectAllBox, SelectBox, Selection, SelectionBar},
        tab::{More, tab},
        time::Ago,
    },
    links::with_selected,
};

/// Bulk actions on the selected registrations: path and label.
const DEEDS: Deeds = &[
    ("/registrations/approve", "Approve"),
    ("/registrations/reject", "Reject"),
];

/// Renders the list of pending registrations.
#[component]
pub fn Waiting() -> impl IntoView {
    let query = use_query();
    if may_write() {
        let selected = query.with_untracked(|query| query.get_all(SELECTED));
        provide_context(Selection::new(&selected));
    }
    let request = checked(move || query.read().get("after"), &["after"], SELECTION);
    let list = Resource::new(
        move || request.get(),
        |request| async move { list_waiting(asked(request)?).await },
    );
    let people = tab(list, (Icon::Users, "No pending registrations"), |part| {
        let selection = use_context::<Selection>();
        let page: Vec<Selected> = part.items.iter().map(shown).collect();
        let after = use_query().read_untracked().get("after");
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?after={}", last.id));
        let rows = part.items.into_iter().map(|person| row(person, part.now));
        let all = selection.map(|selection| {
            let page = page.clone();
            view! {
                <div class="pane-actions">
                    <SelectAllBox selection=selection page=page told=true />
                </div>
            }
        });
        let bar = selection.map(|selection| {
            let state = after.map(|after| ("after", after));
            view! {
                <SelectionBar
                    selection=selection
                    page=page
                    list=WAITING
                    state=state.into_iter().collect()
                    deeds=DEEDS
                />
            }
        });
        const COLUMNS: &[&str] = &["User", "Email", "Registered", "IP address", "Actions"];
        view! {
            {all}
            <Records caption="Pending registrations" columns=COLUMNS rows=rows.collect() />
            {bar}
            <More href=next />
        }
        .into_any()
    });
    view! {
        <Head tab=WAITING />
        {people}
        <Outlet />
    }
}

/// Returns a pending user as the list shows them now.
fn shown(person: &WaitingPerson) -> Selected {
    Selected {
        id: person.id.0,
        version: person.version,
        username: Some(person.username.clone()),
    }
}

fn row(person: WaitingPerson, now: ::time::OffsetDateTime) -> Record {
    let selection = use_context::<Selection>();
    let user = shown(&person);
    let key = [user.to_string()];
    let name = person.username.clone();
    let boxed = selection.map(|selection| view! { <SelectBox selection=selection user=user /> });
    let conflict = person.email_of.map(|of| {
        view! { <span class="badge tone-warning">"Already used by " {of}</span> }
    });
    let links = selection.map(|_| {
        let link = |decision: Decision, label: &'static str| {
            let path = format!("{WAITING}/{}", decision.as_str());
            let href = with_selected(&path, [].into_iter(), &key);
            view! {
                <a class="button" href=href data-noscroll aria-label=format!("{label} {name}")>
                    {label}
                </a>
            }
        };
        view! {
            <div class="chips">
                {link(Decision::Approve, "Approve")} {link(Decision::Reject, "Reject")}
            </div>
        }
    });
    let id = person.id.to_string();
    let cells = vec![
        view! {
            {boxed}
            <a href=format!("/users/{}", person.id)>
                <bdi>{person.display_name}</bdi>
            </a>
            <p class="muted">{person.username}</p>
        }
        .into_any(),
        view! { {person.email.unwrap_or_else(|| "—".to_owned())} " " {conflict} }.into_any(),
        view! { <Ago at=person.created_at now=now /> }.into_any(),
        person
            .from
            .map_or_else(|| "—".to_owned(), |ip| ip.to_string())
            .into_any(),
        links.into_any(),
    ];
    (id, cells)
}
