//! Filters of the session list.

use domain::sessions::list::SessionParams;
use leptos::prelude::*;

use crate::{
    components::filters::{Entry, FilterField, FilterForm},
    links::sessions as links,
    text,
};

/// Id of the `<datalist>` with the device names.
pub(super) const DEVICES: &str = "devices";

/// Selectable ages: value and label.
const AGES: [(&str, text::Label); 8] = [
    ("", text::sessions::any_time),
    ("after-1h", text::sessions::within_hour),
    ("after-1d", text::sessions::within_day),
    ("after-7d", text::sessions::within_week),
    ("before-1h", text::sessions::before_hour),
    ("before-1d", text::sessions::before_day),
    ("before-7d", text::sessions::before_week),
    ("before-14d", text::sessions::before_two_weeks),
];

/// Returns a selectable age as it stands inside a sentence. Another age is returned as it is written.
pub(super) fn age_inside(value: &str) -> &str {
    match value {
        "after-1h" => text::sessions::if_within_hour(),
        "after-1d" => text::sessions::if_within_day(),
        "after-7d" => text::sessions::if_within_week(),
        "before-1h" => text::sessions::if_before_hour(),
        "before-1d" => text::sessions::if_before_day(),
        "before-7d" => text::sessions::if_before_week(),
        "before-14d" => text::sessions::if_before_two_weeks(),
        other => other,
    }
}

/// Renders the filter form.
#[component]
pub fn Filters(
    /// State of the list, from the URL.
    params: Memo<SessionParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::derive(move || links::cleared(&params.read()));
    view! {
        <FilterForm
            label=text::sessions::filter()
            path="/sessions"
            fields=fields
            cleared=cleared
        />
    }
}

fn fields(params: &SessionParams) -> Vec<FilterField> {
    let ages: Vec<_> = AGES.map(|(value, label)| (value, label())).into();
    let typed = |label, example| Entry::Typed(label, example, None);
    let device = Entry::Typed(text::sessions::device(), "Firefox on Linux", Some(DEVICES));
    vec![
        FilterField::new(
            "user",
            &params.user,
            typed(text::sessions::user(), text::sessions::username()),
        ),
        FilterField::new(
            "address",
            &params.address,
            typed(text::sessions::ip_address(), "192.0.2.1"),
        ),
        FilterField::new("device", &params.device, device),
        FilterField::new(
            "created",
            &params.created,
            Entry::Chosen(text::sessions::signed_in(), ages.clone()),
        ),
        FilterField::new(
            "seen",
            &params.seen,
            Entry::Chosen(text::sessions::last_seen(), ages),
        ),
        FilterField::new("sort", &params.sort, Entry::Hidden),
        FilterField::new("limit", &params.limit, Entry::Hidden),
        FilterField::new("ended", &params.ended, Entry::Hidden),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selectable_age_can_stand_inside_a_sentence() {
        for (value, label) in AGES.iter().filter(|(value, _)| !value.is_empty()) {
            let inside = age_inside(value);
            assert_eq!(inside, label().to_lowercase(), "{value}");
        }
        assert_eq!(age_inside("before-3d"), "before-3d");
    }
}
