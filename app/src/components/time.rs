//! A moment, told from now; exactly in the title.

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use leptos::prelude::*;

use crate::{
    format::{exact, relative},
    routes::Hydrated,
};

/// How long ago a moment was. Its title has the exact time: in the person's own zone once the browser has taken over,
/// because the server does not know it.
#[component]
pub fn Ago(
    /// The moment.
    at: OffsetDateTime,
    /// The time of the server's answer.
    now: OffsetDateTime,
) -> impl IntoView {
    let machine = at.format(&Rfc3339).unwrap_or_default();
    let title = {
        let machine = machine.clone();
        move || {
            if Hydrated::now() {
                local(&machine)
            } else {
                exact(at)
            }
        }
    };
    view! {
        <time datetime=machine title=title>
            {relative(at, now)}
        </time>
    }
}

/// The exact moment in the browser's own zone and language.
fn local(machine: &str) -> String {
    let date = js_sys::Date::new(&machine.into());
    date.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED)
        .into()
}
