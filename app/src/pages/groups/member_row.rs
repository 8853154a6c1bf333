//! Rows of the list of members, with their buttons.

use ::time::OffsetDateTime;
use domain::{
    groups::{GroupMember, MemberListParams},
    permission::Permission,
};
use leptos::prelude::*;

use super::{may_write, page::OpenedGroup};
use crate::{
    api::{
        groups::{GroupView, members::MemberOperation},
        user::path_of,
    },
    components::{
        form::{FormState, PageUser},
        list::column::Column,
        time::Ago,
    },
    context::PageContext,
    links::over,
    text,
};

/// Row of the list.
pub(super) struct ListedMember {
    /// The member.
    pub(super) member: GroupMember,
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
    /// The group.
    pub(super) group: GroupView,
    /// Parameters of the list, which the dialogs above it retain.
    pub(super) params: MemberListParams,
    /// Form of the buttons.
    pub(super) doing: FormState,
}

/// Columns in their order.
pub(super) static COLUMNS: [Column<ListedMember>; 5] = [
    Column {
        class: "",
        label: text::groups::member,
        sort: None,
        cell: |cell, row| cell.header(name(&row.member)),
    },
    Column {
        class: "",
        label: text::groups::role,
        sort: None,
        cell: |cell, row| {
            let is_manager = row.member.is_manager;
            let manager =
                view! { <span class="badge tone-accent">{text::groups::manager()}</span> };
            cell.labelled(if is_manager {
                manager.into_any()
            } else {
                text::groups::member().into_any()
            })
        },
    },
    Column {
        class: "",
        label: text::groups::added,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.member.added_at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::groups::added_by,
        sort: None,
        cell: |cell, row| {
            let by = row.member.added_by.clone();
            cell.labelled(by.unwrap_or_else(|| "—".to_owned()))
        },
    },
    Column {
        class: "cell-decide",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(actions(row)),
    },
];

/// Renders the name and the username of a member, with a link for viewers who can see all users.
fn name(member: &GroupMember) -> AnyView {
    let (display_name, username) = (member.display_name.clone(), member.username.clone());
    let display_name = view! { <bdi>{display_name}</bdi> };
    let may_read = expect_context::<PageContext>().may(Permission::UsersRead);
    let shown = if may_read {
        view! { <a href=path_of(member.id, &username)>{display_name}</a> }.into_any()
    } else {
        display_name.into_any()
    };
    view! {
        {shown}
        <p class="muted">{username}</p>
    }
    .into_any()
}

/// Renders the buttons and links of a member that the viewer can use.
fn actions(row: &ListedMember) -> AnyView {
    let name = &row.member.username;
    let can_remove = may_write() || !row.member.is_manager;
    let remove = can_remove.then(|| {
        let label = (text::groups::remove(), text::groups::remove_of(name));
        button(row, MemberOperation::Remove, label)
    });
    let manager = may_write().then(|| {
        if row.member.is_manager {
            let about = text::groups::remove_manager_of(name);
            let label = (text::groups::remove_manager(), about);
            button(row, MemberOperation::RemoveManager, label)
        } else {
            let label = (
                text::groups::add_manager(),
                text::groups::add_manager_of(name),
            );
            button(row, MemberOperation::AddManager, label)
        }
    });
    let can_reset = row.group.can_create_links && row.member.password_links;
    let reset = can_reset.then(|| {
        let path = OpenedGroup::current().path();
        let href = over(
            &format!("{path}/members/{}/reset", row.member.id),
            &row.params,
        );
        view! {
            <a class="button" href=href data-noscroll aria-label=text::groups::reset_title(name)>
                {text::groups::reset()}
            </a>
        }
    });
    view! { <div class="chips">{manager} {reset} {remove}</div> }.into_any()
}

/// Renders the button of an action: its label, and its accessible name.
fn button(
    row: &ListedMember,
    operation: MemberOperation,
    (label, about): (&'static str, String),
) -> AnyView {
    let doing = row.doing;
    let path = OpenedGroup::current().path();
    let back = over(&path, &row.params);
    view! {
        <form method="post" action=path on:submit=move |event| doing.submit.run(event)>
            <PageUser />
            <input type="hidden" name="group" value=row.group.id.to_string() />
            <input type="hidden" name="shown" value=row.group.name.clone() />
            <input type="hidden" name="id" value=row.member.id.to_string() />
            <input type="hidden" name="username" value=row.member.username.clone() />
            <input type="hidden" name="operation" value=operation.as_str() />
            <input type="hidden" name="back" value=back />
            <button class="button" aria-label=about aria-disabled=move || doing.busy()>
                {label}
            </button>
        </form>
    }
    .into_any()
}
