//! Components that the pages of one-time links share.

use domain::{
    access::local_path,
    problem::{Code, Problem},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    field::FieldSpec,
    icon::{Glyph, Icon},
    notice::RequestId,
};
use crate::{context::PageContext, text};

/// Field for a password that the user chooses.
pub(crate) const NEW_PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: text::public::password,
    kind: "password",
    autocomplete: "new-password",
    hint: Some(text::public::password_hint),
    optional: false,
    max: 256,
};

/// Field for the repetition of the password.
pub(crate) const PASSWORD_AGAIN: FieldSpec = FieldSpec {
    name: "password_again",
    label: text::public::password_again,
    hint: None,
    ..NEW_PASSWORD
};

/// Returns the path of this site that follows at the end: from the URL, or from the form that was denied.
pub(crate) fn next() -> impl Fn() -> String + Clone {
    let query_param = query_param("next");
    move || {
        let named = query_param();
        if named.is_empty() {
            named
        } else {
            local_path(&named).to_owned()
        }
    }
}

/// Returns the handle of the link, which the form sends back: from the URL, or from the form that was denied.
pub(crate) fn handle() -> impl Fn() -> String + Clone {
    query_param(HANDLE)
}

/// Name of the handle in URLs and forms.
pub(crate) const HANDLE: &str = "link";

/// Returns a query parameter, or the form value that replaced it after the form was denied.
fn query_param(name: &'static str) -> impl Fn() -> String + Clone {
    let typed = expect_context::<PageContext>().typed(name);
    let search = use_location().search;
    // Reads the raw query, because the router decodes parameters twice.
    move || {
        let search = search.read();
        let mut pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
        let found = pairs.find(|(key, _)| key == name);
        found.map_or_else(|| typed.clone(), |(_, value)| value.into_owned())
    }
}

/// Renders a card with a message and the next step.
#[component]
pub(crate) fn MessageCard(
    /// Icon above the message.
    icon: Icon,
    /// CSS class of the colour.
    tone: &'static str,
    /// Heading of the card.
    title: &'static str,
    /// Details below the heading.
    #[prop(into)]
    text: String,
    /// URL of the sign-in page, if signing in is the next step.
    #[prop(optional_no_strip)]
    sign_in: Option<String>,
    /// Id of the failed request, by which the operator finds the cause in the log.
    #[prop(optional_no_strip)]
    request_id: Option<String>,
) -> impl IntoView {
    let tone = format!("state-icon {tone}");
    view! {
        <div class="card card-message">
            <span class=tone>
                <Glyph icon=icon large=true />
            </span>
            <h1 class="card-title">{title}</h1>
            <p>{text}</p>
            {sign_in
                .map(|href| {
                    view! {
                        <div class="card-actions">
                            // Loads a new page, because the user can change.
                            <a class="button button-primary" href=href rel="external">
                                {text::public::sign_in()}
                            </a>
                        </div>
                    }
                })}
            <RequestId id=request_id />
        </div>
    }
}

/// Renders the reason why a link is not valid.
#[component]
pub(crate) fn DeadLink(
    /// Heading for a link that was used, revoked or has expired.
    dead: &'static str,
    /// Problem that the server has returned.
    problem: Problem,
) -> impl IntoView {
    let title = match problem.error {
        Code::NotFound => dead,
        Code::Forbidden => text::public::dead_suspended(),
        Code::TooManyRequests => text::public::too_many(),
        Code::Conflict => text::public::dead_set_up(),
        _ => text::public::dead_other(),
    };
    view! {
        <MessageCard
            icon=Icon::Alert
            tone="tone-warning"
            title=title
            text=problem.message
            sign_in=(problem.error == Code::Conflict).then(|| "/login".to_owned())
            request_id=problem.request_id.filter(|_| problem.error == Code::InternalError)
        />
    }
}
