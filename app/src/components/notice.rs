//! Error summary of a denied form.

use domain::{
    fields::FieldError,
    problem::{Code, Problem},
    users::detail::UserRef,
};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{api::error::is_unanswered, context::PageContext};

/// Renders a problem above its form: the message, and a link to each invalid field.
#[component]
pub fn ProblemNotice(
    /// Problem that the server has returned.
    problem: Problem,
    /// `true` on the sign-in form, where some error codes have another meaning.
    #[prop(optional)]
    sign_in: bool,
    /// `true` if the notice gets the focus when the page loads.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let signed_in = PageContext::current().principal.is_some();
    let tone = match problem.error {
        Code::Unauthorized if !sign_in => "notice tone-warning",
        Code::TooManyRequests | Code::Forbidden | Code::Unavailable | Code::SwitchedOff => {
            "notice tone-warning"
        }
        _ => "notice tone-danger",
    };
    let faults: Vec<FieldError> = problem.details.fields.iter().cloned().collect();
    // Omits the message of the problem if a field has the same one.
    let said = faults.iter().any(|fault| fault.message == problem.message);
    view! {
        <div class=tone id="error-summary" role="alert" tabindex="-1" autofocus=autofocus>
            <Glyph icon=Icon::Alert />
            <div>
                <h2 class="notice-title">{title(&problem, sign_in, signed_in)}</h2>
                {(!said).then(|| view! { <p>{text(&problem, sign_in)}</p> })}
                {(!faults.is_empty())
                    .then(|| {
                        view! {
                            <ul>
                                {faults
                                    .into_iter()
                                    .map(|FieldError { field, message, deleted_user }| {
                                        view! {
                                            <li>
                                                <a href=format!("#{field}") rel="external">
                                                    {message}
                                                </a>
                                                {deleted_user.map(deleted_user_link)}
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        }
                    })}
                <RequestId id=problem.request_id.filter(|_| problem.error == Code::InternalError) />
            </div>
        </div>
    }
}

/// Returns the link to the page on which a deleted user can be restored.
fn deleted_user_link(number: i64) -> impl IntoView {
    let href = format!("/users/{}", UserRef::Number(number));
    view! {
        " "
        <a href=href>
            "Show No. " {number}
        </a>
    }
}

fn title(problem: &Problem, sign_in: bool, signed_in: bool) -> &'static str {
    match problem.error {
        _ if is_unanswered(problem) => "The server cannot be reached",
        Code::Unauthorized if sign_in => "That username and password do not match",
        Code::Unauthorized if signed_in => "This was not done",
        Code::Unauthorized => "You are signed out",
        Code::PasswordChangeRequired => "Choose your own password first",
        Code::CurrentPasswordRequired => "Your current password is needed",
        Code::CurrentPasswordWrong => "That is not your current password",
        Code::Forbidden if sign_in => "You cannot sign in now",
        Code::Forbidden | Code::TokenNotAllowed => "This may not be done",
        Code::NotFound => "This does not exist any more",
        Code::Conflict | Code::PreconditionFailed => "This cannot be done as it stands",
        Code::ValidationError => "Some fields need your attention",
        Code::PayloadTooLarge => "That is too long",
        Code::TooManyRequests => "Too many attempts",
        Code::Unavailable => "The database is not answering",
        Code::SwitchedOff => "This is switched off",
        Code::MethodNotAllowed | Code::InternalError => "This did not work",
    }
}

fn text(problem: &Problem, sign_in: bool) -> String {
    match problem.error {
        Code::Unauthorized if sign_in => {
            "Check both and try again. Capital letters count in the password.".to_owned()
        }
        _ => problem.message.clone(),
    }
}

/// Renders the request id, by which the operator finds the cause in the log.
#[component]
pub fn RequestId(
    /// Id of the failed request; renders nothing if it is `None`.
    id: Option<String>,
) -> impl IntoView {
    id.map(|id| {
        view! {
            <p class="request-id">
                "Request " <code>{id}</code>
            </p>
        }
    })
}
