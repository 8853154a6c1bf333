//! Display name and email address of the signed-in user.

use leptos::prelude::*;

use super::{CURRENT_PASSWORD, FormPart, with_account};
use crate::{
    api::account::{Account, EditProfile},
    components::{
        description_list::DescriptionItem,
        field::{DISPLAY_NAME, EMAIL, Field, FieldSpec},
        form,
        time::Ago,
        typed::typed_or,
        user_form::{Conflict, ConflictValue},
    },
    context::PageContext,
    format::day,
    text,
};

/// Current password, which only a change of the email address requires.
const PASSWORD: FieldSpec = FieldSpec {
    hint: Some(text::account::email_password_hint),
    optional: true,
    ..CURRENT_PASSWORD
};

/// Renders the form for display name and email address.
#[component]
pub fn Profile() -> impl IntoView {
    with_account(|account| {
        view! { <ProfileForm account=account /> }
    })
}

#[component]
fn ProfileForm(account: Account) -> impl IntoView {
    const PATH: &str = "/account";
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send::<EditProfile>(PATH);
    let conflict = Conflict::of(form_state);
    let user = account.user.summary;
    let first = [
        ("display_name", user.display_name.clone()),
        ("email", user.email.clone().unwrap_or_default()),
    ];
    let first = conflict.first(&context, &first);
    let name = typed_or(&context, "display_name", || user.display_name.clone());
    let email = typed_or(&context, "email", || user.email.clone().unwrap_or_default());
    let now = account.now;
    view! {
        <FormPart title=text::account::profile() path=PATH form_state=form_state action=conflict.action()>
            <input type="hidden" name="version" value=conflict.version(&context, user.version) />
            {first}
            <dl class="details">
                <DescriptionItem label=text::account::username()>{user.username}</DescriptionItem>
                <DescriptionItem label=text::account::member_since()>{day(user.created_at)}</DescriptionItem>
                <DescriptionItem label=text::account::last_sign_in()>
                    {user.last_login_at.map(|at| view! { <Ago at=at now=now /> })}
                </DescriptionItem>
            </dl>
            <Field
                spec=FieldSpec { autocomplete: "name", ..DISPLAY_NAME }
                value=name.clone()
                error=form_state.error("display_name")
            />
            <ConflictValue conflict=conflict mine=name pick=|user| user.summary.display_name.clone() />
            <Field
                spec=FieldSpec { autocomplete: "email", ..EMAIL }
                value=email.clone()
                error=form_state.error("email")
            />
            <ConflictValue
                conflict=conflict
                mine=email
                pick=|user| user.summary.email.clone().unwrap_or_default()
            />
            <Field spec=PASSWORD error=form_state.error("current_password") />
        </FormPart>
    }
}
