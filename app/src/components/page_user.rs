//! Identification of the user that a page was rendered for.

use leptos::prelude::*;

use crate::{api::wire::AS, context::PageContext};

/// Renders the hidden field with the id of the signed-in user that the page was rendered for. Every form that changes
/// something for a signed-in user has it: the server denies a form if another user has signed in since.
#[component]
pub fn PageUser() -> impl IntoView {
    let principal = PageContext::current().principal;
    principal
        .map(|principal| view! { <input type="hidden" name=AS value=principal.id.to_string() /> })
}
