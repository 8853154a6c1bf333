//! A form that works before the WebAssembly arrives and without it. The browser sends it to its page's own address, where
//! the server draws the page again if it refuses; once the app has taken over, the same is done without a reload.

use std::collections::BTreeSet;

use domain::{fields::FieldErrors, problem::Problem};
use leptos::{
    ev::{Event, SubmitEvent},
    form::FromFormData,
    prelude::*,
    server_fn::{ServerFn, client::Client, request::ClientReq},
};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;

use crate::{
    api::{done::Done, error::ApiError},
    context::PageContext,
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
    F: ServerFn<Output = Done, Error = ApiError> + DeserializeOwned + Clone + Send + Sync + 'static,
    F::Client: Client<ApiError>,
    <F::Client as Client<ApiError>>::Request: ClientReq<ApiError>,
{
    send_checked::<F>(path, |_| FieldErrors::default())
}

/// The same, checked while it is typed into: a field that was left, and from then on with every character.
pub fn send_checked<F>(path: &str, check: fn(F) -> FieldErrors) -> Sending
where
    F: ServerFn<Output = Done, Error = ApiError> + DeserializeOwned + Clone + Send + Sync + 'static,
    F::Client: Client<ApiError>,
    <F::Client as Client<ApiError>>::Request: ClientReq<ApiError>,
{
    let action = ServerAction::<F>::new();
    let from_page = expect_context::<PageContext>().of_form(path).outcome;
    let from_page = StoredValue::new(from_page.unwrap_or_default());
    let problem = Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(problem))) => Some(problem),
        Some(Ok(_)) => None,
        None => from_page.with_value(|outcome| outcome.problem.clone()),
    });
    let done = Memo::new(move |_| match action.value().get() {
        Some(Ok(done)) => Some(done).filter(|done| done.link.is_some()),
        Some(Err(_)) => None,
        None => from_page.with_value(|outcome| outcome.done.clone()),
    });
    let (edited, faults) = (RwSignal::default(), RwSignal::default());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(done)) if done.link.is_none() => go_on(&done.next),
        Some(Err(_)) => {
            edited.set(BTreeSet::new());
            request_animation_frame(focus_fault);
        }
        Some(Ok(_)) | None => {}
    });
    // It was accepted, and the next page is on its way.
    let leaving = move || {
        let value = action.value();
        value.with(|value| matches!(value, Some(Ok(done)) if done.link.is_none()))
    };
    let pending = Signal::derive(move || action.pending().get() || leaving());
    let submit = move |event: SubmitEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        } else if let Ok(form) = F::from_event(&event) {
            // What cannot be read here, the browser sends by itself, and the server says what is wrong with it.
            event.prevent_default();
            action.dispatch(form);
        }
    };
    let typed = move |event: Event| {
        let Some((name, form)) = typed_into::<F>(&event) else {
            return;
        };
        if event.type_() == "change" {
            edited.update(|edited| edited.extend([name]));
        }
        faults.set(check(form));
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

/// The name of the field that an event is about, and the whole form as it stands.
fn typed_into<F: DeserializeOwned>(event: &Event) -> Option<(String, F)> {
    let field = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let form = field.closest("form").ok()??;
    let form = form.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    // A list of values has brackets behind its name.
    let name = field.get_attribute("name")?;
    let name = name.split('[').next().unwrap_or_default().to_owned();
    Some((name, F::from_form_data(&data).ok()?))
}

/// Goes on to a new page, because another person may look at it now.
fn go_on(next: &str) {
    drop(window().location().set_href(next));
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
