//! The user whose page a form is on.

use leptos::prelude::*;

use crate::{api::wire::AS, context::PageContext};

/// The hidden field that says whose page a form is on. Every form that changes something for a signed-in user has it: the
/// server denies one that comes from the page of another user than who is signed in by then.
#[component]
pub fn PageUser() -> impl IntoView {
    let principal = PageContext::current().principal;
    principal
        .map(|principal| view! { <input type="hidden" name=AS value=principal.id.to_string() /> })
}
