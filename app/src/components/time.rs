//! Timestamps: relative times with the exact time as title, and exact times.

use std::sync::Arc;

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    context::Zone,
    format::{exact, relative, upcoming},
    hydrated::Hydrated,
    text::{self, language::Language},
};

/// Milliseconds per minute.
const MINUTE: f64 = 60_000.0;

/// Renders the time since a timestamp, such as "2 hours ago".
#[component]
pub fn Ago(
    /// Timestamp in the past.
    at: OffsetDateTime,
    /// Server time of the response, from which the distance is computed.
    now: OffsetDateTime,
    /// `true` in a list with several times per row: the exact time is added after hydration, because in the page from the
    /// server it would be as long as the rest of the cell.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    let title = move || (!brief || Hydrated::now()).then(|| in_own_zone(at));
    view! {
        <time datetime=machine(at) title=title>
            {relative(at, now)}
        </time>
    }
}

/// Renders the time until a timestamp, such as "in 2 hours".
#[component]
pub fn Upcoming(
    /// Timestamp in the future.
    at: OffsetDateTime,
    /// Server time of the response, from which the distance is computed.
    now: OffsetDateTime,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=move || in_own_zone(at)>
            {upcoming(at, now)}
        </time>
    }
}

/// Renders an exact timestamp.
#[component]
pub fn Exactly(
    /// Timestamp to render.
    at: OffsetDateTime,
) -> impl IntoView {
    view! { <time datetime=machine(at)>{move || in_own_zone(at)}</time> }
}

fn machine(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// Returns the exact time: in UTC on the server, which does not know the zone of the browser; in the user's zone and
/// language after hydration.
fn in_own_zone(at: OffsetDateTime) -> String {
    if Hydrated::now() {
        local(&machine(at))
    } else {
        exact(at)
    }
}

/// Formats a time in the language of the page, and in the time zone of the user's preferences if one is set.
fn local(machine: &str) -> String {
    let date = js_sys::Date::new(&machine.into());
    chosen_zone()
        .and_then(|zone| in_zone(&date, &zone, locale()))
        .unwrap_or_else(|| date.to_locale_string(locale(), &JsValue::UNDEFINED).into())
}

/// Returns the locale in which the browser formats times. On English pages it is that of the browser, because the order of day
/// and month depends on the region.
fn locale() -> &'static str {
    match text::current() {
        Language::English => "default",
        language => language.tag(),
    }
}

fn chosen_zone() -> Option<Arc<str>> {
    use_context::<Zone>().and_then(|zone| zone.0)
}

/// Returns the name of the time zone in which the browser shows times: the chosen one, if the browser knows it. `None` for that
/// of the device.
pub(crate) fn shown_zone() -> Option<Arc<str>> {
    chosen_zone().filter(|zone| in_zone(&js_sys::Date::new_0(), zone, "default").is_some())
}

/// Returns the offset of that zone from UTC in minutes, at a local time as a field gives it.
pub(crate) fn offset_at(local: &str) -> f64 {
    let chosen = chosen_zone().and_then(|zone| offset_in(local, &zone));
    chosen.unwrap_or_else(|| -js_sys::Date::new(&local.into()).get_timezone_offset())
}

/// Returns the same for a named zone. `None` if the browser does not know the zone.
fn offset_in(local: &str, zone: &str) -> Option<f64> {
    let ahead = |at: f64| {
        // The Swedish format is ISO 8601 with a space for the `T`.
        let written = in_zone(&js_sys::Date::new(&at.into()), zone, "sv-SE")?;
        let written = written.split_whitespace().collect::<Vec<_>>().join("T");
        let minutes = (js_sys::Date::parse(&format!("{written}Z")) - at) / MINUTE;
        minutes.is_finite().then(|| minutes.round())
    };
    // Read as UTC first, then corrected by the offset at about that time.
    let utc = js_sys::Date::parse(&format!("{local}Z"));
    let about = ahead(utc)?;
    ahead(utc - about * MINUTE)
}

/// Formats a time in a time zone, in a language. Returns `None` if the browser does not know the zone.
fn in_zone(date: &js_sys::Date, zone: &str, language: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // `toLocaleString` throws for an unknown zone. Called as a `Function`, the exception is returned as an error; thrown by
    // a direct call it would abort the app.
    let formatter = js_sys::Reflect::get(date, &"toLocaleString".into()).ok()?;
    let formatter = formatter.dyn_into::<js_sys::Function>().ok()?;
    formatter
        .call2(date, &language.into(), &options)
        .ok()?
        .as_string()
}
