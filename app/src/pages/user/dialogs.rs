//! Dialogs that change a user, above the first tab. The creation of a reset link is here, the longer ones in files of their
//! own.

pub mod clients;
pub mod create;
pub mod delete;
pub mod edit;
pub mod edit_key;
pub mod profile;
pub mod reassign;
pub mod virtual_keys;

pub use create::Create;
pub use delete::Delete;
pub use edit::Edit;
pub use edit_key::EditVirtualKey;
pub use reassign::Reassign;
pub use virtual_keys::{NewKey, RotateKey};

use domain::users::action::UserAction;
use leptos::prelude::*;

use super::{overview::Overview, with_user};
use crate::{
    api::{user::UserView, user_actions::CreateResetLink},
    components::{
        dialog::FormDialog,
        field::FieldSpec,
        form,
        user_form::{About, deleted_notice, route},
    },
    context::PageContext,
    text,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: text::user::temporary_password,
    kind: "password",
    autocomplete: "new-password",
    hint: Some(text::user::temporary_password_hint),
    optional: false,
    max: 256,
};

/// Returns the field for a password that an administrator sets, which is permanent or temporary depending on the server.
fn admin_password(context: &PageContext) -> FieldSpec {
    if context.site.lasting_passwords {
        FieldSpec {
            label: text::user::password,
            hint: Some(text::user::lasting_password_hint),
            ..PASSWORD
        }
    } else {
        PASSWORD
    }
}

/// Renders the dialog that creates a password reset link.
#[component]
pub fn Reset() -> impl IntoView {
    view! {
        <Overview />
        {with_user(|user_view| view! { <ResetForm user_view=user_view /> })}
    }
}

#[component]
fn ResetForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, UserAction::Reset.as_str());
    let form_state = form::send::<CreateResetLink>(&route.path);
    view! {
        <FormDialog
            title=text::user::reset_for(&user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=user_view.denied_actions.reason(UserAction::Reset).or(deleted_notice(&user_view.user))
            action=Signal::stored(text::user::create_link().to_owned())
        >
            <p>{text::user::reset_meaning()}</p>
            <p>{text::user::reset_effect()}</p>
            <About user_view=user_view />
        </FormDialog>
    }
}
