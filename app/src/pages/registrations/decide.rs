//! Dialogs that approve or reject pending registrations.

use domain::{permission::Permission, registrations::Decision, users::bulk::BulkOutcome};
use leptos::prelude::*;

use super::{over, params};
use crate::{
    api::{
        bulk::SELECTED,
        read::ReadRequest,
        registrations::{DecideRegistrations, PENDING_LIST, PreviewDecision, list_of},
    },
    components::{
        bulk_dialog::{BulkItems, NothingToDo},
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        loaded::Loaded,
        parameters::use_query,
    },
    context::PageContext,
    text,
};

const NOTE: FieldSpec = FieldSpec {
    name: "note",
    label: text::registrations::note,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::registrations::note_hint),
    optional: true,
    max: 500,
};

/// Renders the dialog that approves registrations.
#[component]
pub fn Approve() -> impl IntoView {
    view! { <Decide decision=Decision::Approve /> }
}

/// Renders the dialog that rejects registrations.
#[component]
pub fn Reject() -> impl IntoView {
    view! { <Decide decision=Decision::Reject /> }
}

/// Returns the title of the dialog.
fn title(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => text::registrations::approve_title(),
        Decision::Reject => text::registrations::reject_title(),
    }
}

#[component]
fn Decide(decision: Decision) -> impl IntoView {
    let path = format!("{PENDING_LIST}/{}", decision.as_str());
    let context = expect_context::<PageContext>().of_form(&path);
    let query = use_query();
    let (keys, list) = query.with_untracked(|query| {
        let list = over(PENDING_LIST, &params(query));
        (query.get_all(SELECTED), list)
    });
    // When the page is rendered again for a denied form, its URL has no query. The form holds the selection and the page to return to.
    let (selected, back) = match context.outcome {
        Some(_) => (
            context.typed("selected"),
            list_of(&context.typed("back")).to_owned(),
        ),
        None => (keys.join(" "), list),
    };
    let route = DialogRoute { path, back };
    let preview = Loaded::new({
        let selected = selected.clone();
        move || {
            let selected = selected.clone();
            ReadRequest::of(PreviewDecision { decision, selected })
        }
    });
    preview.draw(ViewFnOnce::default(), move |preview| {
        let (route, selected) = (route.clone(), selected.clone());
        match preview {
            Ok(outcome) if outcome.changed > 0 => {
                view! { <DecideForm decision=decision route=route selected=selected preview=outcome /> }
                    .into_any()
            }
            outcome => {
                view! { <NothingToDo title=title(decision) route=route outcome=outcome /> }.into_any()
            }
        }
    })
}

#[component]
fn DecideForm(
    decision: Decision,
    route: DialogRoute,
    selected: String,
    preview: BulkOutcome,
) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<DecideRegistrations>(&route.path);
    // Outcome from the server, if it denied the last attempt because the selected registrations had changed.
    let outcome = Memo::new(move |last: Option<&BulkOutcome>| {
        let changed = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.clone());
        changed.unwrap_or_else(|| last.unwrap_or(&preview).clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    let action = move || {
        let count = u64::try_from(count()).unwrap_or_default();
        match decision {
            Decision::Approve => text::registrations::approve_count(count),
            Decision::Reject => text::registrations::reject_count(count),
        }
    };
    let meaning = match decision {
        Decision::Approve => text::registrations::approve_hint(),
        Decision::Reject => text::registrations::reject_hint(),
    };
    view! {
        <FormDialog
            title=title(decision)
            route=route.clone()
            form_state=form_state
            denied=None
            action=Signal::derive(action)
            danger=decision == Decision::Reject
            right=Permission::RegistrationsWrite
        >
            <p>{meaning}</p>
            {move || outcome.with(|outcome| view! { <BulkItems items=outcome.items.clone() /> })}
            <Field spec=NOTE value=context.typed("note") error=form_state.error("note") first=true />
            <input type="hidden" name="decision" value=decision.as_str() />
            <input type="hidden" name="selected" value=selected />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=route.back />
        </FormDialog>
    }
}
