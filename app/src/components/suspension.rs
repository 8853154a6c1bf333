//! Suspension: the fields of its form, for one user or several, and the dialog for one user.

use domain::{
    messages,
    users::{Status, UserSummary, action::UserAction, detail::UserDetail},
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    dialog::{DialogRoute, FormDialog},
    field::{Field, FieldSpec},
    form::FormState,
    time::{offset_at, shown_zone},
    user_form::{About, Conflict, ConflictValue, deleted_notice},
};
use crate::{api::user::UserView, context::PageContext, hydrated::Hydrated, labels, text};

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: text::actions::reason,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::actions::reason_hint),
    optional: false,
    max: 500,
};

const UNTIL: FieldSpec = FieldSpec {
    name: "until",
    label: text::actions::until,
    kind: "datetime-local",
    autocomplete: "off",
    hint: Some(text::actions::until_hint),
    optional: true,
    max: 20,
};

/// Renders the fields for the reason, its visibility to the user, and the end.
#[component]
pub fn SuspensionFields(
    /// Page context with the typed values of the form.
    context: PageContext,
    /// State of the form.
    form_state: FormState,
) -> impl IntoView {
    let (until, set_until) = signal(context.typed("until"));
    let field = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        // Reads text that was typed before hydration.
        let input = field
            .get()
            .and_then(|field| field.query_selector("input").ok()?);
        let input = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            set_until.set(input.value());
        }
    });
    // The value of `datetime-local` has no time zone: it is read in the one in which times are shown, and the form sends that
    // zone's UTC offset with it.
    let offset = move || match until.get() {
        local if Hydrated::now() && !local.is_empty() => offset_at(&local),
        _ => 0.0,
    };
    let zone = move || match Hydrated::now().then(shown_zone) {
        None => text::actions::until_in_utc().to_owned(),
        Some(None) => text::actions::until_in_device_zone().to_owned(),
        Some(Some(zone)) => text::actions::until_in_zone(zone),
    };
    view! {
        <Field spec=REASON value=context.typed("reason") error=form_state.error("reason") first=true />
        <label class="check">
            <input
                type="checkbox"
                name="show_reason"
                value="true"
                checked=context.typed("show_reason") == "true"
            />
            <span>
                {text::actions::show_reason()}
                <span class="check-note">{text::actions::show_reason_note()}</span>
            </span>
        </label>
        <div node_ref=field on:input=move |event| set_until.set(event_target_value(&event))>
            <Field spec=UNTIL value=context.typed("until") error=form_state.error("until") />
            <p class="field-note">{zone}</p>
        </div>
        <input type="hidden" name="offset" value=move || offset().to_string() />
    }
}

/// Returns the reason why the user cannot be suspended by this form.
fn suspension_denied(user_view: &UserView) -> Option<String> {
    let suspended = user_view.user.summary.status == Status::Suspended;
    let denied = user_view
        .denied_actions
        .reason(UserAction::Suspend)
        .or(deleted_notice(&user_view.user));
    denied.or_else(|| suspended.then(|| text::message::of(&messages::already_suspended())))
}

fn status(user: &UserSummary) -> String {
    labels::status(user.status).to_owned()
}

/// Renders the dialog that suspends a user, at the version that the form is based on.
#[component]
pub fn SuspendForm(
    /// User to suspend.
    user_view: UserView,
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// State of the form.
    form_state: FormState,
) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&route.path);
    let title = text::actions::suspend_user(&user_view.user.summary.username);
    let conflict = Conflict::of(form_state);
    let version = conflict.version(&context, user_view.user.summary.version);
    let mine = status(&user_view.user.summary);
    view! {
        <FormDialog
            title=title.clone()
            route=route
            form_state=form_state
            denied=suspension_denied(&user_view)
            action=Signal::stored(title)
            danger=true
        >
            <p>{text::user::suspend_meaning()}</p>
            <ConflictValue conflict=conflict mine=mine pick=|user: &UserDetail| status(&user.summary) />
            <input type="hidden" name="version" value=version />
            <SuspensionFields context=context form_state=form_state />
            <About user_view=user_view />
        </FormDialog>
    }
}
