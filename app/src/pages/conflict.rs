//! Two who change the same account at once: the second is shown what the first has made of it, and may save on top.

use domain::users::detail::UserDetail;
use leptos::prelude::*;

use super::form::Sending;
use crate::context::PageContext;

/// What somebody else has made of the account meanwhile, from the moment that a form was refused for it.
#[derive(Clone, Copy)]
pub struct Conflict(Memo<Option<Box<UserDetail>>>);

impl Conflict {
    /// That of a form. Known until it is saved, whatever else is refused meanwhile.
    #[must_use]
    pub fn of(sending: Sending) -> Self {
        Self(Memo::new(move |known: Option<&Option<Box<UserDetail>>>| {
            let problem = sending.problem.get();
            let current = problem.and_then(|problem| problem.details.current);
            current.or_else(|| known.cloned().flatten())
        }))
    }

    /// Whether there is one, as a signal's value.
    #[must_use]
    pub fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// The version that the form is on top of: the one that its page was drawn with, or the one that was seen since.
    pub fn version(self, context: &PageContext, known: i32) -> impl Fn() -> String + use<> {
        // Drawn again, the form is still on top of what it was on when it was sent: what has come to be since was never
        // seen.
        let known = match context.outcome {
            Some(_) => context.typed("version"),
            None => known.to_string(),
        };
        move || {
            self.0.with(|theirs| match theirs {
                Some(theirs) => theirs.summary.version.to_string(),
                None => known.clone(),
            })
        }
    }

    /// What the button of the form says.
    #[must_use]
    pub fn action(self) -> Signal<String> {
        Signal::derive(move || match self.is_there() {
            true => "Save mine on top".to_owned(),
            false => "Save".to_owned(),
        })
    }
}

/// What somebody else has made of a field meanwhile, beside what stands in it.
#[component]
pub fn Theirs(
    /// Whether there is a conflict.
    conflict: Conflict,
    /// What stands in the field.
    mine: String,
    /// Takes the same of the account as it is now.
    pick: fn(&UserDetail) -> String,
) -> impl IntoView {
    move || {
        let theirs = conflict.0.with(|current| current.as_deref().map(pick))?;
        (theirs != mine).then(|| {
            let theirs = if theirs.is_empty() {
                "nothing".to_owned()
            } else {
                theirs
            };
            view! {
                <p class="notice tone-warning">
                    "Theirs: " <b>
                        <bdi>{theirs}</bdi>
                    </b>
                </p>
            }
        })
    }
}
