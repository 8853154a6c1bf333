//! Password of the signed-in user.

use leptos::prelude::*;

use super::{CURRENT_PASSWORD, FormPart, with_account};
use crate::{
    api::account::{Account, ChangePassword},
    components::{
        field::{Field, FieldSpec},
        form,
        link_page::{NEW_PASSWORD, PASSWORD_AGAIN},
        time::Ago,
    },
    text,
};

const FIELDS: [FieldSpec; 3] = [
    CURRENT_PASSWORD,
    FieldSpec {
        label: text::account::new_password,
        ..NEW_PASSWORD
    },
    FieldSpec {
        label: text::account::new_password_again,
        ..PASSWORD_AGAIN
    },
];

/// Renders the form that changes the password.
#[component]
pub fn Password() -> impl IntoView {
    with_account(|account| {
        view! { <PasswordForm account=account /> }
    })
}

#[component]
fn PasswordForm(account: Account) -> impl IntoView {
    const PATH: &str = "/account/password";
    let form_state = form::send::<ChangePassword>(PATH);
    let set = account.user.password_changed_at.map(|at| {
        let [before, after] = text::account::password_changed_around();
        view! { {before} <Ago at=at now=account.now /> {after} }
    });
    view! {
        <FormPart
            title=text::account::password()
            path=PATH
            form_state=form_state
            action=Signal::stored(text::account::password_change().to_owned())
        >
            <p class="muted">
                {set} {text::account::password_rules(account.password_min)}
            </p>
            // Password managers store the password under this username. Without a name the field is not sent.
            <input type="text" value=account.user.summary.username autocomplete="username" hidden readonly />
            {FIELDS
                .map(|spec| view! { <Field spec=spec error=form_state.error(spec.name) /> })
                .into_iter()
                .collect_view()}
        </FormPart>
    }
}
