//! Timestamps: relative times with the exact time as title, and exact times.

use std::sync::Arc;

use ::time::{Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use domain::offsets::Offsets;
use leptos::{leptos_dom::helpers::is_browser, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    context::Zone,
    format::{exact, exact_with_offset, relative, upcoming},
    hydrated::Hydrated,
};

/// Milliseconds per minute.
const MINUTE: f64 = 60_000.0;
/// Seconds per minute.
const SECONDS: f64 = 60.0;

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
    let title = move || (!brief || Hydrated::now()).then(|| shown_with_offset(at));
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
        <time datetime=machine(at) title=move || shown_with_offset(at)>
            {upcoming(at, now)}
        </time>
    }
}

/// Renders the end of a session, a token or an invitation in a list, ahead or past.
#[component]
pub fn Ends(
    /// Time of the end.
    at: OffsetDateTime,
    /// Server time of the response, from which the distance is computed.
    now: OffsetDateTime,
) -> impl IntoView {
    if at > now {
        view! { <Upcoming at=at now=now /> }.into_any()
    } else {
        view! { <Ago at=at now=now /> }.into_any()
    }
}

/// Renders an exact timestamp.
#[component]
pub fn Exactly(
    /// Timestamp to render.
    at: OffsetDateTime,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=move || shown_with_offset(at)>
            {move || shown(at)}
        </time>
    }
}

/// Returns a time for machines, in whole seconds, because a list has many.
fn machine(at: OffsetDateTime) -> String {
    at.truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

/// Returns the exact time: in the user's zone; in that of the device if none is set, after hydration; else in UTC.
pub(crate) fn shown(at: OffsetDateTime) -> String {
    exact(at, offset_of(at))
}

/// Returns the same with the UTC offset, for a title.
fn shown_with_offset(at: OffsetDateTime) -> String {
    exact_with_offset(at, offset_of(at).unwrap_or(UtcOffset::UTC))
}

/// Returns the UTC offset at a time in the zone in which the page shows times. `None` if the zone is that of the device, which
/// the server does not know, until hydration is complete.
fn offset_of(at: OffsetDateTime) -> Option<UtcOffset> {
    let is_hydrated = Hydrated::now();
    if !is_browser() {
        return use_context::<Arc<Offsets>>()?.at(at);
    }
    let timestamp = js_sys::Date::parse(&machine(at));
    let chosen = chosen_zone().and_then(|zone| minutes_ahead(timestamp, &zone));
    let device = || -js_sys::Date::new(&timestamp.into()).get_timezone_offset();
    let minutes = chosen.or_else(|| is_hydrated.then(device))?;
    let seconds = Duration::checked_seconds_f64(minutes * SECONDS)?.whole_seconds();
    UtcOffset::from_whole_seconds(i32::try_from(seconds).ok()?).ok()
}

fn chosen_zone() -> Option<Arc<str>> {
    use_context::<Zone>().and_then(|zone| zone.0)
}

/// Returns the name of the time zone in which the browser shows times: the chosen one, if the browser knows it. `None` for that
/// of the device.
pub(crate) fn shown_zone() -> Option<Arc<str>> {
    chosen_zone().filter(|zone| in_zone(&js_sys::Date::new_0(), zone).is_some())
}

/// Returns the offset of that zone from UTC in minutes, at a local time as a field gives it.
pub(crate) fn offset_at(local: &str) -> f64 {
    let chosen = chosen_zone().and_then(|zone| offset_in(local, &zone));
    chosen.unwrap_or_else(|| -js_sys::Date::new(&local.into()).get_timezone_offset())
}

/// Returns the same for a named zone. `None` if the browser does not know the zone.
fn offset_in(local: &str, zone: &str) -> Option<f64> {
    // Read as UTC first, then corrected by the offset at about that time.
    let utc = js_sys::Date::parse(&format!("{local}Z"));
    let about = minutes_ahead(utc, zone)?;
    minutes_ahead(utc - about * MINUTE, zone)
}

/// Returns the offset of a named zone from UTC in minutes, at a time in milliseconds since 1970. `None` if the browser does not
/// know the zone.
fn minutes_ahead(at: f64, zone: &str) -> Option<f64> {
    let written = in_zone(&js_sys::Date::new(&at.into()), zone)?;
    let written = written.split_whitespace().collect::<Vec<_>>().join("T");
    // The text has whole seconds.
    let minutes = (js_sys::Date::parse(&format!("{written}Z")) - at) / MINUTE;
    minutes.is_finite().then(|| minutes.round())
}

/// Formats a time in a time zone as in ISO 8601, with a space for the `T`, which is the Swedish format. Returns `None` if the
/// browser does not know the zone.
fn in_zone(date: &js_sys::Date, zone: &str) -> Option<String> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // `toLocaleString` throws for an unknown zone. Called as a `Function`, the exception is returned as an error; thrown by
    // a direct call it would abort the app.
    let formatter = js_sys::Reflect::get(date, &"toLocaleString".into()).ok()?;
    let formatter = formatter.dyn_into::<js_sys::Function>().ok()?;
    formatter
        .call2(date, &"sv-SE".into(), &options)
        .ok()?
        .as_string()
}
