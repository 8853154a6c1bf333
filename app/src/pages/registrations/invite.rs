//! Creation of an invitation.

use domain::{
    access::{Permission, USER_ROLE},
    fields::FieldErrors,
    invitations::{DAYS, DAYS_DEFAULT},
    users::detail::GrantableRole,
};
use leptos::prelude::*;

use crate::{
    api::{
        invitations::{INVITATIONS, Invite as Form, draft},
        person::list_roles,
    },
    components::{
        dialog::{FormDialog, Place},
        field::{Field, FieldSpec},
        form,
        roles::RoleChoice,
        typed::{ticked_roles, typed_or},
    },
    context::PageContext,
};

const PATH: &str = "/registrations/invitations/new";

const NOTE: FieldSpec = FieldSpec {
    name: "note",
    label: "Label",
    kind: "text",
    autocomplete: "off",
    hint: Some("Who is this for? Visible to administrators."),
    optional: true,
    max: 500,
};

const USES: FieldSpec = FieldSpec {
    name: "max_uses",
    label: "Maximum uses",
    kind: "number",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 4,
};

/// Renders the dialog that creates an invitation.
#[component]
pub fn Invite() -> impl IntoView {
    let roles = Resource::new(|| (), |()| list_roles());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let roles = roles.await;
                let refusal = roles.clone().err().map(|error| error.0.message);
                view! { <InviteForm roles=roles.unwrap_or_default() refusal=refusal /> }
            })}
        </Transition>
    }
}

/// Validates the typed form.
fn check(form: Form) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

#[component]
fn InviteForm(roles: Vec<GrantableRole>, refusal: Option<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(PATH);
    let place = Place {
        path: PATH.to_owned(),
        back: INVITATIONS.to_owned(),
    };
    let sending = form::send_checked::<Form>(PATH, check);
    let chosen = ticked_roles(&context, vec![USER_ROLE.to_owned()]);
    let days = typed_or(&context, "days", || DAYS_DEFAULT.to_string());
    view! {
        <FormDialog
            place=place
            title="Create invitation"
            sending=sending
            refusal=refusal
            action=Signal::stored("Create invitation".to_owned())
            right=Permission::RegistrationsWrite
        >
            <p>
                "Anyone with the link can create an account with these roles while you are allowed to assign them."
            </p>
            <Field spec=NOTE value=context.typed("note") fault=sending.fault("note") first=true />
            <RoleChoice roles=roles chosen=chosen fault=sending.fault("roles") refusal=None />
            <Field
                spec=USES
                value=typed_or(&context, "max_uses", || "1".to_owned())
                fault=sending.fault("max_uses")
            />
            <fieldset class="field">
                <legend class="field-label">"Expires after"</legend>
                {DAYS
                    .map(|choice| {
                        let word = if choice == 1 { "day" } else { "days" };
                        view! {
                            <label class="check">
                                <input
                                    type="radio"
                                    name="days"
                                    value=choice.to_string()
                                    checked=days == choice.to_string()
                                />
                                <span>{format!("{choice} {word}")}</span>
                            </label>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </fieldset>
        </FormDialog>
    }
}
