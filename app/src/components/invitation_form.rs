//! Fields of the forms that create an invitation.

use domain::invitations::{DAYS, DAYS_DEFAULT};
use leptos::prelude::*;

use super::{
    field::{Field, FieldSpec},
    form::FormState,
    typed::typed_or,
};
use crate::{context::PageContext, text};

/// Field for a note about the invitation.
pub(crate) const NOTE: FieldSpec = FieldSpec {
    name: "note",
    label: text::registrations::label,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::registrations::label_hint),
    optional: true,
    max: 500,
};

const USES: FieldSpec = FieldSpec {
    name: "max_uses",
    label: text::registrations::max_uses,
    kind: "number",
    hint: None,
    optional: false,
    max: 4,
    ..NOTE
};

/// Renders the fields for the number of uses and for the time after which the invitation expires.
#[component]
pub fn InvitationLimits(
    /// Page context with the typed values of the form.
    context: PageContext,
    /// State of the form.
    form_state: FormState,
) -> impl IntoView {
    let days = typed_or(&context, "days", || DAYS_DEFAULT.to_string());
    view! {
        <Field
            spec=USES
            value=typed_or(&context, "max_uses", || "1".to_owned())
            error=form_state.error("max_uses")
        />
        <fieldset class="field">
            <legend class="field-label">{text::registrations::expires_after()}</legend>
            {DAYS
                .map(|choice| {
                    view! {
                        <label class="check">
                            <input
                                type="radio"
                                name="days"
                                value=choice.to_string()
                                checked=days == choice.to_string()
                            />
                            <span>{text::common::days(choice.into())}</span>
                        </label>
                    }
                })
                .into_iter()
                .collect_view()}
        </fieldset>
    }
}
