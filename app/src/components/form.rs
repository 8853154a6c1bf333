//! Forms that work without WebAssembly. The browser posts the form to the path of its page, where the server renders the
//! page again if it denies the form; after hydration the app does the same without reloading.

use std::collections::BTreeSet;

use domain::{
    fields::FieldErrors,
    problem::{Code, Problem},
};
use http::Method;
use leptos::{
    ev::{Event, SubmitEvent},
    form::{FromFormData, form_data_from_event},
    prelude::*,
    server_fn::{ServerFn, client::Client},
};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{FormData, UrlSearchParams};

use crate::{
    api::{
        error::ApiError,
        form_success::FormSuccess,
        wire::{self, AS},
    },
    context::PageContext,
    text,
};

/// State of a form, independent of the server function behind it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Problem of the last submission, whether by script or by the browser.
    pub problem: Memo<Option<Problem>>,
    /// Result of the submission, if it contains a link or a token to show.
    pub done: Memo<Option<FormSuccess>>,
    /// `true` while the response or the next page is loading.
    pub pending: Signal<bool>,
    /// Submits the form.
    pub submit: Callback<SubmitEvent>,
    /// Removes the server's error of a field that the user types into, and validates the form.
    pub typed: Callback<Event>,
    edited: RwSignal<BTreeSet<String>>,
    errors: RwSignal<FieldErrors>,
}

/// Callback that submits the form again after the sign-in; `None` while no form waits for it.
#[derive(Clone, Copy)]
pub struct Expired(pub RwSignal<Option<Callback<()>>>);

impl Expired {
    /// Returns a value without a waiting form.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }
}

impl Default for Expired {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the state of a page's form that is submitted to the server function `F`.
pub fn send<F>(path: &str) -> FormState
where
    F: ServerFn<Output = FormSuccess, Error = ApiError>,
    F::Client: Client<ApiError>,
{
    start(path, post::<F>(), None)
}

/// Returns the state of a form that is also validated while the user types: a field when it loses the focus, and from then
/// on with every character.
pub fn send_checked<F>(
    path: &str,
    check: impl Fn(F) -> FieldErrors + Send + Sync + 'static,
) -> FormState
where
    F: ServerFn<Output = FormSuccess, Error = ApiError> + DeserializeOwned + 'static,
    F::Client: Client<ApiError>,
{
    let check = move |data: &FormData| F::from_form_data(data).ok().map(&check);
    start(path, post::<F>(), Some(Box::new(check)))
}

/// Path of the sign-in function, whose caller has no session yet.
const SIGN_IN: &str = "/sfn/sign-in";

/// Action that submits an encoded form.
pub(crate) type Post = Action<String, Result<FormSuccess, ApiError>>;
/// Validation of a form. Returns `None` if the form cannot be parsed.
type Check = Box<dyn Fn(&FormData) -> Option<FieldErrors> + Send + Sync>;

/// Returns the action that submits a form to a server function, encoded as the browser does. It sends the id of the user
/// whose page the form is on: if another user has signed in since in another tab, the server denies it.
pub(crate) fn post<F>() -> Post
where
    F: ServerFn,
    F::Client: Client<ApiError>,
{
    post_to::<F::Client>(F::PATH)
}

fn post_to<C: Client<ApiError>>(path: &'static str) -> Post {
    let principal = PageContext::current().principal;
    let path = match principal.filter(|_| path != SIGN_IN) {
        Some(principal) => format!("{path}?{AS}={}", principal.id),
        None => path.to_owned(),
    };
    Action::new(move |form: &String| {
        let answer = wire::fetch::<C>(Method::POST, &path, form.clone());
        async move { wire::read(&answer.await?) }
    })
}

fn start(path: &str, action: Post, check: Option<Check>) -> FormState {
    let from_page = expect_context::<PageContext>().of_form(path).outcome;
    let from_page = StoredValue::new(from_page.unwrap_or_default());
    // The last submitted form, to submit again after the user has signed in again. The sign-in page has no such dialog.
    let (expired, last) = (use_context::<Expired>(), StoredValue::new(String::new()));
    let expired = expired.filter(|_| path != "/login");
    let has_expired =
        move |problem: &Problem| expired.is_some() && problem.error == Code::Unauthorized;
    // Fields that the user has typed into since the server has found an error in them.
    let corrected = RwSignal::new(BTreeSet::<String>::new());
    let problem = Memo::new(move |_| {
        let problem = match action.value().get() {
            Some(Err(ApiError(problem))) if !has_expired(&problem) => Some(problem),
            Some(_) => None,
            None => from_page.with_value(|outcome| outcome.problem.clone()),
        };
        corrected.with(|names| problem?.without_fields(|field| names.contains(field)))
    });
    let done = Memo::new(move |_| match action.value().get() {
        Some(Ok(done)) => Some(done).filter(FormSuccess::shows),
        Some(Err(_)) => None,
        None => from_page.with_value(|outcome| outcome.done.clone()),
    });
    let (edited, errors) = (RwSignal::default(), RwSignal::default());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(done)) if !done.shows() => replace_page(&done.next),
        Some(Err(ApiError(problem))) if has_expired(&problem) => {
            let again = Callback::new(move |()| drop(action.dispatch(last.get_value())));
            if let Some(expired) = expired {
                expired.0.set(Some(again));
            }
        }
        Some(Err(_)) => {
            edited.set(BTreeSet::new());
            corrected.set(BTreeSet::new());
            drop(request_animation_frame(focus_error));
        }
        Some(Ok(_)) | None => {}
    });
    // The form was accepted, and the next page is loading.
    let leaving = move || {
        let value = action.value();
        value.with(|value| matches!(value, Some(Ok(done)) if !done.shows()))
    };
    let pending = Signal::derive(move || action.pending().get() || leaving());
    let submit = move |event: SubmitEvent| {
        // Never submits an accepted form again: it can still be submitted while the link or token is rendered above it.
        if pending.get_untracked() || done.with_untracked(Option::is_some) {
            event.prevent_default();
        } else if let Some(form) = form_data_from_event(&event)
            .ok()
            .and_then(|data| written(&data))
        {
            // If the form cannot be read here, the browser submits it, and the server reports the errors.
            event.prevent_default();
            last.set_value(form.clone());
            action.dispatch(form);
        }
    };
    let typed = move |event: Event| {
        let Some((name, data)) = typed_into(&event) else {
            return;
        };
        if event.type_() == "change" {
            edited.update(|edited| edited.extend([name.clone()]));
        }
        // The error of a repeated password says that it differs from the first one.
        corrected.update(|corrected| corrected.extend([format!("{name}_again"), name]));
        if let Some(found) = check.as_ref().and_then(|check| check(&data)) {
            errors.set(text::message::of_fields(found));
        }
    };
    FormState {
        problem,
        done,
        pending,
        submit: Callback::new(submit),
        typed: Callback::new(typed),
        edited,
        errors,
    }
}

