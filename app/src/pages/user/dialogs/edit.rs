//! Dialog that edits a user's data and roles.

use domain::{fields::FieldErrors, users::action::UserAction};
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_user},
    admin_password,
    clients::{ClientChoice, client_numbers},
    profile::{Profile, rows},
};
use crate::{
    api::{
        first_values::list_text,
        user::UserView,
        user_actions::{
            EditUser, clients_text, edit,
            profile::{self, ProfileRow},
        },
    },
    components::{
        dialog::FormDialog,
        field::{DISPLAY_NAME, EMAIL, Field, FieldSpec},
        form,
        roles::RoleChoice,
        typed::{ticked, ticked_roles, typed_or},
        user_form::{About, Conflict, ConflictValue, deleted_notice, route},
    },
    context::PageContext,
    labels, text,
};

/// Returns the field for a new password.
fn new_password(context: &PageContext) -> FieldSpec {
    let hint: text::Label = if context.site.lasting_passwords {
        text::user::new_lasting_password_hint
    } else {
        text::user::new_temporary_password_hint
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
        {with_user(|user_view| view! { <EditForm user_view=user_view /> })}
    }
}

/// Validates the typed form. Only the server knows the names of clients.
fn check(form: EditUser) -> FieldErrors {
    let form = EditUser {
        more_clients: String::new(),
        ..form
    };
    let checked = edit(form).and_then(domain::users::edit::UserEdit::check);
    checked.err().unwrap_or_default()
}

#[component]
fn EditForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, "edit");
    let again = route.path.clone();
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<EditUser>(&route.path, check);
    let user = user_view.user.clone();
    let mine = (
        typed_or(&context, "display_name", || {
            user.summary.display_name.clone()
        }),
        typed_or(&context, "email", || {
            user.summary.email.clone().unwrap_or_default()
        }),
        ticked_roles(&context, user.summary.roles.clone()),
    );
    let profile_rows = rows(&context, &user.profile);
    let conflict = Conflict::of(form_state);
    let version = conflict.version(&context, user.summary.version);
    let first = conflict.first(&context, &first_values(&user_view));
    let no_reset = user_view.denied_actions.reason(UserAction::Reset);
    let revoke_sessions = ticked(&context, "revoke_sessions", true);
    let password = new_password(&context);
    view! {
        <FormDialog
            title=text::actions::edit_user(&user.summary.username)
            route=route
            form_state=form_state
            denied=user_view.denied_actions.reason(UserAction::Edit).or(deleted_notice(&user))
            action=conflict.action()
        >
            {move || {
                conflict
                    .is_there()
                    .then(|| {
                        view! {
                            <a class="button" href=again.clone() rel="external">
                                {text::user::use_theirs()}
                            </a>
                        }
                    })
            }}
            <input type="hidden" name="version" value=version />
            {first}
            <Field
                spec=DISPLAY_NAME
                value=mine.0.clone()
                error=form_state.error("display_name")
                first=true
            />
            <ConflictValue conflict=conflict mine=mine.0 pick=|user| user.summary.display_name.clone() />
            {match user_view.denied_actions.reason(UserAction::SetEmail) {
                // The stored address is sent unchanged, since a change of it is denied.
                Some(denied) => {
                    view! {
                        <input type="hidden" name="email" value=user.summary.email.clone() />
                        <p class="field-note">{denied}</p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Field spec=EMAIL value=mine.1.clone() error=form_state.error("email") />
                        <ConflictValue
                            conflict=conflict
                            mine=mine.1
                            pick=|user| user.summary.email.clone().unwrap_or_default()
                        />
                    }
                        .into_any()
                }
            }}
            <input type="hidden" name="set_roles" value=user_view.denied_actions.allows(UserAction::SetRoles).to_string() />
            <RoleChoice
                roles=user_view.roles.clone()
                chosen=mine.2.clone()
                denied=user_view.denied_actions.reason(UserAction::SetRoles)
                error=form_state.error("roles")
            />
            <ConflictValue conflict=conflict mine=role_list(&mine.2) pick=|user| role_list(&user.summary.roles) />
            <ClientChoice
                context=context.clone()
                error=form_state.error("client_list")
                initial=user_view.clients.clone()
            />
            <ConflictValue
                conflict=conflict
                mine=client_numbers(&user.client_list)
                pick=|user| client_numbers(&user.client_list)
            />
            <Profile rows=profile_rows.clone() error=form_state.error("profile") />
            <ConflictValue
                conflict=conflict
                mine=profile_text(profile_rows)
                pick=|user| profile_text(user.profile.iter().map(|(name, value)| ProfileRow::of(name, value)).collect())
            />
            {match no_reset {
                Some(denied) => view! { <p class="field-note">{text::user::password_denied(denied)}</p> }.into_any(),
                None => {
                    view! {
                        <Field spec=password error=form_state.error("password") />
                        <label class="check">
                            <input type="checkbox" name="revoke_sessions" value="true" checked=revoke_sessions />
                            <span>
                                {text::user::revoke_sessions()}
                                <span class="check-note">{text::user::revoke_sessions_note()}</span>
                            </span>
                        </label>
                    }
                        .into_any()
                }
            }}
            <About user_view=user_view />
        </FormDialog>
    }
}

/// Returns the stored values by field. A browser does not send roles that the viewer cannot assign.
fn first_values(user_view: &UserView) -> [(&'static str, String); 5] {
    let user = &user_view.user;
    let can_be_sent = |name: &String| {
        let mut roles = user_view.roles.iter();
        roles.any(|role| role.name == *name && role.denied.is_none())
    };
    let roles = user.summary.roles.iter();
    let roles = roles.filter(|name| can_be_sent(name)).cloned();
    [
        ("display_name", user.summary.display_name.clone()),
        ("email", user.summary.email.clone().unwrap_or_default()),
        ("roles", list_text(roles.collect())),
        ("client_list", clients_text(&user.client_list)),
        ("profile", profile::text(&user.profile)),
    ]
}

fn role_list(roles: &[String]) -> String {
    let mut names: Vec<String> = roles.iter().map(|role| labels::role(role)).collect();
    names.sort();
    names.join(", ")
}

/// Formats a profile as text, to compare and to show it.
fn profile_text(rows: Vec<ProfileRow>) -> String {
    let rows = rows.into_iter().filter(|row| !row.value.is_empty());
    let fields: Vec<String> = rows
        .map(|row| format!("{}: {}", row.name, row.value))
        .collect();
    fields.join(", ")
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
                let hint = spec.hint.map(|hint| hint()).unwrap_or_default();
                assert!(hint.contains(&said), "{hint}");
            }
        }
    }
}
