//! Changing what is known of a person, or what they may do.

use domain::{fields::FieldErrors, users::detail::UserDetail};
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, DISPLAY_NAME, EMAIL, PASSWORD, in_bin, place,
    profile::{Profile, rows},
    ticked, ticked_roles, typed_or,
};
use crate::{
    api::{
        people::{EditUser, edit, profile::ProfileRow},
        person::Person,
    },
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
        roles::RoleChoice,
    },
    context::PageContext,
    format::capitalised,
    pages::form,
};

/// What somebody else has made of the account meanwhile.
type Current = Memo<Option<Box<UserDetail>>>;

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
    // Known until it is saved, whatever else is refused meanwhile.
    let conflict = Memo::new(move |known: Option<&Option<Box<UserDetail>>>| {
        let problem = sending.problem.get();
        let current = problem.and_then(|problem| problem.details.current);
        current.or_else(|| known.cloned().flatten())
    });
    // Drawn again, the form is still on top of what it was on when it was sent: what has come to be since was never seen.
    let version = typed_or(&context, "version", || user.summary.version.to_string());
    let version = move || {
        conflict.with(|theirs| match theirs {
            Some(theirs) => theirs.summary.version.to_string(),
            None => version.clone(),
        })
    };
    let action = move || match conflict.with(Option::is_some) {
        true => "Save mine on top".to_owned(),
        false => "Save".to_owned(),
    };
    let no_reset = person.refusals.reset.clone();
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
                conflict
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <a class="button" href=again.clone() rel="external">
                                "Take theirs"
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
            <Field spec=EMAIL value=mine.1.clone() fault=sending.fault("email") />
            <Theirs
                conflict=conflict
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
            <Theirs conflict=conflict mine=words(&mine.2) pick=|user| words(&user.summary.roles) />
            <Profile rows=facts.clone() fault=sending.fault("profile") />
            <Theirs
                conflict=conflict
                mine=told(facts)
                pick=|user| told(user.profile.iter().map(|(name, value)| ProfileRow::of(name, value)).collect())
            />
            {match no_reset {
                Some(refusal) => view! { <p class="field-note">"No new password: " {refusal}</p> }.into_any(),
                None => {
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

/// A profile in words, to compare and to show.
fn told(rows: Vec<ProfileRow>) -> String {
    let rows = rows.into_iter().filter(|row| !row.value.is_empty());
    let facts: Vec<String> = rows
        .map(|row| format!("{}: {}", row.name, row.value))
        .collect();
    facts.join(", ")
}

/// What somebody else has made of a field meanwhile, beside what stands in it.
#[component]
fn Theirs(conflict: Current, mine: String, pick: fn(&UserDetail) -> String) -> impl IntoView {
    move || {
        let theirs = conflict.with(|current| current.as_deref().map(pick))?;
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