impl FormState {
    /// Validates the form after the user has changed a field and left it. A browser also sends this event while it removes
    /// a form with the focus from the page. Signals that are set then still wake the views of that form, which run only
    /// after their signals are disposed. So the validation runs after the event, and is skipped if the form is no longer on
    /// the page.
    pub fn left(self, event: Event) {
        queue_microtask(move || self.typed.try_run(event).unwrap_or_default());
    }

    /// Returns the error message of a field: from the server, or from the validation if the field was edited since.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let message = |errors: &FieldErrors| errors.get(field).map(str::to_owned);
            if self.edited.with(|edited| edited.contains(field)) {
                return self.errors.with(message);
            }
            self.problem.with(|problem| {
                problem
                    .as_ref()
                    .and_then(|problem| message(&problem.details.fields))
            })
        })
    }

    /// Returns the value of the button's `aria-disabled` attribute.
    pub fn busy(self) -> Option<&'static str> {
        self.pending.get().then_some("true")
    }
}

/// Renders the hidden field with the id of the signed-in user that the page was rendered for. Every form that changes
/// something for a signed-in user has it: the server denies a form if another user has signed in since.
#[component]
pub fn PageUser() -> impl IntoView {
    let principal = PageContext::current().principal;
    principal
        .map(|principal| view! { <input type="hidden" name=AS value=principal.id.to_string() /> })
}

/// Returns the name of the field that an event targets, and the data of its form. Returns `None` if the form was removed.
fn typed_into(event: &Event) -> Option<(String, FormData)> {
    let field = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    if !field.is_connected() {
        return None;
    }
    let form = field.closest("form").ok()??;
    let form = form.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    // The search of a selection is part of the field that has the selection.
    let part = field.get_attribute("data-field");
    // Names of fields with several values end in brackets.
    let name = part.or_else(|| field.get_attribute("name"))?;
    let name = name.split('[').next().unwrap_or_default().to_owned();
    Some((name, FormData::new_with_form(&form).ok()?))
}

/// Encodes a form as a browser does for a request.
pub(crate) fn written(data: &FormData) -> Option<String> {
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(data).ok()?;
    pairs.to_string().as_string()
}

/// Loads a new page, because the user can have changed. It replaces the page of the form in the history, so that Back does
/// not return to a completed form.
pub(crate) fn replace_page(next: &str) {
    drop(window().location().replace(next));
}

/// Selectors of the element that gets the focus after an error: the first invalid field, or the error summary. An open
/// dialog comes first, since the page below it may have a problem of its own.
const ERRORS: [&str; 4] = [
    "dialog[open] :is([aria-invalid='true'], [data-error])",
    "dialog[open] #error-summary",
    "form [aria-invalid='true']",
    "#error-summary",
];

fn focus_error() {
    let document = document();
    let found = ERRORS
        .iter()
        .find_map(|selector| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        drop(element.focus());
    }
}
