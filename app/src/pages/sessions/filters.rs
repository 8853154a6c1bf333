//! Filters of the session list.

use domain::sessions::list::SessionParams;
use leptos::prelude::*;

use crate::{
    components::filters::{Entry, FilterField, FilterForm},
    links::sessions as links,
};

/// Id of the `<datalist>` with the device names.
pub(super) const DEVICES: &str = "devices";

/// Selectable ages: value and label.
pub(super) const AGES: [(&str, &str); 8] = [
    ("", "Any time"),
    ("after-1h", "Within an hour"),
    ("after-1d", "Within a day"),
    ("after-7d", "Within a week"),
    ("before-1h", "Over an hour ago"),
    ("before-1d", "Over a day ago"),
    ("before-7d", "Over a week ago"),
    ("before-14d", "Over two weeks ago"),
];

/// Renders the filter form.
#[component]
pub fn Filters(
    /// State of the list, from the URL.
    params: Memo<SessionParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::derive(move || links::cleared(&params.read()));
    view! { <FilterForm label="Filter sessions" path="/sessions" fields=fields cleared=cleared /> }
}

fn fields(params: &SessionParams) -> Vec<FilterField> {
    let typed = |label, example| Entry::Typed(label, example, None);
    let device = Entry::Typed("Device", "Firefox on Linux", Some(DEVICES));
    vec![
        FilterField::new("person", &params.person, typed("Person", "Username")),
        FilterField::new("address", &params.address, typed("Address", "192.0.2.1")),
        FilterField::new("device", &params.device, device),
        FilterField::new(
            "created",
            &params.created,
            Entry::Chosen("Signed in", &AGES),
        ),
        FilterField::new("seen", &params.seen, Entry::Chosen("Last seen", &AGES)),
        FilterField::new("sort", &params.sort, Entry::Kept),
        FilterField::new("limit", &params.limit, Entry::Kept),
        FilterField::new("ended", &params.ended, Entry::Kept),
    ]
}
