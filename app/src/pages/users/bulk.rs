//! Bulk action dialogs above the user list: the users that change, the skipped ones with reasons, and a button with the
//! number of changes.

use ::time::OffsetDateTime;
use domain::users::{bulk::BulkOutcome, list::ListParams};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::bulk::{BulkDeed, DoToSeveral, SELECTED, list_of, preview_several},
    components::{
        bulk_dialog::{NothingToDo, People},
        dialog::{FormDialog, Place},
        form,
        parameters::use_query,
        selection::Deeds,
        suspension::SuspensionFields,
        time::Exactly,
    },
    context::PageContext,
    links::users as links,
};

/// Returns the path of the dialog of a bulk action.
pub(super) fn path(deed: BulkDeed) -> String {
    format!("/users/bulk/{}", deed.as_str())
}

/// Returns the verb for the button and the title.
pub(super) const fn verb(deed: BulkDeed) -> &'static str {
    match deed {
        BulkDeed::Suspend => "Suspend",
        BulkDeed::Lift => "Unsuspend",
        BulkDeed::SignOut => "Sign out",
        BulkDeed::Delete => "Delete",
        BulkDeed::Restore => "Restore",
    }
}

/// Bulk actions of the user list: path and label.
pub(super) const OF_LIST: Deeds = &[
    ("/users/bulk/suspend", verb(BulkDeed::Suspend)),
    ("/users/bulk/lift", verb(BulkDeed::Lift)),
    ("/users/bulk/sign-out", verb(BulkDeed::SignOut)),
    ("/users/bulk/delete", verb(BulkDeed::Delete)),
];

/// Returns the label of the submit button: `Suspend 3 users`.
fn action(deed: BulkDeed, count: usize) -> String {
    let users = if count == 1 { "user" } else { "users" };
    match deed {
        BulkDeed::Suspend => format!("Suspend {count} {users}"),
        BulkDeed::Lift => format!("Unsuspend {count} {users}"),
        BulkDeed::SignOut => format!("Sign out {count} {users}"),
        BulkDeed::Delete => format!("Delete {count} {users}"),
        BulkDeed::Restore => format!("Restore {count} {users}"),
    }
}

/// Renders the consequences of the action for the users.
#[component]
fn Meaning(deed: BulkDeed, restorable_until: Option<OffsetDateTime>) -> impl IntoView {
    match deed {
        BulkDeed::Suspend => {
            "They are signed out everywhere immediately and can't sign in until they are unsuspended."
                .into_any()
        }
        BulkDeed::Lift => "They can sign in again.".into_any(),
        BulkDeed::SignOut => {
            "All their sessions are revoked immediately. They can sign in again.".into_any()
        }
        BulkDeed::Restore => {
            "Roles, keys and data are restored. They must sign in again."
                .into_any()
        }
        BulkDeed::Delete => match restorable_until {
            Some(until) => view! {
                "They are signed out everywhere immediately. You can restore them until "
                <Exactly at=until />
                ". Sessions are not restored."
            }
            .into_any(),
            None => view! {
                "They are signed out everywhere immediately and permanently deleted with all their data. "
                <b>"This can't be undone."</b>
            }
            .into_any(),
        },
    }
}

/// Renders the dialog of the bulk action in the URL.
#[component]
pub fn Bulk() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query());
    move || {
        let deed = params
            .read()
            .get("action")
            .and_then(|word| BulkDeed::of(&word));
        let query = query.read();
        let list = super::params(&query);
        let keys = query.get_all(SELECTED);
        deed.map(|deed| view! { <BulkDialog deed=deed list=list keys=keys /> })
    }
}

#[component]
fn BulkDialog(deed: BulkDeed, list: ListParams, keys: Vec<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&path(deed));
    // When the page is rendered again for a denied form, its URL has no query. The form holds the selection and the page to return to.
    let (selected, back) = match context.outcome {
        Some(_) => (
            context.typed("selected"),
            list_of(&context.typed("back")).to_owned(),
        ),
        None => (keys.join(" "), links::over("/users", &list, &keys)),
    };
    let place = Place {
        path: path(deed),
        back,
    };
    let preview = Resource::new(|| (), {
        let selected = selected.clone();
        move |()| preview_several(deed, selected.clone())
    });
    view! {
        <Transition>
            {move || {
                let (place, selected) = (place.clone(), selected.clone());
                Suspend::new(async move {
                    match preview.await {
                        Ok(outcome) if outcome.changed > 0 => {
                            view! { <BulkForm deed=deed place=place selected=selected preview=outcome /> }.into_any()
                        }
                        outcome => {
                            view! { <NothingToDo title=verb(deed) place=place outcome=outcome /> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn BulkForm(deed: BulkDeed, place: Place, selected: String, preview: BulkOutcome) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<DoToSeveral>(&place.path);
    let restorable_until = preview.restorable_until;
    // Outcome from the server, if it denied the last attempt because the selected users had changed. It is retained if a
    // later attempt is denied for another reason.
    let outcome = Memo::new(move |last: Option<&BulkOutcome>| {
        let changed = sending
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.clone());
        changed.unwrap_or_else(|| last.unwrap_or(&preview).clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    view! {
        <FormDialog
            title=verb(deed)
            place=place.clone()
            sending=sending
            refusal=None
            action=Signal::derive(move || action(deed, count()))
            danger=matches!(deed, BulkDeed::Suspend | BulkDeed::Delete)
        >
            <p>
                <Meaning deed=deed restorable_until=restorable_until />
            </p>
            {move || outcome.with(|outcome| view! { <People items=outcome.items.clone() /> })}
            {(deed == BulkDeed::Suspend)
                .then(|| {
                    view! { <SuspensionFields context=context sending=sending /> }
                })}
            <input type="hidden" name="deed" value=deed.as_str() />
            <input type="hidden" name="selected" value=selected />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=place.back />
        </FormDialog>
    }
}
