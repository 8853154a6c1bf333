//! Deleting a person: what goes with them is counted, and their name has to be typed.

use domain::users::deletion::{DeletionPreview, OwnedCounts};
use leptos::prelude::*;

use super::{
    super::{Opened, overview::Overview},
    About, place, ticked,
};
use crate::{
    api::{
        people::DeleteUser,
        person::{Person, path, preview_deletion},
    },
    components::{
        dialog::FormDialog,
        facts::Fact,
        field::{Field, FieldSpec},
        time::Exactly,
    },
    context::PageContext,
    format::grouped,
    pages::form,
};

const CONFIRM: FieldSpec = FieldSpec {
    name: "confirm",
    label: "Their username, to confirm",
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 50,
};

/// The dialog that deletes a person.
#[component]
pub fn Delete() -> impl IntoView {
    let person = Opened::current().person;
    let counted = Resource::new(
        || (),
        move |()| async move {
            let person = person.await?;
            let preview = preview_deletion(person.user.summary.id.0).await?;
            Ok::<_, crate::api::error::ApiError>((person, preview))
        },
    );
    view! {
        <Overview />
        <Transition>
            {move || Suspend::new(async move {
                counted
                    .await
                    .ok()
                    .map(|(person, preview)| view! { <DeleteForm person=person preview=preview /> })
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
    // What somebody else has added or taken since is shown anew, and has to be confirmed again.
    let counts = Signal::derive(move || {
        let problem = sending.problem.get();
        let changed = problem.and_then(|problem| problem.details.counts);
        changed.unwrap_or(preview.counts)
    });
    let action = {
        let name = name.clone();
        move || match counts.get().total() {
            0 => format!("Delete {name}"),
            1 => format!("Delete {name} and 1 thing"),
            total => format!("Delete {name} and {} things", number(total)),
        }
    };
    let data = (preview.counts.personas > 0 && !in_bin).then(|| {
        let give = format!("{}/reassign", path(&person.user.summary));
        view! {
            <a class="button" href=give>
                "Give it to somebody else first"
            </a>
        }
    });
    let fate = match preview.restorable_until.filter(|_| !in_bin) {
        Some(until) => view! {
            <p>"Until " <Exactly at=until /> " it can be restored, except the sessions."</p>
            <label class="check">
                <input
                    type="checkbox"
                    name="permanent"
                    value="true"
                    checked=ticked(&context, "permanent", false)
                />
                <span>
                    "Delete permanently now"
                    <span class="check-note">"This cannot be undone"</span>
                </span>
            </label>
        }
        .into_any(),
        None => view! {
            <p class="notice tone-danger">"This is for good: it cannot be undone."</p>
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
            <dl class="facts">
                {move || {
                    counts
                        .get()
                        .kinds()
                        .map(|(kind, count)| view! { <Fact label=kind>{number(count)}</Fact> })
                        .into_iter()
                        .collect_view()
                }}
            </dl>
            <input type="hidden" name="counts" value=move || sent(counts.get()) />
            <div class="chips">
                <a class="button" href=format!("/api/admin/users/{id}/export") rel="external" download>
                    "Export their data first"
                </a>
                {data}
            </div>
            {fate}
            <Field spec=CONFIRM value=context.typed("confirm") fault=sending.fault("confirm") />
            <About person=person />
        </FormDialog>
    }
}

fn number(count: i64) -> String {
    grouped(u64::try_from(count).unwrap_or_default())
}

/// The counts as they are sent back.
fn sent(counts: OwnedCounts) -> String {
    counts.kinds().map(|(_, count)| count.to_string()).join(",")
}
