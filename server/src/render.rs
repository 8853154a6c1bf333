//! Rendering of pages.

use std::sync::Arc;

use app::{api::ssr::FormProblem, context::PageContext, shell::shell, text::language::Language};
use axum::{extract::Request, http::request::Parts, response::Response};
use domain::offsets::Offsets;
use leptos::prelude::{provide_context, use_context};
use service::Services;

use crate::{middleware::headers::PageNonce, state::AppState};

/// Provides the context that a page needs from its request.
pub(crate) fn provide(services: &Services) {
    provide_context(services.clone());
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    if let Some(PageNonce(nonce)) = parts.extensions.get() {
        provide_context(nonce.clone());
    }
    if let Some(language) = parts.extensions.get::<Language>() {
        provide_context(*language);
    }
    if let Some(offsets) = parts.extensions.get::<Arc<Offsets>>() {
        provide_context(Arc::clone(offsets));
    }
    if let Some(context) = parts.extensions.get::<PageContext>() {
        provide_context(context.clone());
        let outcome = context.outcome.as_ref();
        if let Some(problem) = outcome.and_then(|outcome| outcome.problem.clone()) {
            provide_context(FormProblem(problem));
        }
    }
}

/// Renders the page at the address of a request.
pub(crate) async fn render(state: &AppState, request: Request) -> Response {
    let services = state.services.clone();
    let assets = state.assets.clone();
    let handler = leptos_axum::render_app_async_with_context(
        move || provide(&services),
        move || shell(&assets),
    );
    handler(request).await
}
