//! Timestamps: relative times with the exact time as title, and exact times.

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    context::Zone,
    format::{exact, relative, upcoming},
    hydrated::Hydrated,
};

/// Renders the time since a timestamp, such as "2 hours ago".
#[component]
pub fn Ago(
    /// Timestamp in the past.
    at: OffsetDateTime,
    /// Server time of the response, from which the distance is computed.
    now: OffsetDateTime,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=move || in_own_zone(at)>
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

/// Formats a time in the language of the browser, and in the time zone of the user's preferences if one is set.
fn local(machine: &str) -> String {
    let date = js_sys::Date::new(&machine.into());
    let zone = use_context::<Zone>().and_then(|zone| zone.0);
    zone.and_then(|zone| in_zone(&date, &zone))
        .unwrap_or_else(|| date.to_locale_string("default", &JsValue::UNDEFINED).into())
}

/// Formats a time in a time zone. Returns `None` if the browser does not know the zone.
fn in_zone(date: &js_sys::Date, zone: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // `toLocaleString` throws for an unknown zone. Called as a `Function`, the exception is returned as an error; thrown by
    // a direct call it would abort the app.
    let told = js_sys::Reflect::get(date, &"toLocaleString".into()).ok()?;
    let told = told.dyn_into::<js_sys::Function>().ok()?;
    told.call2(date, &"default".into(), &options)
        .ok()?
        .as_string()
}
