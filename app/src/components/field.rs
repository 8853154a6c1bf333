//! Form fields: label, hint, control and error message.

use leptos::prelude::*;

use super::{
    field_group::field_error,
    icon::{Glyph, Icon},
    strength::strength,
};
use crate::{hydrated::Hydrated, text};

/// Static properties of a field.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// Name in the form, which is also the element id.
    pub name: &'static str,
    /// Visible label.
    pub label: text::Label,
    /// Value of the `type` attribute.
    pub kind: &'static str,
    /// Value of the `autocomplete` attribute.
    pub autocomplete: &'static str,
    /// Help text below the label.
    pub hint: Option<text::Label>,
    /// `true` if the field can be empty.
    pub optional: bool,
    /// Maximum number of characters.
    pub max: u16,
}

pub(crate) const DISPLAY_NAME: FieldSpec = FieldSpec {
    name: "display_name",
    label: text::actions::display_name,
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 100,
};

pub(crate) const EMAIL: FieldSpec = FieldSpec {
    name: "email",
    label: text::actions::email,
    kind: "email",
    autocomplete: "off",
    hint: None,
    optional: true,
    max: 254,
};

/// Renders a field with its label, hint and error message.
#[component]
pub fn Field(
    /// Static properties of the field.
    spec: FieldSpec,
    /// Initial value.
    #[prop(optional, into)]
    value: String,
    /// Error message, if the field has an error.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// `true` if the field gets the focus when the page loads.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let FieldSpec {
        name,
        label,
        kind,
        autocomplete,
        hint,
        optional,
        max,
    } = spec;
    let (shown, set_shown) = signal(false);
    let secret = kind == "password";
    // Leading and trailing spaces count in a password, but are invisible, so the field notes them.
    let (spaced, set_spaced) = signal(false);
    // Rates only a new password, not the repetition of it.
    let rated = name == "password" && autocomplete == "new-password";
    let (rating, set_rating) = signal(None);
    let note_id = format!("{name}-note");
    let rating_id = format!("{name}-strength");
    let hint_id = hint.map(|_| format!("{name}-hint"));
    let described_by = {
        let error_id = format!("{name}-error");
        let (hint_id, note_id, rating_id) = (hint_id.clone(), note_id.clone(), rating_id.clone());
        move || {
            let error = error.with(Option::is_some).then(|| error_id.clone());
            let note = spaced.get().then(|| note_id.clone());
            let rating = rating.with(Option::is_some).then(|| rating_id.clone());
            let ids: Vec<String> = hint_id
                .clone()
                .into_iter()
                .chain(rating)
                .chain(note)
                .chain(error)
                .collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label()}
                {optional.then(|| view! { <span class="field-optional">{text::actions::optional()}</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint()}</p> })}
            <div class="field-control">
                <input
                    class="input"
                    id=name
                    name=name
                    type=move || if secret && shown.get() { "text" } else { kind }
                    value=value
                    dir="auto"
                    autocomplete=autocomplete
                    required=!optional
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=max
                    autofocus=first
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                    on:input=move |event| {
                        let typed = event_target_value(&event);
                        set_spaced.set(secret && typed.trim() != typed);
                        set_rating.set(rated.then(|| strength(&typed)).flatten());
                    }
                />
                <Show when=move || secret && Hydrated::now()>
                    <RevealButton shown=shown set_shown=set_shown />
                </Show>
            </div>
            {move || {
                rating
                    .get()
                    .map(|rating| {
                        view! {
                            <p class="field-note" id=rating_id.clone()>
                                {rating}
                            </p>
                        }
                    })
            }}
            {move || {
                spaced
                    .get()
                    .then(|| {
                        view! {
                            <p class="field-note" id=note_id.clone()>
                                {text::actions::outer_spaces()}
                            </p>
                        }
                    })
            }}
            {field_error(name, error)}
        </div>
    }
}

#[component]
fn RevealButton(shown: ReadSignal<bool>, set_shown: WriteSignal<bool>) -> impl IntoView {
    let label = move || {
        if shown.get() {
            text::actions::hide_password()
        } else {
            text::actions::show_password()
        }
    };
    view! {
        <button
            class="icon-button field-toggle"
            type="button"
            aria-pressed=move || shown.get().to_string()
            aria-label=label
            title=label
            on:click=move |_| set_shown.update(|shown| *shown = !*shown)
        >
            {move || view! { <Glyph icon=if shown.get() { Icon::EyeOff } else { Icon::Eye } /> }}
        </button>
    }
}
