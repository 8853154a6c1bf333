//! A moment, told from now; exactly in the title.

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    context::Zone,
    format::{exact, relative, upcoming},
    hydrated::Hydrated,
};

/// How long ago a moment was, with the exact time in its title.
#[component]
pub fn Ago(
    /// The moment.
    at: OffsetDateTime,
    /// The time of the server's answer.
    now: OffsetDateTime,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=move || in_own_zone(at)>
            {relative(at, now)}
        </time>
    }
}

/// How long until a moment, with the exact time in its title.
#[component]
pub fn Upcoming(
    /// The moment.
    at: OffsetDateTime,
    /// The time of the server's answer.
    now: OffsetDateTime,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=move || in_own_zone(at)>
            {upcoming(at, now)}
        </time>
    }
}

/// A moment, exactly.
#[component]
pub fn Exactly(
    /// The moment.
    at: OffsetDateTime,
) -> impl IntoView {
    view! { <time datetime=machine(at)>{move || in_own_zone(at)}</time> }
}

fn machine(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// The exact time: in UTC from the server, which does not know better; in the person's own zone and language once the
/// browser has taken over.
fn in_own_zone(at: OffsetDateTime) -> String {
    if Hydrated::now() {
        local(&machine(at))
    } else {
        exact(at)
    }
}

/// The exact moment in the browser's own language, and in the zone that the person has chosen, if they have.
fn local(machine: &str) -> String {
    let date = js_sys::Date::new(&machine.into());
    let zone = use_context::<Zone>().and_then(|zone| zone.0);
    zone.and_then(|zone| in_zone(&date, &zone))
        .unwrap_or_else(|| date.to_locale_string("default", &JsValue::UNDEFINED).into())
}

/// A moment in a zone by its name; nothing if the browser does not know that one.
fn in_zone(date: &js_sys::Date, zone: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // Called by its name, because an exception of the call itself would end the app.
    let told = js_sys::Reflect::get(date, &"toLocaleString".into()).ok()?;
    let told = told.dyn_into::<js_sys::Function>().ok()?;
    told.call2(date, &"default".into(), &options)
        .ok()?
        .as_string()
}
