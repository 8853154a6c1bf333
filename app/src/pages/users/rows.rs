//! Rows of the user list.

use ::time::OffsetDateTime;
use domain::users::{UserSummary, bulk::Selected};
use leptos::prelude::*;

use super::actions::RowActions;
use crate::{
    api::user::path,
    components::{
        avatar::Avatar,
        badge::{RoleBadge, StatusBadge},
        selection::{SelectCell, Selection},
        time::Ago,
    },
    format::grouped,
    text,
};

/// Renders one user.
#[component]
pub fn Row(
    /// User of the row.
    user: UserSummary,
    /// Server time of the response.
    now: OffsetDateTime,
    /// URL of the list, to return to.
    list: String,
) -> impl IntoView {
    let selection = Selection::current();
    let actions = selection.map(|_| view! { <RowActions user=user.clone() list=list /> });
    view! {
        <tr>
            {selection
                .map(|selection| {
                    view! { <SelectCell selection=selection user=Selected::from(&user) /> }
                })}
            {user_cell(&user)} {email_cell(user.email)} <td class="cell-role" data-label=text::users::role()>
                <RoleBadge roles=user.roles />
            </td>
            <td class="cell-status" data-label=text::users::status()>
                <StatusBadge status=user.status until=user.suspended_until />
            </td>
            <Number label=text::users::personas() value=user.persona_count />
            <Number label=text::users::sessions() value=user.session_count />
            <Number label=text::users::api_keys() value=user.api_key_count />
            <td class="cell-time" data-label=text::users::created()>
                <Ago at=user.created_at now=now />
            </td>
            <td class="cell-time cell-sign-in" data-label=text::users::last_sign_in()>
                <AgoOrNever at=user.last_login_at now=now />
            </td>
            <td class="cell-time" data-label=text::users::last_active()>
                <AgoOrNever at=user.last_active_at now=now />
            </td>
            {actions}
        </tr>
    }
}

/// Renders the time since an event, if there was one.
#[component]
fn AgoOrNever(at: Option<OffsetDateTime>, now: OffsetDateTime) -> impl IntoView {
    match at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => view! { <span class="none">{text::users::never()}</span> }.into_any(),
    }
}

/// Renders the name as a link that covers the whole row.
pub(super) fn user_cell(user: &UserSummary) -> impl IntoView + use<> {
    let name = user.display_name.clone();
    view! {
        <th scope="row" class="cell-user">
            <div class="user-cell">
                <Avatar id=user.id name=name.clone() />
                <div class="user-text">
                    <a class="user-name" href=path(user) title=name.clone()>
                        <bdi>{name.clone()}</bdi>
                    </a>
                    <span class="user-handle">{user.username.clone()}</span>
                </div>
            </div>
        </th>
    }
}

pub(super) fn email_cell(email: Option<String>) -> impl IntoView {
    view! {
        <td class="cell-email" data-label=text::users::email()>
            {match email {
                Some(email) => view! { <span title=email.clone()>{email.clone()}</span> }.into_any(),
                None => view! { <span class="none">"—"</span> }.into_any(),
            }}
        </td>
    }
}

/// Renders a count.
#[component]
pub(super) fn Number(label: &'static str, value: i32) -> impl IntoView {
    let class = if value == 0 {
        "cell-num none"
    } else {
        "cell-num"
    };
    view! {
        <td class=class data-label=label>
            {grouped(u64::try_from(value).unwrap_or_default())}
        </td>
    }
}

/// Renders the heading of the actions column.
pub(super) fn actions_head() -> impl IntoView {
    view! {
        <th scope="col" class="cell-actions">
            <span class="visually-hidden">{text::common::actions()}</span>
        </th>
    }
}
