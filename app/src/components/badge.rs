//! Roles and statuses as small labels.

use domain::{
    access::{ADMIN_ROLE, USER_ROLE},
    users::Status,
};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::format::{capitalised, exact};

/// The most powerful role, and how many more there are.
#[component]
pub fn RoleBadge(
    /// Names, the most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    let mut names = roles.into_iter();
    let first = names.next().unwrap_or_else(|| "none".to_owned());
    // That an admin is also a user goes without saying.
    let others: Vec<String> = names
        .filter(|name| name != USER_ROLE)
        .map(|name| capitalised(&name))
        .collect();
    view! {
        {badge(&first)}
        {(!others.is_empty())
            .then(|| {
                view! {
                    <span class="more" title=format!("Also {}", others.join(", "))>
                        "+"
                        {others.len()}
                        <span class="visually-hidden">" more"</span>
                    </span>
                }
            })}
    }
}

/// All roles, each by its name.
#[component]
pub fn RoleBadges(
    /// Names, the most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    if roles.is_empty() {
        return vec![badge("none")];
    }
    roles.iter().map(|role| badge(role)).collect::<Vec<_>>()
}

fn badge(role: &str) -> impl IntoView + use<> {
    let (tone, icon) = match role {
        ADMIN_ROLE => ("badge tone-accent", Some(Icon::Shield)),
        "auditor" => ("badge tone-info", Some(Icon::Eye)),
        _ => ("badge", None),
    };
    view! { <span class=tone>{icon.map(|icon| view! { <Glyph icon=icon /> })} {capitalised(role)}</span> }
}

/// That an account is deleted, whatever its status was.
#[component]
pub fn DeletedBadge() -> impl IntoView {
    view! { <span class="badge tone-danger">"Deleted"</span> }
}

/// Whether an account can be used.
#[component]
pub fn StatusBadge(
    /// The status.
    status: Status,
    /// When a suspension ends by itself.
    #[prop(into)]
    until: Option<::time::OffsetDateTime>,
) -> impl IntoView {
    let (class, dot) = match status {
        Status::Active => ("badge badge-plain tone-success", "dot"),
        Status::Pending => ("badge tone-warning", "dot dot-ring"),
        Status::Suspended => ("badge tone-danger", "dot dot-bar"),
    };
    let title = until
        .filter(|_| status == Status::Suspended)
        .map(|until| format!("Until {}", exact(until)));
    view! {
        <span class=class title=title>
            <span class=dot></span>
            {capitalised(status.as_str())}
        </span>
    }
}
