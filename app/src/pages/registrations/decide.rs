//! Dialogs that decide registrations.

use ::time::OffsetDateTime;
use domain::{
    access::BuiltinRole,
    permission::Permission,
    registrations::{Decision, list::RegistrationParams},
    users::{bulk::BulkOutcome, detail::GrantableRole},
};
use leptos::prelude::*;

use super::params;
use crate::{
    api::{
        bulk::SELECTED,
        error::ApiError,
        read::ReadRequest,
        registrations::{DecideRegistrations, PENDING_LIST, PreviewDecision, list_of},
        user::ListRoles,
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        list::bulk_dialog::{BulkItems, NothingToDo},
        loaded::{Loaded, transition},
        parameters::use_query,
        roles::RoleChoice,
        time::Exactly,
        typed::ticked_roles,
    },
    context::PageContext,
    links::over,
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

/// Renders the dialog that undoes approvals. It opens if an undo is denied.
#[component]
pub fn Reopen() -> impl IntoView {
    view! { <Decide decision=Decision::Reopen /> }
}

/// Renders the dialog that restores rejected registrations.
#[component]
pub fn Restore() -> impl IntoView {
    view! { <Decide decision=Decision::Restore /> }
}

/// Returns the title of the dialog.
fn title(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => text::registrations::approve_title(),
        Decision::Reject => text::registrations::reject_title(),
        Decision::Reopen => text::registrations::reopen_title(),
        Decision::Restore => text::registrations::restore_title(),
    }
}

/// Returns the label of the submit button.
fn action(decision: Decision, count: usize) -> String {
    let count = u64::try_from(count).unwrap_or_default();
    match decision {
        Decision::Approve => text::registrations::approve_count(count),
        Decision::Reject => text::registrations::reject_count(count),
        Decision::Reopen => text::registrations::reopen_count(count),
        Decision::Restore => text::registrations::restore_count(count),
    }
}

/// Renders the consequences of the decision. `restorable_until` is the time until which a rejection can be undone.
fn meaning(decision: Decision, restorable_until: Option<OffsetDateTime>) -> AnyView {
    match (decision, restorable_until) {
        (Decision::Approve, _) => text::registrations::approve_hint().into_any(),
        (Decision::Reopen, _) => text::registrations::reopen_hint().into_any(),
        (Decision::Restore, _) => text::registrations::restore_hint().into_any(),
        (Decision::Reject, None) => text::registrations::reject_hint().into_any(),
        (Decision::Reject, Some(until)) => {
            let [before, after] = text::registrations::reject_effect_around();
            view! {
                {before}
                <Exactly at=until />
                {after}
            }
            .into_any()
        }
    }
}

#[component]
fn Decide(decision: Decision) -> impl IntoView {
    let path = format!("{PENDING_LIST}/{}", decision.as_str());
    let page = expect_context::<PageContext>();
    let reads_roles = decision == Decision::Approve && page.may(Permission::UsersRead);
    let context = page.of_form(&path);
    let query = use_query();
    let (keys, list) = query.with_untracked(|query| {
        let list = over(PENDING_LIST, &params::<RegistrationParams>(query));
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
    let roles = reads_roles.then(|| Loaded::new(|| ReadRequest::of(ListRoles {})));
    let dialog = move || {
        let (roles, preview) = (
            roles.map_or_else(|| Some(Ok(Vec::new())), Loaded::get),
            preview.get(),
        );
        let (roles, preview) = (roles?.unwrap_or_default(), preview?);
        let (route, selected) = (route.clone(), selected.clone());
        Some(match preview {
            Ok(outcome) if outcome.changed > 0 => view! {
                <DecideForm decision=decision route=route selected=selected preview=outcome roles=roles />
            }
            .into_any(),
            outcome => {
                let outcome = outcome.map_err(|ApiError(problem)| problem);
                view! { <NothingToDo title=title(decision) route=route outcome=outcome /> }.into_any()
            }
        })
    };
    transition(ViewFnOnce::default(), Box::new(dialog))
}

#[component]
fn DecideForm(
    decision: Decision,
    route: DialogRoute,
    selected: String,
    preview: BulkOutcome,
    roles: Vec<GrantableRole>,
) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<DecideRegistrations>(&route.path);
    let restorable_until = preview.restorable_until;
    // Outcome from the server, if it denied the last attempt because the selected registrations had changed.
    let outcome = Memo::new(move |last: Option<&BulkOutcome>| {
        let changed = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.as_ref()?.get());
        changed.unwrap_or_else(|| last.unwrap_or(&preview).clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    let choice = (!roles.is_empty()).then(|| {
        let chosen = ticked_roles(&context, vec![BuiltinRole::User.as_str().to_owned()]);
        view! { <RoleChoice roles=roles chosen=chosen error=form_state.error("roles") denied=None /> }
    });
    view! {
        <FormDialog
            title=title(decision)
            route=route.clone()
            form_state=form_state
            denied=None
            action=Signal::derive(move || action(decision, count()))
            danger=decision == Decision::Reject
            right=Permission::RegistrationsWrite
        >
            <p>{meaning(decision, restorable_until)}</p>
            {move || outcome.with(|outcome| view! { <BulkItems items=outcome.items.clone() /> })}
            {choice}
            <Field spec=NOTE value=context.typed("note") error=form_state.error("note") first=true />
            <input type="hidden" name="decision" value=decision.as_str() />
            <input type="hidden" name="selected" value=selected />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=route.back />
        </FormDialog>
    }
}
