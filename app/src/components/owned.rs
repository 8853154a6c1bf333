//! Counts of the data that an account owns.

use domain::users::deletion::OwnedCounts;
use leptos::prelude::*;

use super::{description_list::DescriptionItem, form::FormState};
use crate::format::count;

/// Counts that a deletion form shows and sends back.
#[derive(Clone, Copy)]
pub struct Counts(Memo<OwnedCounts>);

impl Counts {
    /// Returns the counts of a form, initially `first`. If the data has changed since, the server denies the form with the
    /// current counts, which are shown and have to be confirmed again. They are retained if a later attempt is denied for
    /// another reason.
    #[must_use]
    pub fn of(form_state: FormState, first: OwnedCounts) -> Self {
        Self(Memo::new(move |known: Option<&OwnedCounts>| {
            let problem = form_state.problem.get();
            let changed = problem.and_then(|problem| problem.details.counts);
            changed.or(known.copied()).unwrap_or(first)
        }))
    }

    /// Returns the current counts. Reads a signal.
    #[must_use]
    pub fn now(self) -> OwnedCounts {
        self.0.get()
    }

    /// Renders the counts, and the hidden field that sends them back.
    pub fn table(self) -> impl IntoView {
        let items = move || {
            self.now()
                .kinds()
                .map(|(kind, number)| view! { <DescriptionItem label=kind>{count(number)}</DescriptionItem> })
                .into_iter()
                .collect_view()
        };
        view! {
            <dl class="details">{items}</dl>
            <input type="hidden" name="counts" value=move || sent(self.now()) />
        }
    }
}

/// Returns the number of owned items as the end of a button label.
#[must_use]
pub fn and_things(counts: OwnedCounts) -> String {
    match counts.total() {
        0 => String::new(),
        1 => " and 1 item".to_owned(),
        total => format!(" and {} items", count(total)),
    }
}

/// Returns the counts as the form sends them, separated by commas.
fn sent(counts: OwnedCounts) -> String {
    counts.kinds().map(|(_, count)| count.to_string()).join(",")
}
