//! Bulk action dialogs above the user list: the users that change, the skipped ones with reasons, and a button with the
//! number of changes.

use ::time::OffsetDateTime;
use domain::{
    messages,
    problem::{Code, Problem},
    users::{action::UserAction, bulk::BulkOutcome, list::ListParams},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        bulk::{BulkUsers, PreviewBulk, SELECTED, list_of},
        error::set_not_found,
        read::ReadRequest,
    },
    components::{
        bulk_dialog::{BulkItems, NothingToDo},
        dialog::{DialogRoute, FormDialog},
        form,
        loaded::Loaded,
        parameters::use_query,
        selection::BulkLinks,
        suspension::SuspensionFields,
        time::Exactly,
    },
    context::PageContext,
    labels::bulk_user_action,
    links::users as links,
    text,
};

/// Returns the path of the dialog of a bulk action.
fn path(operation: UserAction) -> String {
    format!("/users/bulk/{}", operation.as_str())
}

/// Returns the bulk actions of the user list. Restoring is an action on deleted users, who are not in it.
pub(super) fn of_list() -> BulkLinks {
    UserAction::bulk()
        .filter(|operation| *operation != UserAction::Restore)
        .map(|operation| (path(operation), bulk_user_action(operation)))
        .collect()
}

/// Returns the label of the submit button: `Suspend 3 users`.
fn action(operation: UserAction, count: usize) -> String {
    let count = u64::try_from(count).unwrap_or_default();
    match operation {
        UserAction::Suspend => text::users::submit_suspend(count),
        UserAction::Unsuspend => text::users::submit_unsuspend(count),
        UserAction::RevokeSessions => text::users::submit_sign_out(count),
        UserAction::Delete => text::users::submit_delete(count),
        UserAction::Restore => text::users::submit_restore(count),
        // Other actions do not apply to several users: no dialog opens for them.
        _ => String::new(),
    }
}

/// Renders the consequences of the action for the users.
#[component]
fn Meaning(operation: UserAction, restorable_until: Option<OffsetDateTime>) -> impl IntoView {
    match operation {
        UserAction::Suspend => text::users::suspend_effect().into_any(),
        UserAction::Unsuspend => text::users::unsuspend_effect().into_any(),
        UserAction::RevokeSessions => text::users::sign_out_effect().into_any(),
        UserAction::Restore => text::users::restore_effect().into_any(),
        UserAction::Delete => match restorable_until {
            Some(until) => {
                let [before, after] = text::users::delete_effect_around();
                view! {
                    {before}
                    <Exactly at=until />
                    {after}
                }
                .into_any()
            }
            None => view! {
                {text::users::purge_effect()}
                <b>{text::users::purge_warning()}</b>
            }
            .into_any(),
        },
        _ => ().into_any(),
    }
}

/// Renders the dialog of the bulk action in the URL.
#[component]
pub fn Bulk() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query());
    move || {
        let operation = params
            .read()
            .get("action")
            .and_then(|name| name.parse().ok())
            .filter(|operation: &UserAction| operation.is_bulk());
        let query = query.read();
        let list = super::params(&query);
        let keys = query.get_all(SELECTED);
        match operation {
            Some(operation) => {
                view! { <BulkDialog operation=operation list=list keys=keys /> }.into_any()
            }
            None => view! { <UnknownAction back=links::over("/users", &list, &keys) /> }.into_any(),
        }
    }
}

/// Renders the dialog of a URL that names no bulk action.
#[component]
fn UnknownAction(back: String) -> impl IntoView {
    set_not_found();
    let route = DialogRoute {
        path: "/users/bulk".to_owned(),
        back,
    };
    let problem = Problem::new(Code::NotFound, messages::bulk_action_unknown());
    let problem = text::message::of_problem(problem);
    view! { <NothingToDo title=text::users::page_not_found() route=route outcome=Err(problem) /> }
}

#[component]
fn BulkDialog(operation: UserAction, list: ListParams, keys: Vec<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&path(operation));
    // When the page is rendered again for a denied form, its URL has no query. The form holds the selection and the page to return to.
    let (selected, back) = match context.outcome {
        Some(_) => (
            context.typed("selected"),
            list_of(&context.typed("back")).to_owned(),
        ),
        None => (keys.join(" "), links::over("/users", &list, &keys)),
    };
    let route = DialogRoute {
        path: path(operation),
        back,
    };
    let preview = Loaded::new({
        let selected = selected.clone();
        move || {
            let selected = selected.clone();
            ReadRequest::of(PreviewBulk {
                operation,
                selected,
            })
        }
    });
    preview.draw(ViewFnOnce::default(), move |preview| {
        let (route, selected) = (route.clone(), selected.clone());
        match preview {
            Ok(outcome) if outcome.changed > 0 => {
                view! { <BulkForm operation=operation route=route selected=selected preview=outcome /> }.into_any()
            }
            outcome => {
                view! { <NothingToDo title=bulk_user_action(operation) route=route outcome=outcome /> }.into_any()
            }
        }
    })
}

#[component]
fn BulkForm(
    operation: UserAction,
    route: DialogRoute,
    selected: String,
    preview: BulkOutcome,
) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<BulkUsers>(&route.path);
    let restorable_until = preview.restorable_until;
    // Outcome from the server, if it denied the last attempt because the selected users had changed. It is retained if a
    // later attempt is denied for another reason.
    let outcome = Memo::new(move |last: Option<&BulkOutcome>| {
        let changed = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.clone());
        changed.unwrap_or_else(|| last.unwrap_or(&preview).clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    view! {
        <FormDialog
            title=bulk_user_action(operation)
            route=route.clone()
            form_state=form_state
            denied=None
            action=Signal::derive(move || action(operation, count()))
            danger=matches!(operation, UserAction::Suspend | UserAction::Delete)
        >
            <p>
                <Meaning operation=operation restorable_until=restorable_until />
            </p>
            {move || outcome.with(|outcome| view! { <BulkItems items=outcome.items.clone() /> })}
            {(operation == UserAction::Suspend)
                .then(|| {
                    view! { <SuspensionFields context=context form_state=form_state /> }
                })}
            <input type="hidden" name="operation" value=operation.as_str() />
            <input type="hidden" name="selected" value=selected />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=route.back />
        </FormDialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_offers_the_actions_on_existing_users() {
        let links = of_list();
        let links: Vec<(&str, &str)> = links
            .iter()
            .map(|(path, label)| (path.as_str(), *label))
            .collect();
        assert_eq!(
            links,
            [
                ("/users/bulk/suspend", "Suspend"),
                ("/users/bulk/unsuspend", "Unsuspend"),
                ("/users/bulk/sign-out", "Sign out"),
                ("/users/bulk/delete", "Delete"),
            ]
        );
    }

    #[test]
    fn buttons_of_bulk_actions_and_of_no_others_count_the_users() {
        for operation in UserAction::ALL.iter().copied() {
            let label = action(operation, 2);
            assert_eq!(label.ends_with(" 2 users"), operation.is_bulk(), "{label}");
        }
        assert_eq!(action(UserAction::Suspend, 1), "Suspend 1 user");
        assert_eq!(action(UserAction::RevokeSessions, 3), "Sign out 3 users");
    }
}
