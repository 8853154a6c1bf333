//! A moment, told from now; exactly in the title.

use std::sync::Arc;

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    context::Zone,
    format::{exact, relative, upcoming},
    hydrated::Hydrated,
};

/// Milliseconds of a minute.
const MINUTE: f64 = 60_000.0;

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
    chosen_zone()
        .and_then(|zone| in_zone(&date, &zone, "default"))
        .unwrap_or_else(|| date.to_locale_string("default", &JsValue::UNDEFINED).into())
}

fn chosen_zone() -> Option<Arc<str>> {
    use_context::<Zone>().and_then(|zone| zone.0)
}

/// The name of the zone in which the browser shows times: the chosen one, if the browser knows it. None for that of the
/// device.
pub(crate) fn shown_zone() -> Option<Arc<str>> {
    chosen_zone().filter(|zone| in_zone(&js_sys::Date::new_0(), zone, "default").is_some())
}

/// By how many minutes that zone is ahead of UTC at a local time, as a field gives it.
pub(crate) fn offset_at(local: &str) -> f64 {
    let chosen = chosen_zone().and_then(|zone| offset_in(local, &zone));
    chosen.unwrap_or_else(|| -js_sys::Date::new(&local.into()).get_timezone_offset())
}

/// The same for a zone by its name; nothing if the browser does not know that one.
fn offset_in(local: &str, zone: &str) -> Option<f64> {
    let ahead = |at: f64| {
        // Swedish writes a time as a machine reads it, but for the letter in between.
        let written = in_zone(&js_sys::Date::new(&at.into()), zone, "sv-SE")?;
        let written = written.split_whitespace().collect::<Vec<_>>().join("T");
        let minutes = (js_sys::Date::parse(&format!("{written}Z")) - at) / MINUTE;
        minutes.is_finite().then(|| minutes.round())
    };
    // As if it were UTC, then corrected by what the zone is ahead about that time.
    let utc = js_sys::Date::parse(&format!("{local}Z"));
    let about = ahead(utc)?;
    ahead(utc - about * MINUTE)
}

/// A moment in a zone by its name, as a language writes it; nothing if the browser does not know that zone.
fn in_zone(date: &js_sys::Date, zone: &str, language: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // Called by its name, because an exception of the call itself would end the app.
    let told = js_sys::Reflect::get(date, &"toLocaleString".into()).ok()?;
    let told = told.dyn_into::<js_sys::Function>().ok()?;
    told.call2(date, &language.into(), &options)
        .ok()?
        .as_string()
}
