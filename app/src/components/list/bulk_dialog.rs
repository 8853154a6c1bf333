//! Dialogs of bulk actions: the users that change, the skipped ones with reasons, and a button with the number of changes.

use domain::{
    permission::Permission,
    problem::Problem,
    users::bulk::{BulkItem, BulkOutcome},
};
use leptos::prelude::*;

use crate::{
    components::{
        dialog::{ClosedDialog, DialogRoute, FormDialog},
        form::FormState,
        loaded::Loaded,
        notice::ProblemNotice,
    },
    context::PageContext,
    text,
};

/// Maximum number of names that are visible at first.
const NAMES: usize = 20;

/// Selected users of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkSelection {
    /// Path of the dialog and of the list behind it.
    pub(crate) route: DialogRoute,
    /// Selected users, as the form sends them.
    pub(crate) users: String,
}

impl BulkSelection {
    /// Returns the users that the URL names, above the list at this URL. When the page is rendered again for a denied form,
    /// its URL has no query: the form holds the selection and the list, which `list_of` checks.
    pub(crate) fn new(
        path: String,
        keys: &[String],
        list: String,
        list_of: fn(&str) -> &str,
    ) -> Self {
        let context = expect_context::<PageContext>().of_form(&path);
        let (users, back) = match context.outcome {
            Some(_) => (
                context.typed("selected"),
                list_of(&context.typed("back")).to_owned(),
            ),
            None => (keys.join(" "), list),
        };
        Self {
            route: DialogRoute { path, back },
            users,
        }
    }

    /// Renders the dialog of an action: its form, or the reason if it would change none of the users.
    pub(crate) fn dialog(
        self,
        title: &'static str,
        preview: Loaded<BulkOutcome>,
        form: impl Fn(Self, BulkOutcome) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        preview.draw(ViewFnOnce::default(), move |preview| {
            let selection = self.clone();
            match preview {
                Ok(outcome) if outcome.changed > 0 => form(selection, outcome),
                outcome => {
                    view! { <NothingToDo title=title route=selection.route outcome=outcome /> }
                        .into_any()
                }
            }
        })
    }
}

/// Renders the form of an action on the selected users.
#[component]
pub(crate) fn BulkDialog(
    /// Heading of the dialog.
    title: &'static str,
    /// Selected users.
    selection: BulkSelection,
    /// Users that the action changes and skips.
    preview: BulkOutcome,
    /// State of the form.
    form_state: FormState,
    /// Name and value of the hidden field that names the action, if the form has several.
    #[prop(optional)]
    operation: Option<(&'static str, &'static str)>,
    /// Returns the label of the submit button for a number of users.
    action: Callback<u64, String>,
    /// Consequence for the users.
    effect: AnyView,
    /// `true` if the action cannot be undone, which makes the button red.
    danger: bool,
    /// Permission that the action requires.
    #[prop(default = Permission::UsersWrite)]
    right: Permission,
    /// Fields below the users.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let BulkSelection { route, users } = selection;
    let back = route.back.clone();
    // Outcome from the server, if it denied the last attempt because the selected users had changed. It is retained if a
    // later attempt is denied for another reason.
    let outcome = Memo::new(move |last: Option<&BulkOutcome>| {
        let changed = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.as_ref()?.get());
        changed.unwrap_or_else(|| last.unwrap_or(&preview).clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    let label = move || action.run(u64::try_from(count()).unwrap_or_default());
    let operation =
        operation.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <FormDialog
            title=title
            route=route
            form_state=form_state
            denied=None
            right=right
            action=Signal::derive(label)
            danger=danger
        >
            <p>{effect}</p>
            {move || outcome.with(|outcome| view! { <BulkItems items=outcome.items.clone() /> })}
            {children.map(|children| children())}
            {operation}
            <input type="hidden" name="selected" value=users />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=back />
        </FormDialog>
    }
}

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
    view! { <ClosedDialog route=route title=title>{why}</ClosedDialog> }
}

/// Renders the users that change, and the skipped ones with reasons.
#[component]
pub(crate) fn BulkItems(items: Vec<BulkItem>) -> impl IntoView {
    let (changing, skipped): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.skipped.is_none());
    let users = u64::try_from(changing.len()).unwrap_or_default();
    view! {
        {(!changing.is_empty())
            .then(|| {
                view! {
                    <section class="bulk-users" aria-labelledby="bulk-changing">
                        <h3 id="bulk-changing">{text::common::bulk_users(users)}</h3>
                        {names(changing)}
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
                                            <dt>{name(item)}</dt>
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

/// Renders the names of the users, of many only the first ones until the rest is opened.
fn names(items: Vec<BulkItem>) -> AnyView {
    let list = |items: Vec<BulkItem>| {
        let names = items
            .into_iter()
            .map(|item| view! { <li>{name(item)}</li> });
        view! { <ul class="bulk-names">{names.collect_view()}</ul> }
    };
    let mut first = items;
    let rest = first.split_off(first.len().min(NAMES));
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{text::common::bulk_more(rest.len())}</summary>
                {list(rest)}
            </details>
        }
    });
    view! {
        {list(first)}
        {rest}
    }
    .into_any()
}

/// Returns the username; a placeholder for a user that does not exist.
fn name(item: BulkItem) -> String {
    if item.username.is_empty() {
        return text::common::unknown_user().to_owned();
    }
    item.username
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::users::UserId;
    use uuid::Uuid;

    use super::*;

    fn html(count: usize) -> String {
        let item = |number: usize| BulkItem {
            id: UserId(Uuid::nil()),
            username: format!("user-{number}"),
            skipped: None,
            lost: None,
        };
        names((0..count).map(item).collect()).to_html()
    }

    #[test]
    fn many_names_are_folded_but_all_are_there() {
        assert!(!html(NAMES).contains("<details>"));
        let many = html(NAMES + 2);
        assert!(many.contains("+ 2 more"), "{many}");
        assert_eq!(many.matches("<li>").count(), NAMES + 2);
    }
}
