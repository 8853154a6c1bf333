//! A form that works before the WebAssembly arrives and without it. The browser sends it to its page's own address, where
//! the server draws the page again if it refuses; once the app has taken over, the same is done without a reload.

use domain::problem::Problem;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, client::Client, codec::PostUrl, request::ClientReq},
};
use wasm_bindgen::JsCast;

use crate::{api::error::ApiError, context::PageContext};

/// What is wrong with the form now: what the server said last, by whichever way it was sent.
pub(super) fn problem<F>(action: ServerAction<F>) -> Memo<Option<Problem>>
where
    F: ServerFn<Output = String, Error = ApiError> + Clone + Send + Sync + 'static,
{
    let from_page = expect_context::<PageContext>()
        .outcome
        .map(|outcome| outcome.problem);
    Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(problem))) => Some(problem),
        Some(Ok(_)) => None,
        None => from_page.clone(),
    })
}

/// The fault of one field.
pub(super) fn fault(problem: Memo<Option<Problem>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        problem.with(|problem| {
            problem
                .as_ref()
                .and_then(|problem| problem.details.fields.get(field).map(str::to_owned))
        })
    })
}

/// Goes on when the form was accepted: to a new page, because another person may look at it now. When it was refused,
/// puts the focus on the first field at fault, or on what is said above the form.
pub(super) fn follow<F>(action: ServerAction<F>)
where
    F: ServerFn<Output = String, Error = ApiError> + Clone + Send + Sync + 'static,
    F::Client: Client<ApiError>,
    <F::Client as Client<ApiError>>::Request: ClientReq<ApiError>,
{
    let _ = std::marker::PhantomData::<PostUrl>;
    Effect::new(move |_| match action.value().get() {
        Some(Ok(next)) => drop(window().location().set_href(&next)),
        Some(Err(_)) => request_animation_frame(focus_fault),
        None => {}
    });
}

fn focus_fault() {
    let document = document();
    let first = document
        .query_selector("form [aria-invalid='true']")
        .ok()
        .flatten();
    let target = first.or_else(|| document.get_element_by_id("error-summary"));
    if let Some(element) =
        target.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        drop(element.focus());
    }
}
