//! Making an account.

use domain::{access::USER_ROLE, fields::FieldErrors};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{DISPLAY_NAME, EMAIL, PASSWORD, ticked_roles, typed_or};
use crate::{
    api::{
        people::{BY_PASSWORD, CreateUser, draft},
        person::list_roles,
    },
    components::{
        dialog::{FormDialog, Place},
        field::{Field, FieldSpec},
        roles::RoleChoice,
    },
    context::PageContext,
    pages::form,
};

const PATH: &str = "/users/new";

const USERNAME: FieldSpec = FieldSpec {
    name: "username",
    label: "Username",
    kind: "text",
    autocomplete: "off",
    hint: Some("3 to 50 characters. They sign in with it; it cannot be changed later."),
    optional: false,
    max: 50,
};

/// The dialog that makes an account.
#[component]
pub fn Create() -> impl IntoView {
    let roles = Resource::new(|| (), |()| list_roles());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let roles = roles.await;
                view! { <CreateForm roles=roles.clone().unwrap_or_default() refusal=roles.err().map(|error| error.0.message) /> }
            })}
        </Transition>
    }
}

/// What is wrong with the form as typed.
fn check(form: CreateUser) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

#[component]
fn CreateForm(roles: Vec<String>, refusal: Option<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(PATH);
    // The list stays as it was found.
    let search = use_location().search.get_untracked();
    let mark = if search.is_empty() { "" } else { "?" };
    let place = Place {
        path: PATH.to_owned(),
        back: format!("/users{mark}{search}"),
    };
    let sending = form::send_checked::<CreateUser>(PATH, check);
    let by_password = context.typed("access") == BY_PASSWORD;
    let chosen = ticked_roles(&context, vec![USER_ROLE.to_owned()]);
    view! {
        <FormDialog
            place=place
            title="Create user"
            sending=sending
            refusal=refusal
            action=Signal::stored("Create".to_owned())
        >
            <Field
                spec=USERNAME
                value=context.typed("username")
                fault=sending.fault("username")
            />
            <Field
                spec=DISPLAY_NAME
                value=context.typed("display_name")
                fault=sending.fault("display_name")
            />
            <Field spec=EMAIL value=typed_or(&context, "email", String::new) fault=sending.fault("email") />
            <RoleChoice roles=roles chosen=chosen fault=sending.fault("roles") refusal=None />
            <fieldset class="field choice">
                <legend class="field-label">"How they get in"</legend>
                <label class="check">
                    <input type="radio" name="access" value="link" checked=!by_password />
                    <span>
                        "Send a one-time link instead of a password"
                        <span class="check-note">"They choose their own. It works for 7 days."</span>
                    </span>
                </label>
                <label class="check">
                    <input type="radio" name="access" value=BY_PASSWORD checked=by_password />
                    <span>"Set a temporary password"</span>
                </label>
                <div class="chosen">
                    <Field spec=PASSWORD fault=sending.fault("password") />
                </div>
            </fieldset>
        </FormDialog>
    }
}
