//! Members of a group.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::{
    access::local_path,
    fields::FieldErrors,
    flash::{Flash, FlashEvent, GroupChange, Undo},
    groups::{MemberSelection, MembersOutcome, parse_pasted},
    list::Limits,
    message::Message,
    messages,
};
use domain::{
    groups::{GroupMember, MemberListParams},
    list::Listed,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error,
    groups::{
        GroupActor,
        member::{self, MemberChange},
        members,
    },
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::{id_of, path_of};
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};

/// A member in the list of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The member.
    pub member: GroupMember,
    /// `true` if the viewer can create a password link for the member.
    pub can_reset: bool,
}

/// Lists one page of the members of a group.
#[server(endpoint = "group-members", protocol = Get)]
pub async fn list_group_members(
    group: String,
    #[server(default)] params: MemberListParams,
) -> Result<ListResult<Listed<MemberView>>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list_as_caller(query, async |services, caller, (text, query)| {
        let actor = GroupActor::reader(&caller)?;
        let search = (text.as_deref(), &query);
        let group = id_of(&group)?;
        let listed = service::groups::search_members(&services, &actor, group, search).await?;
        let ids: Vec<Uuid> = listed.page.rows.iter().map(|member| member.id.0).collect();
        let resettable = service::groups::list_resettable(&services, &caller, group, &ids).await?;
        let page = listed.page.map(|member| MemberView {
            can_reset: resettable.contains(&member.id.0),
            member,
        });
        Ok(page.at(listed.now))
    })
    .await
}

/// Adds users to a group: those with the names in `names`, or those who match `search`. `shown` is the name of the group that the page
/// showed. Without `skip`, nothing is changed if some of the users cannot be added.
#[server(endpoint = "add-group-members", protocol = Post)]
pub async fn add_group_members(
    id: Uuid,
    shown: String,
    #[server(default)] names: String,
    #[server(default)] search: String,
    #[server(default)] skip: bool,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let actor = GroupActor::writer(&caller)?;
        let (field, selection) = match (names.trim(), search.trim()) {
            ("", "") => return Err(field_error("names", messages::members_none())),
            (names, "") => ("names", MemberSelection::Names(parse_pasted(names))),
            ("", search) => {
                let found = members::select(&services, &caller.require()?, search).await;
                (
                    "search",
                    found.map_err(|error| with_field(error, "search"))?,
                )
            }
            _ => return Err(field_error("search", messages::members_both())),
        };
        let target = TargetRef::named(id, shown.clone());
        if !skip {
            let preview =
                members::add(&services, &actor, target.clone(), selection.clone(), true).await;
            check(preview.map_err(|error| with_field(error, field))?, field)?;
        }
        let added = members::add(&services, &actor, target, selection, false).await;
        let outcome = added.map_err(|error| with_field(error, field))?;
        let event = FlashEvent::Group(GroupChange::MembersAdded);
        let flash = Flash::of(event, [shown])
            .counting(outcome.changed)
            .leaving_out(outcome.unknown, outcome.skipped);
        Ok(FormSuccess::flash(&path_of(id), flash, None).await)
    })
    .await
}

/// Checks that all users of a preview can be added.
#[cfg(feature = "ssr")]
fn check(preview: MembersOutcome, field: &str) -> Result<(), Error> {
    if !preview.unknown.is_empty() {
        return Err(field_error(
            field,
            messages::members_unknown(first(&preview.unknown)),
        ));
    }
    if !preview.skipped.is_empty() {
        return Err(field_error(
            field,
            messages::members_skipped(first(&preview.skipped)),
        ));
    }
    Ok(())
}

/// Returns the first names as a text.
#[cfg(feature = "ssr")]
fn first(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut listed: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    if names.len() > MOST {
        listed.push("…");
    }
    listed.join(", ")
}

#[cfg(feature = "ssr")]
fn field_error(field: &str, message: impl Into<Message>) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Error::Invalid(errors)
}

/// Assigns the error of a selection to the field that the selection comes from.
#[cfg(feature = "ssr")]
fn with_field(error: Error, field: &'static str) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|_| field.to_owned())),
        Error::List(error) => field_error(field, error.message()),
        other => other,
    }
}

/// Action on a member that needs only a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberOperation {
    /// Adds the user.
    Add,
    /// Removes the member.
    Remove,
    /// Adds the user as a manager.
    AddAsManager,
    /// Lets the member manage the group.
    AddManager,
    /// Stops the member from managing the group.
    RemoveManager,
}

impl MemberOperation {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::AddAsManager => "add-as-manager",
            Self::AddManager => "add-manager",
            Self::RemoveManager => "remove-manager",
        }
    }

    /// Returns the message about a change that this action has made, and the action that reverses it; `None` if nothing
    /// changed.
    #[cfg(feature = "ssr")]
    const fn result(self, changed: MemberChange) -> Option<(GroupChange, Self)> {
        let is_removal = matches!(self, Self::Remove | Self::RemoveManager);
        Some(match (changed, is_removal) {
            (MemberChange::None, _) => return None,
            (MemberChange::Member, true) => (GroupChange::MemberRemoved, Self::Add),
            (MemberChange::Both, true) => (GroupChange::MemberRemoved, Self::AddAsManager),
            (MemberChange::Manager, true) => (GroupChange::ManagerRemoved, Self::AddManager),
            (MemberChange::Member, false) => (GroupChange::MembersAdded, Self::Remove),
            (MemberChange::Both, false) => (GroupChange::ManagerAdded, Self::Remove),
            (MemberChange::Manager, false) => (GroupChange::ManagerAdded, Self::RemoveManager),
        })
    }
}

/// Changes one member of a group. `shown` is the name of the group that the page showed, `back` the page to return to.
#[server(endpoint = "member-operation", protocol = Post)]
pub async fn run_member_operation(
    group: Uuid,
    shown: String,
    id: Uuid,
    username: String,
    operation: MemberOperation,
    #[server(default)] back: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let target = TargetRef::named(group, shown.clone());
        let user = TargetRef::of_user(id, username.clone());
        let actor = GroupActor::writer(&caller)?;
        let changed = match operation {
            MemberOperation::Add => member::add(&services, &actor, target, user).await?,
            MemberOperation::Remove => member::remove(&services, &actor, target, user).await?,
            MemberOperation::AddAsManager => {
                member::add_as_manager(&services, &caller.require()?, target, user).await?
            }
            MemberOperation::AddManager | MemberOperation::RemoveManager => {
                let is_manager = operation == MemberOperation::AddManager;
                let authorized = caller.require()?;
                member::set_manager(&services, &authorized, target, user, is_manager).await?
            }
        };
        let page = path_of(group);
        let next = list_of(&page, &back).to_owned();
        let Some((change, reverse)) = operation.result(changed) else {
            return Ok(FormSuccess::to(next));
        };
        let (group, id) = (group.to_string(), id.to_string());
        let undo = [
            ("group", group.as_str()),
            ("shown", &shown),
            ("id", &id),
            ("username", &username),
            ("operation", reverse.as_str()),
            ("back", &next),
        ];
        let undo = Undo {
            path: page,
            form: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(undo)
                .finish(),
        };
        let flash = Flash::of(FlashEvent::Group(change), [shown, username]).counting(1);
        Ok(FormSuccess::flash(&next, flash, Some(undo)).await)
    })
    .await
}

/// Returns the page to go back to: the URL in the form if it is one of the list of members, else that list.
#[cfg(feature = "ssr")]
fn list_of<'a>(page: &'a str, back: &'a str) -> &'a str {
    match local_path(back) {
        list if list.split('?').next() == Some(page) => list,
        _ => page,
    }
}
