//! Creation of an invitation.

use domain::{
    access::BuiltinRole,
    fields::FieldErrors,
    invitations::{DAYS, DAYS_DEFAULT},
    permission::Permission,
    users::detail::GrantableRole,
};
use leptos::prelude::*;

use crate::{
    api::{
        invitations::{INVITATIONS, Invite as Form, draft},
        read::ReadRequest,
        user::ListRoles,
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        loaded::Loaded,
        roles::RoleChoice,
        typed::{ticked_roles, typed_or},
    },
    context::PageContext,
    text,
};

const PATH: &str = "/registrations/invitations/new";

const NOTE: FieldSpec = FieldSpec {
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
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 4,
};

/// Renders the dialog that creates an invitation.
#[component]
pub fn Invite() -> impl IntoView {
    let roles = Loaded::new(|| ReadRequest::of(ListRoles {}));
    roles.draw(ViewFnOnce::default(), |roles| {
        let (roles, problem) =
            roles.map_or_else(|problem| (Vec::new(), Some(problem)), |roles| (roles, None));
        let denied = problem.map(|problem| String::from(problem.message));
        view! { <InviteForm roles=roles denied=denied /> }.into_any()
    })
}

/// Validates the typed form.
fn check(form: Form) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

#[component]
fn InviteForm(roles: Vec<GrantableRole>, denied: Option<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(PATH);
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: INVITATIONS.to_owned(),
    };
    let form_state = form::send_checked::<Form>(PATH, check);
    let chosen = ticked_roles(&context, vec![BuiltinRole::User.as_str().to_owned()]);
    let days = typed_or(&context, "days", || DAYS_DEFAULT.to_string());
    view! {
        <FormDialog
            route=route
            title=text::registrations::invite()
            form_state=form_state
            denied=denied
            action=Signal::stored(text::registrations::invite().to_owned())
            right=Permission::RegistrationsWrite
        >
            <p>{text::registrations::invite_hint()}</p>
            <Field spec=NOTE value=context.typed("note") error=form_state.error("note") first=true />
            <RoleChoice roles=roles chosen=chosen error=form_state.error("roles") denied=None />
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
        </FormDialog>
    }
}
