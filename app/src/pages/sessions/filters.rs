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
    ("after-1h", "Within the last hour"),
    ("after-1d", "Within the last day"),
    ("after-7d", "Within the last week"),
    ("before-1h", "More than 1 hour ago"),
    ("before-1d", "More than 1 day ago"),
    ("before-7d", "More than 1 week ago"),
    ("before-14d", "More than 2 weeks ago"),
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
        FilterField::new("user", &params.user, typed("User", "Username")),
        FilterField::new("address", &params.address, typed("IP address", "192.0.2.1")),
        FilterField::new("device", &params.device, device),
        FilterField::new(
            "created",
            &params.created,
            Entry::Chosen("Signed in", &AGES),
        ),
        FilterField::new("seen", &params.seen, Entry::Chosen("Last seen", &AGES)),
        FilterField::new("sort", &params.sort, Entry::Hidden),
        FilterField::new("limit", &params.limit, Entry::Hidden),
        FilterField::new("ended", &params.ended, Entry::Hidden),
    ]
}
