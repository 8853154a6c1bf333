//! Error summary of a denied form.

use domain::{
    fields::FieldError,
    problem::{Code, Details, Problem},
    users::detail::UserRef,
};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{api::error::is_unanswered, context::PageContext, text};

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
                {(!said).then(|| view! { <p>{details(&problem, sign_in)}</p> })}
                {(!errors.is_empty())
                    .then(|| {
                        view! {
                            <ul>
                                {errors
                                    .into_iter()
                                    .map(|FieldError { field, message, deleted_user, .. }| {
                                        view! {
                                            <li>
                                                <a href=format!("#{field}") rel="external">
                                                    {message.to_string()}
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
            {text::public::view_user(number)}
        </a>
    }
}

fn title(problem: &Problem, sign_in: bool, signed_in: bool) -> String {
    let fields = u64::try_from(problem.details.fields.iter().count()).unwrap_or(u64::MAX);
    let title = match problem.error {
        Code::ValidationError | Code::Conflict if fields > 0 => {
            return text::public::fix_fields(fields);
        }
        _ if is_unanswered(problem) => text::public::no_answer(),
        Code::Unauthorized if sign_in => text::public::wrong_sign_in(),
        Code::Unauthorized if signed_in => text::public::no_change(),
        Code::Unauthorized => text::public::session_ended(),
        Code::PasswordChangeRequired => text::public::needs_new_password(),
        Code::CurrentPasswordRequired => text::public::needs_current_password(),
        Code::CurrentPasswordWrong => text::public::wrong_current_password(),
        Code::Forbidden if sign_in => text::public::no_sign_in(),
        Code::Forbidden | Code::TokenNotAllowed | Code::ModelNotAllowed => {
            text::public::not_allowed()
        }
        Code::NotFound => text::public::not_found(),
        Code::Conflict | Code::PreconditionFailed
            if problem.details.current.is_some() || problem.details.object.is_some() =>
        {
            text::public::changed_meanwhile()
        }
        // The dialog shows now what the action would change.
        Code::Conflict if has_preview(&problem.details) => text::public::review_again(),
        Code::Conflict | Code::PreconditionFailed => text::public::not_possible(),
        Code::ValidationError => text::public::invalid_input(),
        Code::PayloadTooLarge => text::public::too_long(),
        Code::TooManyRequests => text::public::too_many(),
        Code::Unavailable => text::public::no_database(),
        Code::Disabled => text::public::disabled(),
        Code::MethodNotAllowed | Code::InternalError => text::public::failed(),
    };
    title.to_owned()
}

/// Returns whether a denied action has a new preview, because what it would change differs from the one that was shown.
fn has_preview(details: &Details) -> bool {
    details.outcome.is_some() || details.revocation.is_some() || details.counts.is_some()
}

fn details(problem: &Problem, sign_in: bool) -> String {
    match problem.error {
        Code::Unauthorized if sign_in => text::public::wrong_sign_in_text().to_owned(),
        _ => problem.message.to_string(),
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
                {text::public::request_id()} " " <code>{id}</code>
            </p>
        }
    })
}
