//! Changing what is known of a person, or what they may do.

use domain::{fields::FieldErrors, users::detail::UserDetail};
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, DISPLAY_NAME, EMAIL, PASSWORD, place, ticked, ticked_roles, typed_or,
};
use crate::{
    api::{
        people::{EditUser, edit},
        person::Person,
    },
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
        roles::RoleChoice,
    },
    context::PageContext,
    format::capitalised,
    pages::form::{self, Sending},
};

const NEW_PASSWORD: FieldSpec = FieldSpec {
    hint: Some(
        "Empty: they keep theirs. Else at least 6 characters; they have to change it when they sign in.",
    ),
    optional: true,
    ..PASSWORD
};

/// The dialog that changes an account.
#[component]
pub fn Edit() -> impl IntoView {
    view! {
        <Overview />
        {with_person(|person| view! { <EditForm person=person /> })}
    }
}

/// What is wrong with the form as typed.
fn check(form: EditUser) -> FieldErrors {
    edit(form).check().err().unwrap_or_default()
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
    let conflict = move || {
        let problem = sending.problem.get();
        problem.and_then(|problem| problem.details.current)
    };
    let version = user.summary.version;
    let version = move || conflict().map_or(version, |theirs| theirs.summary.version);
    let action = move || match conflict() {
        Some(_) => "Save mine on top".to_owned(),
        None => "Save".to_owned(),
    };
    let can_reset = person.refusals.reset.is_none();
    let end_sessions = ticked(&context, "end_sessions", true);
    view! {
        <FormDialog
            title=format!("Edit {}", user.summary.username)
            place=place
            sending=sending
            refusal=person.refusals.edit.clone().or(in_bin(&user))
            action=Signal::derive(action)
        >
            {move || {
                conflict()
                    .map(|_| {
                        view! {
                            <a class="button" href=again.clone() rel="external">
                                "Take theirs"
                            </a>
                        }
                    })
            }}
            <input type="hidden" name="version" value=move || version().to_string() />
            <Field spec=DISPLAY_NAME value=mine.0.clone() fault=sending.fault("display_name") />
            <Theirs sending=sending mine=mine.0 pick=|user| user.summary.display_name.clone() />
            <Field spec=EMAIL value=mine.1.clone() fault=sending.fault("email") />
            <Theirs
                sending=sending
                mine=mine.1
                pick=|user| user.summary.email.clone().unwrap_or_default()
            />
            <input type="hidden" name="set_roles" value=person.refusals.roles.is_none().to_string() />
            <RoleChoice
                roles=person.roles.clone()
                chosen=mine.2.clone()
                refusal=person.refusals.roles.clone()
                fault=sending.fault("roles")
            />
            <Theirs sending=sending mine=words(&mine.2) pick=|user| words(&user.summary.roles) />
            {can_reset
                .then(|| {
                    view! {
                        <Field spec=NEW_PASSWORD fault=sending.fault("password") />
                        <label class="check">
                            <input type="checkbox" name="end_sessions" value="true" checked=end_sessions />
                            <span>
                                "Sign out their sessions"
                                <span class="check-note">"With a new password"</span>
                            </span>
                        </label>
                    }
                })}
            <About person=person />
        </FormDialog>
    }
}

/// Why somebody in the bin is not changed.
pub(super) fn in_bin(user: &UserDetail) -> Option<String> {
    let deleted = user.deleted_at.is_some();
    deleted.then(|| "This account is deleted. Restore it first.".to_owned())
}

fn words(roles: &[String]) -> String {
    let mut names: Vec<String> = roles.iter().map(|role| capitalised(role)).collect();
    names.sort();
    names.join(", ")
}

/// What somebody else has made of a field meanwhile, beside what stands in it.
#[component]
fn Theirs(sending: Sending, mine: String, pick: fn(&UserDetail) -> String) -> impl IntoView {
    move || {
        let current = sending.problem.get()?.details.current?;
        let theirs = pick(&current);
        (theirs != mine).then(|| {
            let theirs = if theirs.is_empty() {
                "nothing".to_owned()
            } else {
                theirs
            };
            view! {
                <p class="notice tone-warning">
                    "Theirs: " <b>
                        <bdi>{theirs}</bdi>
                    </b>
                </p>
            }
        })
    }
}
