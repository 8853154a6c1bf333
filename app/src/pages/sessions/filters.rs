//! Which sessions: a form that leads to the list of those that match.

use domain::sessions::list::SessionParams;
use leptos::{ev::SubmitEvent, form::form_data_from_event, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::links;
use crate::pages::form::written;

/// Where the names of the devices are, for the field to offer.
pub(super) const DEVICES: &str = "devices";

/// Ages to choose from.
pub(super) const AGES: [(&str, &str); 8] = [
    ("", "Any time"),
    (">1h", "Within an hour"),
    (">1d", "Within a day"),
    (">7d", "Within a week"),
    ("<1h", "Over an hour ago"),
    ("<1d", "Over a day ago"),
    ("<7d", "Over a week ago"),
    ("<14d", "Over two weeks ago"),
];

/// The form. Without scripts it leads to the list by itself.
#[component]
pub fn Filters(
    /// The state of the list, from the address.
    params: Memo<SessionParams>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        let data = form_data_from_event(&event).ok();
        if let Some(typed) = data.as_ref().and_then(written) {
            event.prevent_default();
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&links::href(&read(&typed)), options);
        }
    };
    // A link or the back button changes the filter under the form. The first time nothing has changed: what was typed
    // before the browser took over stays.
    Effect::new(move |before: Option<SessionParams>| {
        let now = params.get();
        if before.is_some_and(|before| before != now)
            && let Some(form) = form.get_untracked()
        {
            show(&form, &now);
        }
        now
    });
    let now = values(&params.get_untracked());
    let [person, address, device, created, seen] = now;
    view! {
        <form
            node_ref=form
            class="session-filters"
            method="get"
            action="/sessions"
            role="search"
            aria-label="Filter sessions"
            on:submit=submit
        >
            {typed("Person", person, "Username", None)} {typed("Address", address, "192.0.2.1", None)}
            {typed("Device", device, "Firefox on Linux", Some(DEVICES))} {chosen("Signed in", created)}
            {chosen("Last seen", seen)} {hidden(params, "sort", |params| params.sort.clone())}
            {hidden(params, "limit", |params| params.limit.clone())}
            {hidden(params, "ended", |params| params.ended.clone())} <div class="actions">
                <button class="button">"Filter"</button>
                <a class="button" href=move || links::cleared(&params.read()) data-noscroll>
                    "Clear"
                </a>
            </div>
        </form>
    }
}

/// A field to type into.
fn typed(
    label: &'static str,
    (name, value): (&'static str, String),
    example: &'static str,
    list: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="filter-field">
            {label}
            <input
                class="input"
                name=name
                value=value
                placeholder=example
                list=list
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="100"
            />
        </label>
    }
}

/// A field to choose an age from. One that is not among the usual ones is there while it is chosen.
fn chosen(label: &'static str, (name, value): (&'static str, String)) -> impl IntoView {
    let unusual = !AGES.iter().any(|(age, _)| *age == value);
    let unusual = unusual.then(|| (value.clone(), value.clone()));
    let options = AGES
        .map(|(age, text)| (age.to_owned(), text.to_owned()))
        .into_iter()
        .chain(unusual)
        .map(|(age, text)| {
            let selected = age == value;
            view! {
                <option value=age selected=selected>
                    {text}
                </option>
            }
        });
    view! {
        <label class="filter-field">
            {label} <select class="input" name=name>
                {options.collect_view()}
            </select>
        </label>
    }
}

/// What a filter without scripts keeps.
fn hidden(
    params: Memo<SessionParams>,
    name: &'static str,
    value: fn(&SessionParams) -> Option<String>,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=move || value(&params.read()) /> }
}

/// The state of the list that a form asks for.
fn read(typed: &str) -> SessionParams {
    let pairs: Vec<_> = form_urlencoded::parse(typed.as_bytes()).collect();
    SessionParams::from_pairs(|name| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone().into_owned())
    })
}

/// Puts a state of the list into the fields of the form.
fn show(form: &web_sys::HtmlFormElement, params: &SessionParams) {
    for (name, value) in values(params) {
        let field = form.query_selector(&format!("[name={name}]"));
        if let Ok(Some(field)) = field {
            drop(js_sys::Reflect::set(&field, &"value".into(), &value.into()));
        }
    }
}

/// The fields, and what is in them.
fn values(params: &SessionParams) -> [(&'static str, String); 5] {
    [
        ("person", &params.person),
        ("address", &params.address),
        ("device", &params.device),
        ("created", &params.created),
        ("seen", &params.seen),
    ]
    .map(|(name, value)| (name, value.clone().unwrap_or_default()))
}
