//! Deletion of a user. The dialog shows the counts of the data and requires the username.

use domain::users::deletion::DeletionPreview;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use super::{
    super::{Opened, overview::Overview},
    About, place,
};
use crate::{
    api::{
        error::ApiError,
        people::DeleteUser,
        person::{Person, path, preview_deletion},
    },
    components::{
        deletion::{CONFIRM, Uncounted},
        dialog::{FormDialog, Place},
        field::Field,
        form,
        owned::{Counts, and_things},
        time::Exactly,
        typed::ticked,
    },
    context::PageContext,
};

/// Renders the dialog that deletes a user.
#[component]
pub fn Delete() -> impl IntoView {
    let person = Opened::current().person;
    let counted = Resource::new(
        || (),
        move |()| async move {
            let person = person.await?;
            let preview = preview_deletion(person.user.summary.id.0).await;
            Ok::<_, ApiError>((person, preview))
        },
    );
    // While the data is counted, the user may not be loaded either, so the path is taken from the URL.
    let here = use_location().pathname.get_untracked();
    let counting = Place {
        back: here.trim_end_matches("/delete").to_owned(),
        path: here,
    };
    view! {
        <Overview />
        <Transition fallback=move || view! { <Uncounted place=counting.clone() problem=None /> }>
            {move || Suspend::new(async move {
                match counted.await {
                    Ok((person, Ok(preview))) => {
                        view! { <DeleteForm person=person preview=preview /> }.into_any()
                    }
                    Ok((person, Err(ApiError(problem)))) => {
                        view! { <Uncounted place=place(&person, "delete") problem=Some(problem) /> }.into_any()
                    }
                    // The header of the page shows the error.
                    Err(_) => ().into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn DeleteForm(person: Person, preview: DeletionPreview) -> impl IntoView {
    let place = place(&person, "delete");
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<DeleteUser>(&place.path);
    let (name, id) = (person.user.summary.username.clone(), person.user.summary.id);
    let in_bin = person.user.deleted_at.is_some();
    let counts = Counts::of(sending, preview.counts);
    let restorable = preview.restorable_until.filter(|_| !in_bin);
    let (for_good, set_for_good) =
        signal(restorable.is_none() || ticked(&context, "permanent", false));
    let action = move || {
        let things = and_things(counts.now());
        let verb = if for_good.get() {
            "Permanently delete"
        } else {
            "Delete"
        };
        format!("{verb} user{things}")
    };
    // The checkbox can be checked before hydration.
    let now_box = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = now_box.get() {
            set_for_good.set(input.checked());
        }
    });
    let data = (preview.counts.personas > 0 && !in_bin).then(|| {
        let give = format!("{}/reassign", path(&person.user.summary));
        view! {
            <a class="button" href=give>
                "Transfer ownership"
            </a>
        }
    });
    let fate = match restorable {
        Some(until) => view! {
            <p>"You can restore this user until " <Exactly at=until /> ". Sessions are not restored."</p>
            <label class="check">
                <input
                    node_ref=now_box
                    type="checkbox"
                    name="permanent"
                    value="true"
                    checked=ticked(&context, "permanent", false)
                    on:change=move |event| set_for_good.set(event_target_checked(&event))
                />
                <span>
                    "Delete permanently now"
                    <span class="check-note">"This can't be undone"</span>
                </span>
            </label>
        }
        .into_any(),
        None => view! {
            <p class="notice tone-danger">"This permanently deletes the user and can't be undone."</p>
            <input type="hidden" name="permanent" value="true" />
        }
        .into_any(),
    };
    view! {
        <FormDialog
            title=format!("Delete {name}")
            place=place
            sending=sending
            refusal=preview.refusal
            action=Signal::derive(action)
            danger=true
        >
            {counts.table()}
            <div class="actions">
                <a
                    class="button"
                    href=format!("/api/admin/users/{id}/export")
                    rel="external"
                    autofocus
                >
                    "Export data"
                </a>
                {data}
            </div>
            {fate}
            <Field spec=CONFIRM value=context.typed("confirm") fault=sending.fault("confirm") />
            <About person=person />
        </FormDialog>
    }
}
