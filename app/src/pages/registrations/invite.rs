//! Creation of an invitation.

use domain::{
    access::BuiltinRole, fields::FieldErrors, permission::Permission, users::detail::GrantableRole,
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
        field::Field,
        form,
        invitation_form::{InvitationLimits, NOTE},
        loaded::Loaded,
        roles::RoleChoice,
        typed::ticked_roles,
    },
    context::PageContext,
    text,
};

const PATH: &str = "/registrations/invitations/new";

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
            <InvitationLimits context=context form_state=form_state />
        </FormDialog>
    }
}
