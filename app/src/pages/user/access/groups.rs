//! Dialog that sets the groups of a user.

use domain::{permission::Permission, users::action::UserAction};
use leptos::prelude::*;

use super::super::{OpenedUser, path};
use crate::{
    api::{
        read::ReadRequest,
        user::UserView,
        user_access::{PickerItem, SetUserGroups, UserGroups, pick_groups},
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        form,
        picker::{Picker, PickerSpec, picked},
        user_form::{About, deleted_notice},
    },
    context::PageContext,
    text,
};

/// Selection of groups.
pub(in crate::pages::user) const GROUPS: PickerSpec = PickerSpec {
    name: "groups",
    more: "more",
    label: text::access::groups,
    hint: text::access::groups_hint,
    search: text::access::find_group,
    typed_hint: text::access::groups_typed_hint,
    find: |query, limit| Box::pin(pick_groups(query, limit)),
};

/// Renders the dialog, once the groups of the user are loaded.
#[component]
pub fn SetGroups() -> impl IntoView {
    let opened = OpenedUser::current();
    let user_view = opened.user_view;
    let groups = opened.load(|| Ok(()), |(), id| ReadRequest::of(UserGroups { id }));
    groups.draw(ViewFnOnce::default(), move |groups| {
        let (groups, problem) = match groups {
            Ok(groups) => (groups, None),
            Err(problem) => (Vec::new(), Some(String::from(problem.message))),
        };
        let user_view = user_view.get_untracked().and_then(Result::ok);
        user_view
            .map(|user_view| view! { <GroupsForm user_view=user_view groups=groups problem=problem /> })
            .into_any()
    })
}

#[component]
fn GroupsForm(
    user_view: UserView,
    /// Current groups.
    groups: Vec<PickerItem>,
    /// Error of loading the groups.
    problem: Option<String>,
) -> impl IntoView {
    let back = format!("{}/access", path(&user_view.user.summary));
    let route = DialogRoute {
        path: format!("{back}/groups"),
        back,
    };
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<SetUserGroups>(&route.path);
    let denied = problem
        .or(user_view.denied_actions.reason(UserAction::Edit))
        .or(deleted_notice(&user_view.user));
    let current = groups
        .iter()
        .map(|group| view! { <input type="hidden" name="current[]" value=group.key.clone() /> })
        .collect_view();
    let typed = context.typed(GROUPS.more);
    let items = picked(&context, GROUPS.name, groups, str::to_owned);
    view! {
        <FormDialog
            title=text::access::groups_of(&user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=denied
            right=Permission::GroupsWrite
            action=Signal::stored(text::common::save().to_owned())
        >
            {current}
            <Picker spec=GROUPS items=items typed=typed error=form_state.error("groups") />
            <About user_view=user_view tab="/access" />
        </FormDialog>
    }
}
