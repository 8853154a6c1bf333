//! What goes with an account, in numbers.

use domain::users::deletion::OwnedCounts;
use leptos::prelude::*;

use super::facts::Fact;
use crate::{format::count, pages::form::Sending};

/// What goes with an account, as a form that deletes it shows and sends it.
#[derive(Clone, Copy)]
pub struct Counts(Memo<OwnedCounts>);

impl Counts {
    /// Those of a form. What somebody else has added or taken since is shown anew, and has to be confirmed again. It stays
    /// known whatever else is refused meanwhile.
    #[must_use]
    pub fn of(sending: Sending, first: OwnedCounts) -> Self {
        Self(Memo::new(move |known: Option<&OwnedCounts>| {
            let problem = sending.problem.get();
            let changed = problem.and_then(|problem| problem.details.counts);
            changed.or(known.copied()).unwrap_or(first)
        }))
    }

    /// As of now, as a signal's value.
    #[must_use]
    pub fn now(self) -> OwnedCounts {
        self.0.get()
    }

    /// The numbers, and the field that sends them back.
    pub fn table(self) -> impl IntoView {
        let facts = move || {
            self.now()
                .kinds()
                .map(|(kind, number)| view! { <Fact label=kind>{count(number)}</Fact> })
                .into_iter()
                .collect_view()
        };
        view! {
            <dl class="facts">{facts}</dl>
            <input type="hidden" name="counts" value=move || sent(self.now()) />
        }
    }
}

/// How many things go too, for the end of what a button says.
#[must_use]
pub fn and_things(counts: OwnedCounts) -> String {
    match counts.total() {
        0 => String::new(),
        1 => " and 1 thing".to_owned(),
        total => format!(" and {} things", count(total)),
    }
}

/// The counts as they are sent back.
fn sent(counts: OwnedCounts) -> String {
    counts.kinds().map(|(_, count)| count.to_string()).join(",")
}
