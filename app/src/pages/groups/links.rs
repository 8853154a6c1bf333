//! Dialogs that create links: an invitation into a group, and a password link of a member.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use super::{
    members::LoadedMembers,
    page::{OpenedGroup, route, with_group},
};
use crate::{
    api::{
        error::set_not_found,
        groups::{
            GroupView,
            links::{CreateMemberLink, InviteIntoGroup, draft},
            members::MemberView,
        },
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field::Field,
        form,
        invitation_form::{InvitationLimits, NOTE},
        loaded::{both, transition},
        rows::keyed_by,
    },
    context::PageContext,
    text,
};

/// Renders the dialog that creates an invitation into the group.
#[component]
pub fn InviteToGroup() -> impl IntoView {
    with_group(|group| view! { <InviteForm group=group /> })
}

/// Validates the typed form.
fn check(form: InviteIntoGroup) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

#[component]
fn InviteForm(group: GroupView) -> impl IntoView {
    let route = route(&group, "invite");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<InviteIntoGroup>(&route.path, check);
    view! {
        <FormDialog
            title=text::groups::invite_title(&group.name)
            route=route
            form_state=form_state
            denied=None
            action=Signal::stored(text::groups::invite().to_owned())
            right=Permission::RegistrationsWrite
            own=group.is_managed
        >
            <p>{text::groups::invite_hint()}</p>
            <Field spec=NOTE value=context.typed("note") error=form_state.error("note") first=true />
            <InvitationLimits context=context form_state=form_state />
            <input type="hidden" name="id" value=group.id.to_string() />
            <input type="hidden" name="shown" value=group.name />
        </FormDialog>
    }
}

/// Renders the dialog that creates a password link of a member.
#[component]
pub fn ResetMember() -> impl IntoView {
    keyed_by("id", |id| view! { <ResetOf id=id /> }.into_any())
}

/// Renders the dialog for the member with an id. If the list has no such member, the dialog says so.
#[component]
fn ResetOf(id: String) -> impl IntoView {
    let opened = OpenedGroup::current();
    let members = expect_context::<LoadedMembers>();
    let dialog = move || {
        // If loading fails, the page below shows the error.
        let (group, listed) = both(opened.group, members)?;
        let (group, listed) = (group.ok()?, listed.ok()?);
        let mut rows = listed.page.rows.into_iter();
        let member = rows.find(|view| view.member.id.to_string() == id);
        if member.is_none() {
            set_not_found();
        }
        let end = format!("members/{id}/reset");
        let route = route(&group, &end);
        Some(view! { <ResetForm group=group member=member route=route /> }.into_any())
    };
    transition(ViewFnOnce::default(), Box::new(dialog))
}

#[component]
fn ResetForm(group: GroupView, member: Option<MemberView>, route: DialogRoute) -> impl IntoView {
    let form_state = form::send::<CreateMemberLink>(&route.path);
    let denied = match &member {
        _ if !group.can_create_links => Some(text::groups::reset_managers_only().to_owned()),
        None => Some(text::groups::member_missing().to_owned()),
        Some(view) if !view.can_reset => Some(text::groups::reset_member_denied().to_owned()),
        Some(_) => None,
    };
    let (id, username) = member.map_or_else(Default::default, |view| {
        (view.member.id.to_string(), view.member.username)
    });
    view! {
        <FormDialog
            title=text::groups::reset_title(&username)
            route=route
            form_state=form_state
            denied=denied
            action=Signal::stored(text::user::create_link().to_owned())
            own=true
        >
            <p>{text::user::reset_meaning()}</p>
            <p>{text::user::reset_effect()}</p>
            <input type="hidden" name="group" value=group.id.to_string() />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="username" value=username />
        </FormDialog>
    }
}
