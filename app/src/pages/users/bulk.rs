//! Bulk action dialogs above the user list: the users that change, the skipped ones with reasons, and a button with the
//! number of changes.

use ::time::OffsetDateTime;
use domain::{
    messages,
    permission::Permission,
    problem::{Code, Problem},
    users::{action::UserAction, bulk::BulkOutcome, list::ListParams},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{reset_usage, set_limit};
use crate::{
    api::{
        bulk::{BulkUsers, PreviewBulk, SELECTED, list_of},
        error::set_not_found,
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        form,
        list::bulk_dialog::{BulkDialog, BulkSelection, NothingToDo},
        loaded::Loaded,
        parameters::use_query,
        selection::BulkLinks,
        suspension::SuspensionFields,
        time::Exactly,
    },
    context::PageContext,
    labels::{bulk_user_action, bulk_user_action_effect, bulk_user_action_submit},
    links::users as links,
    text,
};

/// Returns the path of the dialog of a bulk action.
fn path(operation: UserAction) -> String {
    format!("/users/bulk/{}", operation.as_str())
}

/// Returns the bulk actions of the user list that the viewer is permitted.
pub(super) fn of_list() -> BulkLinks {
    let context = PageContext::current();
    links_for(|permission| context.may(permission))
}

/// Returns the bulk actions that some permissions allow. Restoring is an action on deleted users, who are not in the list.
fn links_for(may: impl Fn(Permission) -> bool) -> BulkLinks {
    let actions = UserAction::bulk()
        .filter(|operation| *operation != UserAction::Restore && may(Permission::UsersWrite))
        .map(|operation| (path(operation), bulk_user_action(operation)));
    let limit = may(Permission::LimitsWrite)
        .then(|| (set_limit::PATH.to_owned(), text::limits::set_for_users()));
    let reset = may(Permission::UsageWrite).then(|| {
        (
            reset_usage::PATH.to_owned(),
            text::limits::reset_for_users(),
        )
    });
    actions.chain(limit).chain(reset).collect()
}

/// Renders the consequences of the action for the users.
#[component]
fn Meaning(operation: UserAction, restorable_until: Option<OffsetDateTime>) -> impl IntoView {
    match (operation, restorable_until) {
        (UserAction::Delete, Some(until)) => {
            let [before, after] = text::users::delete_effect_around();
            view! {
                {before}
                <Exactly at=until />
                {after}
            }
            .into_any()
        }
        (UserAction::Delete, None) => view! {
            {text::users::purge_effect()}
            <b>{text::users::purge_warning()}</b>
        }
        .into_any(),
        (operation, _) => bulk_user_action_effect(operation).into_any(),
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
                view! { <ActionDialog operation=operation list=list keys=keys /> }.into_any()
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
fn ActionDialog(operation: UserAction, list: ListParams, keys: Vec<String>) -> impl IntoView {
    let list = links::over("/users", &list, &keys);
    let selection = BulkSelection::new(path(operation), &keys, list, list_of);
    let preview = Loaded::new({
        let users = selection.users.clone();
        move || {
            let selected = users.clone();
            ReadRequest::of(PreviewBulk {
                operation,
                selected,
            })
        }
    });
    let form = move |selection: BulkSelection, preview: BulkOutcome| {
        view! { <ActionForm operation=operation selection=selection preview=preview /> }.into_any()
    };
    selection.dialog(bulk_user_action(operation), preview, form)
}

#[component]
fn ActionForm(
    operation: UserAction,
    selection: BulkSelection,
    preview: BulkOutcome,
) -> impl IntoView {
    let path = &selection.route.path;
    let context = expect_context::<PageContext>().of_form(path);
    let form_state = form::send::<BulkUsers>(path);
    let until = preview.restorable_until;
    let effect = view! { <Meaning operation=operation restorable_until=until /> };
    view! {
        <BulkDialog
            title=bulk_user_action(operation)
            selection=selection
            preview=preview
            form_state=form_state
            operation=("operation", operation.as_str())
            action=Callback::new(move |count| bulk_user_action_submit(operation, count))
            effect=effect.into_any()
            danger=matches!(operation, UserAction::Suspend | UserAction::Delete)
        >
            {(operation == UserAction::Suspend)
                .then(|| {
                    view! { <SuspensionFields context=context form_state=form_state /> }
                })}
        </BulkDialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_offers_the_actions_on_existing_users() {
        let offered = |permitted: &[Permission]| {
            let links = links_for(|permission| permitted.contains(&permission));
            let links = links.iter().map(|(path, label)| (path.clone(), *label));
            links.collect::<Vec<(String, &str)>>()
        };
        let all = [
            ("/users/bulk/suspend", "Suspend"),
            ("/users/bulk/unsuspend", "Unsuspend"),
            ("/users/bulk/sign-out", "Sign out"),
            ("/users/bulk/delete", "Delete"),
            ("/users/bulk/limit", "Set limit"),
            ("/users/bulk/reset-usage", "Reset usage"),
        ]
        .map(|(path, label)| (path.to_owned(), label));
        let (users, limits) = (Permission::UsersWrite, Permission::LimitsWrite);
        assert_eq!(offered(&[users, limits, Permission::UsageWrite]), all);
        assert_eq!(offered(&[users]), all[..4]);
        assert_eq!(offered(&[limits]), all[4..5]);
        assert_eq!(offered(&[Permission::UsageWrite]), all[5..]);
        assert!(offered(&[Permission::UsersRead]).is_empty());
    }
}
