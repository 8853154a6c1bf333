//! Dialog that edits a user's data and roles.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, admin_password, in_bin, place,
    profile::{Profile, rows},
};
use crate::{
    api::{
        people::{EditUser, edit, profile::ProfileRow},
        person::Person,
    },
    components::{
        conflict::{Conflict, Theirs},
        dialog::FormDialog,
        field::{DISPLAY_NAME, EMAIL, Field, FieldSpec},
        form,
        roles::RoleChoice,
        typed::{ticked, ticked_roles, typed_or},
    },
    context::PageContext,
    format::capitalised,
};

/// Returns the field for a new password.
fn new_password(context: &PageContext) -> FieldSpec {
    let hint = if context.site.lasting_passwords {
        "Leave empty to keep the current password. At least 6 characters."
    } else {
        "Leave empty to keep the current password. At least 6 characters; must be changed at next sign-in."
    };
    FieldSpec {
        hint: Some(hint),
        optional: true,
        ..admin_password(context)
    }
}

/// Renders the dialog that edits a user.
#[component]
pub fn Edit() -> impl IntoView {
    view! {
        <Overview />
        {with_person(|person| view! { <EditForm person=person /> })}
    }
}

/// Validates the typed form.
fn check(form: EditUser) -> FieldErrors {
    let checked = edit(form).and_then(domain::users::edit::UserEdit::check);
    checked.err().unwrap_or_default()
}

#[component]
fn EditForm(person: Person) -> impl IntoView {
    let place = place(&person, "edit");
    let again = place.path.clone();
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send_checked::<EditUser>(&place.path, check);
    let user = person.user.clone();
    let mine = (
        typed_or(&context, "display_name", || {
            user.summary.display_name.clone()
        }),
        typed_or(&context, "email", || {
            user.summary.email.clone().unwrap_or_default()
        }),
        ticked_roles(&context, user.summary.roles.clone()),
    );
    let facts = rows(&context, &user.profile);
    let conflict = Conflict::of(sending);
    let version = conflict.version(&context, user.summary.version);
    let no_reset = person.refusals.reset.clone();
    let end_sessions = ticked(&context, "end_sessions", true);
    let password = new_password(&context);
    view! {
        <FormDialog
            title=format!("Edit {}", user.summary.username)
            place=place
            sending=sending
            refusal=person.refusals.edit.clone().or(in_bin(&user))
            action=conflict.action()
        >
            {move || {
                conflict
                    .is_there()
                    .then(|| {
                        view! {
                            <a class="button" href=again.clone() rel="external">
                                "Use their version"
                            </a>
                        }
                    })
            }}
            <input type="hidden" name="version" value=version />
            <Field
                spec=DISPLAY_NAME
                value=mine.0.clone()
                fault=sending.fault("display_name")
                first=true
            />
            <Theirs conflict=conflict mine=mine.0 pick=|user| user.summary.display_name.clone() />
            {match person.refusals.email.clone() {
                // The stored address is sent unchanged, since a change of it is denied.
                Some(refusal) => {
                    view! {
                        <input type="hidden" name="email" value=user.summary.email.clone() />
                        <p class="field-note">{refusal}</p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Field spec=EMAIL value=mine.1.clone() fault=sending.fault("email") />
                        <Theirs
                            conflict=conflict
                            mine=mine.1
                            pick=|user| user.summary.email.clone().unwrap_or_default()
                        />
                    }
                        .into_any()
                }
            }}
            <input type="hidden" name="set_roles" value=person.refusals.roles.is_none().to_string() />
            <RoleChoice
                roles=person.roles.clone()
                chosen=mine.2.clone()
                refusal=person.refusals.roles.clone()
                fault=sending.fault("roles")
            />
            <Theirs conflict=conflict mine=words(&mine.2) pick=|user| words(&user.summary.roles) />
            <Profile rows=facts.clone() fault=sending.fault("profile") />
            <Theirs
                conflict=conflict
                mine=told(facts)
                pick=|user| told(user.profile.iter().map(|(name, value)| ProfileRow::of(name, value)).collect())
            />
            {match no_reset {
                Some(refusal) => view! { <p class="field-note">"Password can't be changed: " {refusal}</p> }.into_any(),
                None => {
                    view! {
                        <Field spec=password fault=sending.fault("password") />
                        <label class="check">
                            <input type="checkbox" name="end_sessions" value="true" checked=end_sessions />
                            <span>
                                "Sign out everywhere when the password changes"
                                <span class="check-note">"Also revokes access tokens"</span>
                            </span>
                        </label>
                    }
                        .into_any()
                }
            }}
            <About person=person />
        </FormDialog>
    }
}

fn words(roles: &[String]) -> String {
    let mut names: Vec<String> = roles.iter().map(|role| capitalised(role)).collect();
    names.sort();
    names.join(", ")
}

/// Formats a profile as text, to compare and to show it.
fn told(rows: Vec<ProfileRow>) -> String {
    let rows = rows.into_iter().filter(|row| !row.value.is_empty());
    let facts: Vec<String> = rows
        .map(|row| format!("{}: {}", row.name, row.value))
        .collect();
    facts.join(", ")
}

#[cfg(test)]
mod tests {
    use domain::credentials::TEMPORARY_PASSWORD_MIN;

    use super::*;

    #[test]
    fn a_field_for_a_password_of_another_user_says_the_length_that_is_checked() {
        let said = format!("t least {TEMPORARY_PASSWORD_MIN} characters");
        for lasting_passwords in [false, true] {
            let mut context = PageContext::default();
            context.site.lasting_passwords = lasting_passwords;
            for spec in [admin_password(&context), new_password(&context)] {
                let hint = spec.hint.unwrap_or_default();
                assert!(hint.contains(&said), "{hint}");
            }
        }
    }
}
