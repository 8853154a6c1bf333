//! What the pages behind one-time links have in common.

use domain::{
    access::local_path,
    problem::{Code, Problem},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    components::{
        field::FieldSpec,
        icon::{Glyph, Icon},
        notice::RequestId,
    },
    context::PageContext,
};

/// A password that its owner chooses.
pub(super) const NEW_PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: "Password",
    kind: "password",
    autocomplete: "new-password",
    hint: Some("A few unrelated words are strong and easy to remember. Spaces are kept as typed."),
    optional: false,
    max: 256,
};

/// The same again.
pub(super) const PASSWORD_AGAIN: FieldSpec = FieldSpec {
    name: "password_again",
    label: "Password again",
    hint: None,
    ..NEW_PASSWORD
};

/// The path of this site that comes in the end: what the address says of it, or said before the form was refused.
pub(super) fn next() -> impl Fn() -> String + Clone {
    let asked = asked("next");
    move || {
        let named = asked();
        if named.is_empty() {
            named
        } else {
            local_path(&named).to_owned()
        }
    }
}

/// The handle of the link that was followed, in the same way: the form sends it along.
pub(super) fn handle() -> impl Fn() -> String + Clone {
    asked(HANDLE)
}

/// The name of a handle in an address and a form.
pub(super) const HANDLE: &str = "link";

/// What the address says of something, or said before the form was refused.
fn asked(name: &'static str) -> impl Fn() -> String + Clone {
    let typed = expect_context::<PageContext>().typed(name);
    let search = use_location().search;
    // As it is written: what the router has read of it is decoded twice.
    move || {
        let search = search.read();
        let mut pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
        let found = pairs.find(|(key, _)| key == name);
        found.map_or_else(|| typed.clone(), |(_, value)| value.into_owned())
    }
}

/// A card that says what is the matter and leads on.
#[component]
pub(super) fn MessageCard(
    /// Its picture.
    icon: Icon,
    /// Class of its colour.
    tone: &'static str,
    /// What is the matter.
    title: &'static str,
    /// The same at length.
    #[prop(into)]
    text: String,
    /// Where to sign in, if that is what comes next.
    #[prop(optional_no_strip)]
    sign_in: Option<String>,
    /// The id under which the operator finds the cause in the log.
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
                            // A page of its own: another person may look at it.
                            <a class="button button-primary" href=href rel="external">
                                "Sign in"
                            </a>
                        </div>
                    }
                })}
            <RequestId id=request_id />
        </div>
    }
}

/// A link that does not work.
#[component]
pub(super) fn DeadLink(
    /// What it is called when it was used, revoked, or is too old.
    dead: &'static str,
    /// Why.
    problem: Problem,
) -> impl IntoView {
    let title = match problem.error {
        Code::NotFound => dead,
        Code::TooManyRequests => "Too many attempts",
        Code::Conflict => "Rollcall is set up already",
        _ => "This is not possible just now",
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
