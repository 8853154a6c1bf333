//! Who it is, what can be done to them, and the tabs.

use domain::users::Status;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{Opened, may_write, path};
use crate::{
    api::{people::Deed, person::Person},
    components::{
        avatar::Avatar,
        badge::{RoleBadge, StatusBadge},
        notice::ProblemNotice,
        toast::{Toast, just_done},
    },
};

/// The tabs: end of the address, name.
const TABS: [(&str, &str); 5] = [
    ("", "Overview"),
    ("/sessions", "Sessions"),
    ("/keys", "API keys"),
    ("/data", "Owned data"),
    ("/history", "History"),
];

/// The top of the page.
#[component]
pub(super) fn Head(person: Person) -> impl IntoView {
    let doing = Opened::current().doing;
    let user = &person.user;
    let (id, name) = (user.summary.id, user.summary.display_name.clone());
    let page = path(&user.summary);
    let deleted = user.deleted_at.is_some();
    let done = just_done();
    let undo = {
        let page = page.clone();
        move || {
            let deed = match done.get().as_deref() {
                Some("deleted") if deleted => Deed::Restore,
                Some("suspended") => Deed::Lift,
                _ => return None,
            };
            Some(view! { <DeedButton deed=deed label="Undo" page=page.clone() id=id.0 /> })
        }
    };
    view! {
        <Title text=format!("{name} · Rollcall") />
        <header class="page-head person-head">
            <Avatar id=id name=name.clone() size="avatar-56" />
            <div class="person-text">
                <h1>
                    <bdi>{name}</bdi>
                </h1>
                <p class="person-user">
                    {user.summary.username.clone()} " · No. " {user.summary.number}
                </p>
                <p class="chips">
                    {if deleted {
                        view! { <span class="badge tone-danger">"Deleted"</span> }.into_any()
                    } else {
                        view! {
                            <StatusBadge
                                status=user.summary.status
                                until=user.summary.suspended_until
                            />
                        }
                            .into_any()
                    }} <RoleBadge roles=user.summary.roles.clone() />
                    {user
                        .must_change_password
                        .then(|| {
                            view! { <span class="badge tone-warning">"Must change password"</span> }
                        })}
                </p>
            </div>
            {may_write().then(|| view! { <Actions person=person.clone() /> })}
        </header>
        {move || {
            doing.problem
                .get()
                .map(|problem| {
                    view! {
                        <div class="filters">
                            <ProblemNotice problem=problem />
                        </div>
                    }
                })
        }}
        <Tabs page=page.clone() />
        <Toast page=page>{undo.clone()}</Toast>
    }
}

/// What can be done to the person.
#[component]
fn Actions(person: Person) -> impl IntoView {
    let page = path(&person.user.summary);
    let id = person.user.summary.id.0;
    let link = |word: &str, label: &'static str| {
        view! {
            <a class="button" href=format!("{page}/{word}") data-noscroll>
                {label}
            </a>
        }
    };
    let buttons = if person.user.deleted_at.is_some() {
        view! {
            <DeedButton deed=Deed::Restore label="Restore" page=page.clone() id=id />
            {link("delete", "Delete permanently…")}
        }
        .into_any()
    } else {
        let suspended = person.user.summary.status == Status::Suspended;
        view! {
            {link("edit", "Edit")}
            {link("reset", "Send reset link")}
            <DeedButton deed=Deed::SignOut label="Sign out everywhere" page=page.clone() id=id />
            {if suspended {
                view! { <DeedButton deed=Deed::Lift label="Lift suspension" page=page.clone() id=id /> }
                    .into_any()
            } else {
                link("suspend", "Suspend").into_any()
            }}
            {link("delete", "Delete")}
        }
        .into_any()
    };
    view! { <div class="chips">{buttons}</div> }
}

/// A button that does something at once.
#[component]
pub(super) fn DeedButton(deed: Deed, label: &'static str, page: String, id: Uuid) -> impl IntoView {
    let doing = Opened::current().doing;
    let address = page.clone();
    view! {
        <form method="post" action=address on:submit=move |event| doing.submit.run(event)>
            <input type="hidden" name="page" value=page />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="deed" value=deed.as_str() />
            <button class="button" aria-disabled=move || doing.busy()>
                {label}
            </button>
        </form>
    }
}

/// The tabs. A dialog is over the first of them.
#[component]
fn Tabs(page: String) -> impl IntoView {
    let here = use_location().pathname;
    view! {
        <nav class="tabs" aria-label="About this person">
            {TABS
                .map(|(end, name)| {
                    let current = move || {
                        let here = here.get();
                        let other = TABS.iter().skip(1).any(|(end, _)| here.ends_with(end));
                        let is_here = if end.is_empty() { !other } else { here.ends_with(end) };
                        is_here.then_some("page")
                    };
                    view! {
                        <a href=format!("{page}{end}") aria-current=current data-noscroll>
                            {name}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
    }
}
