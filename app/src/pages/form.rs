//! A form that works before the WebAssembly arrives and without it. The browser sends it to its page's own address, where
//! the server draws the page again if it refuses; once the app has taken over, the same is done without a reload.

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
        done::Done,
        error::ApiError,
        wire::{self, AS},
    },
    context::PageContext,
    pages::sign_in_again::Expired,
};

/// A form and what became of it, whatever it sends.
#[derive(Clone, Copy)]
pub struct Sending {
    /// What is wrong with it: what the server said last, by whichever way it was sent.
    pub problem: Memo<Option<Problem>>,
    /// What it has made, if there is something to hand over.
    pub done: Memo<Option<Done>>,
    /// Whether an answer is awaited, or the page that comes after it.
    pub pending: Signal<bool>,
    /// Sends it.
    pub submit: Callback<SubmitEvent>,
    /// Checks it while it is typed into.
    pub typed: Callback<Event>,
    edited: RwSignal<BTreeSet<String>>,
    faults: RwSignal<FieldErrors>,
}

/// The form of a page, sent by a server function.
pub fn send<F>(path: &str) -> Sending
where
    F: ServerFn<Output = Done, Error = ApiError>,
    F::Client: Client<ApiError>,
{
    start(path, post::<F>(), None)
}

/// The same, checked while it is typed into: a field that was left, and from then on with every character.
pub fn send_checked<F>(
    path: &str,
    check: impl Fn(F) -> FieldErrors + Send + Sync + 'static,
) -> Sending
where
    F: ServerFn<Output = Done, Error = ApiError> + DeserializeOwned + 'static,
    F::Client: Client<ApiError>,
{
    let check = move |data: &FormData| F::from_form_data(data).ok().map(&check);
    start(path, post::<F>(), Some(Box::new(check)))
}

/// The address of the function that signs in: whoever does has no session yet.
const SIGN_IN: &str = "/sfn/sign-in";

/// Sends what a form holds.
pub(super) type Post = Action<String, Result<Done, ApiError>>;
/// Checks what a form holds, unless it cannot be read.
type Check = Box<dyn Fn(&FormData) -> Option<FieldErrors> + Send + Sync>;

/// What sends a form to a server function, as the browser itself would. It says whose page the form is on: if another user
/// has signed in meanwhile in another tab, the server denies it.
pub(super) fn post<F>() -> Post
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

fn start(path: &str, action: Post, check: Option<Check>) -> Sending {
    let from_page = expect_context::<PageContext>().of_form(path).outcome;
    let from_page = StoredValue::new(from_page.unwrap_or_default());
    // What was sent last, to be sent again once the user has signed in again. On the page for signing in there is none.
    let (expired, last) = (use_context::<Expired>(), StoredValue::new(String::new()));
    let expired = expired.filter(|_| path != "/login");
    let has_expired =
        move |problem: &Problem| expired.is_some() && problem.error == Code::Unauthorized;
    let problem = Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(problem))) if has_expired(&problem) => None,
        Some(Err(ApiError(problem))) => Some(problem),
        Some(Ok(_)) => None,
        None => from_page.with_value(|outcome| outcome.problem.clone()),
    });
    let done = Memo::new(move |_| match action.value().get() {
        Some(Ok(done)) => Some(done).filter(Done::shows),
        Some(Err(_)) => None,
        None => from_page.with_value(|outcome| outcome.done.clone()),
    });
    let (edited, faults) = (RwSignal::default(), RwSignal::default());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(done)) if !done.shows() => go_on(&done.next),
        Some(Err(ApiError(problem))) if has_expired(&problem) => {
            let again = Callback::new(move |()| drop(action.dispatch(last.get_value())));
            if let Some(expired) = expired {
                expired.0.set(Some(again));
            }
        }
        Some(Err(_)) => {
            edited.set(BTreeSet::new());
            request_animation_frame(focus_fault);
        }
        Some(Ok(_)) | None => {}
    });
    // It was accepted, and the next page is on its way.
    let leaving = move || {
        let value = action.value();
        value.with(|value| matches!(value, Some(Ok(done)) if !done.shows()))
    };
    let pending = Signal::derive(move || action.pending().get() || leaving());
    let submit = move |event: SubmitEvent| {
        // What was done is not done twice: the form may still be sent once more while what it has made is drawn over it.
        if pending.get_untracked() || done.with_untracked(Option::is_some) {
            event.prevent_default();
        } else if let Some(form) = form_data_from_event(&event)
            .ok()
            .and_then(|data| written(&data))
        {
            // What cannot be read here, the browser sends by itself, and the server says what is wrong with it.
            event.prevent_default();
            last.set_value(form.clone());
            action.dispatch(form);
        }
    };
    let typed = move |event: Event| {
        let Some((name, data)) = typed_into(&event) else {
            return;
        };
        let Some(found) = check.as_ref().and_then(|check| check(&data)) else {
            return;
        };
        if event.type_() == "change" {
            edited.update(|edited| edited.extend([name]));
        }
        faults.set(found);
    };
    Sending {
        problem,
        done,
        pending,
        submit: Callback::new(submit),
        typed: Callback::new(typed),
        edited,
        faults,
    }
}

impl Sending {
    /// Checks it after a field was changed and left. A browser also sends this event while it removes a form with the focus
    /// from the page. Signals that are set then still wake the views of that form, which run only after their signals are
    /// gone. So the check waits until the event is over, and a form that is no longer on the page is not checked.
    pub fn left(self, event: Event) {
        queue_microtask(move || self.typed.try_run(event).unwrap_or_default());
    }

    /// The fault of one field: what the server said of it, unless it has been edited since.
    pub fn fault(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let message = |faults: &FieldErrors| faults.get(field).map(str::to_owned);
            if self.edited.with(|edited| edited.contains(field)) {
                return self.faults.with(message);
            }
            self.problem.with(|problem| {
                problem
                    .as_ref()
                    .and_then(|problem| message(&problem.details.fields))
            })
        })
    }

    /// What to put into `aria-disabled` of the button.
    pub fn busy(self) -> Option<&'static str> {
        self.pending.get().then_some("true")
    }
}

/// The name of the field that an event is about, and the whole form as it stands; nothing of a form that was removed.
fn typed_into(event: &Event) -> Option<(String, FormData)> {
    let field = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    if !field.is_connected() {
        return None;
    }
    let form = field.closest("form").ok()??;
    let form = form.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    // A list of values has brackets behind its name.
    let name = field.get_attribute("name")?;
    let name = name.split('[').next().unwrap_or_default().to_owned();
    Some((name, FormData::new_with_form(&form).ok()?))
}

/// A form as a browser writes it into a request.
pub(super) fn written(data: &FormData) -> Option<String> {
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(data).ok()?;
    pairs.to_string().as_string()
}

/// Goes on to a new page, because another user may look at it now. It replaces the page of the form: that is done, and Back
/// must not ask for it again.
pub(crate) fn go_on(next: &str) {
    drop(window().location().replace(next));
}

/// Where the focus goes after a refusal: the first field at fault, or what is said above the form. An open dialog comes
/// first, as the page under it may have a problem of its own.
const FAULTS: [&str; 4] = [
    "dialog[open] :is([aria-invalid='true'], [data-fault])",
    "dialog[open] #error-summary",
    "form [aria-invalid='true']",
    "#error-summary",
];

fn focus_fault() {
    let document = document();
    let found = FAULTS
        .iter()
        .find_map(|selector| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        drop(element.focus());
    }
}
