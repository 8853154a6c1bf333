//! Form fields of a suspension, for one user or several.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    field::{Field, FieldSpec},
    form::FormState,
    time::{offset_at, shown_zone},
};
use crate::{context::PageContext, hydrated::Hydrated};

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: "Reason",
    kind: "text",
    autocomplete: "off",
    hint: Some("Shown to other administrators."),
    optional: false,
    max: 500,
};

const UNTIL: FieldSpec = FieldSpec {
    name: "until",
    label: "Until",
    kind: "datetime-local",
    autocomplete: "off",
    hint: Some("Ends automatically. Leave empty to suspend indefinitely."),
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
        None => "In UTC".to_owned(),
        Some(None) => "In the time zone of this device".to_owned(),
        Some(Some(zone)) => format!("In the time zone {zone}"),
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
                "Show the reason to the user"
                <span class="check-note">"At sign-in"</span>
            </span>
        </label>
        <div node_ref=field on:input=move |event| set_until.set(event_target_value(&event))>
            <Field spec=UNTIL value=context.typed("until") error=form_state.error("until") />
            <p class="field-note">{zone}</p>
        </div>
        <input type="hidden" name="offset" value=move || offset().to_string() />
    }
}
