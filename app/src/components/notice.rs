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
        Code::TooManyRequests | Code::Forbidden | Code::Unavailable | Code::Disabled => {
            "notice tone-warning"
        }
        _ => "notice tone-danger",
    };
    let errors: Vec<FieldError> = problem.details.fields.iter().cloned().collect();
    // The list of invalid fields replaces the message.
    let said = problem.error == Code::ValidationError && !errors.is_empty()
        || errors.iter().any(|error| error.message == problem.message);
    view! {
        <div class=tone id="error-summary" role="alert" tabindex="-1" autofocus=autofocus>
            <Glyph icon=Icon::Alert />
            <div>
                <h2 class="notice-title">{title(&problem, sign_in, signed_in)}</h2>
                {(!said).then(|| view! { <p>{text(&problem, sign_in)}</p> })}
                {(!errors.is_empty())
                    .then(|| {
                        view! {
                            <ul>
                                {errors
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
            "View user No. " {number}
        </a>
    }
}

fn title(problem: &Problem, sign_in: bool, signed_in: bool) -> String {
    let fields = problem.details.fields.iter().count();
    let title = match problem.error {
        Code::ValidationError | Code::Conflict if fields == 1 => "Fix 1 field to continue",
        Code::ValidationError | Code::Conflict if fields > 1 => {
            return format!("Fix {fields} fields to continue");
        }
        _ if is_unanswered(problem) => "The server cannot be reached",
        Code::Unauthorized if sign_in => "Wrong username or password",
        Code::Unauthorized if signed_in => "Nothing was changed",
        Code::Unauthorized => "Your session has ended",
        Code::PasswordChangeRequired => "Set a new password first",
        Code::CurrentPasswordRequired => "Current password required",
        Code::CurrentPasswordWrong => "Wrong current password",
        Code::Forbidden if sign_in => "You can't sign in",
        Code::Forbidden | Code::TokenNotAllowed => "Not allowed",
        Code::NotFound => "Not found",
        Code::Conflict | Code::PreconditionFailed if problem.details.current.is_some() => {
            "Changed in the meantime"
        }
        Code::Conflict | Code::PreconditionFailed => "This action isn't possible",
        Code::ValidationError => "Invalid input",
        Code::PayloadTooLarge => "Input too long",
        Code::TooManyRequests => "Too many attempts",
        Code::Unavailable => "The database is not answering",
        Code::Disabled => "Disabled",
        Code::MethodNotAllowed | Code::InternalError => "Something went wrong",
    };
    title.to_owned()
}

fn text(problem: &Problem, sign_in: bool) -> String {
    match problem.error {
        Code::Unauthorized if sign_in => "Passwords are case-sensitive.".to_owned(),
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
                "Request ID " <code>{id}</code>
            </p>
        }
    })
}
