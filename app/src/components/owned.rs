//! Counts of the data that an account owns.

use domain::users::deletion::OwnedCounts;
use leptos::prelude::*;

use super::{description_list::DescriptionItem, form::FormState};
use crate::{format::count, text};

/// Labels of the kinds of data, in the order of [`OwnedCounts::kinds`].
const KINDS: [text::Label; 8] = [
    text::actions::sessions,
    text::actions::personas,
    text::actions::ontologies,
    text::actions::annotations,
    text::actions::conversations,
    text::actions::messages,
    text::actions::api_keys,
    text::actions::access_tokens,
];

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
            let changed = problem.and_then(|problem| problem.details.counts?.get());
            changed.or(known.copied()).unwrap_or(first)
        }))
    }

    /// Returns the current counts. Reads a signal.
    #[must_use]
    pub fn now(self) -> OwnedCounts {
        self.0.get()
    }

    /// Returns the number of items of all kinds. Reads a signal.
    #[must_use]
    pub fn total(self) -> u64 {
        u64::try_from(self.now().total()).unwrap_or_default()
    }

    /// Renders the counts, and the hidden field that sends them back.
    pub fn table(self) -> impl IntoView {
        let items = move || {
            let numbers = self.now().kinds().map(|(_, number)| number);
            KINDS
                .into_iter()
                .zip(numbers)
                .map(|(kind, number)| view! { <DescriptionItem label=kind()>{count(number)}</DescriptionItem> })
                .collect_view()
        };
        view! {
            <dl class="details">{items}</dl>
            <input type="hidden" name="counts" value=move || sent(self.now()) />
        }
    }
}

/// Returns the counts as the form sends them, separated by commas.
fn sent(counts: OwnedCounts) -> String {
    counts.kinds().map(|(_, count)| count.to_string()).join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_the_labels_of_the_command_line_in_english() {
        let labels = OwnedCounts::default().kinds().map(|(label, _)| label);
        assert_eq!(KINDS.map(|kind| kind()), labels);
    }
}
