//! Parts of the dialogs of bulk actions.

use domain::{
    problem::Problem,
    users::bulk::{BulkItem, BulkOutcome},
};
use leptos::prelude::*;

use super::{
    dialog::{BackLink, Dialog, DialogRoute},
    notice::ProblemNotice,
};
use crate::text;

/// Renders the dialog when the action would change none of the selected users.
#[component]
pub(crate) fn NothingToDo(
    /// Heading of the dialog.
    title: &'static str,
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Outcome without changes, or the error of the preview.
    outcome: Result<BulkOutcome, Problem>,
) -> impl IntoView {
    let why = match outcome {
        Ok(outcome) => view! {
            <p>{text::common::bulk_none()}</p>
            <BulkItems items=outcome.items />
        }
        .into_any(),
        Err(problem) => view! { <ProblemNotice problem=problem /> }.into_any(),
    };
    view! {
        <Dialog route=route.clone() title=title>
            <div class="dialog-body">{why}</div>
            <footer class="dialog-foot">
                <BackLink route=route label=text::common::close() />
            </footer>
        </Dialog>
    }
}

/// Renders the users that change, and the skipped ones with reasons.
#[component]
pub(crate) fn BulkItems(items: Vec<BulkItem>) -> impl IntoView {
    let (changing, skipped): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.skipped.is_none());
    let named = |item: BulkItem| match item.username {
        name if name.is_empty() => text::common::unknown_user().to_owned(),
        name => name,
    };
    let users = u64::try_from(changing.len()).unwrap_or_default();
    view! {
        {(!changing.is_empty())
            .then(|| {
                view! {
                    <section class="bulk-users" aria-labelledby="bulk-changing">
                        <h3 id="bulk-changing">{text::common::bulk_users(users)}</h3>
                        <ul class="bulk-names">
                            {changing.into_iter().map(|item| view! { <li>{named(item)}</li> }).collect_view()}
                        </ul>
                    </section>
                }
            })}
        {(!skipped.is_empty())
            .then(|| {
                view! {
                    <section class="bulk-users" aria-labelledby="bulk-skipped">
                        <h3 id="bulk-skipped">{text::common::bulk_skipped(skipped.len())}</h3>
                        <dl class="bulk-skipped">
                            {skipped
                                .into_iter()
                                .map(|item| {
                                    let why = item.skipped.as_ref().map(ToString::to_string);
                                    view! {
                                        <div>
                                            <dt>{named(item)}</dt>
                                            <dd>{why}</dd>
                                        </div>
                                    }
                                })
                                .collect_view()}
                        </dl>
                    </section>
                }
            })}
    }
}
