//! Badges for roles and statuses.

use domain::{
    access::{ADMIN_ROLE, USER_ROLE},
    users::Status,
};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::format::{capitalised, exact};

/// Renders the most powerful role, and the number of further roles.
#[component]
pub fn RoleBadge(
    /// Names of the roles, most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    let mut names = roles.into_iter();
    let first = names.next().unwrap_or_else(|| "no role".to_owned());
    // Every admin also has the user role, so it is not counted as a further one.
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

/// Renders a badge for each role.
#[component]
pub fn RoleBadges(
    /// Names of the roles, most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    if roles.is_empty() {
        return vec![badge("no role")];
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

/// Renders the badge of a deleted account, which replaces its status.
#[component]
pub fn DeletedBadge() -> impl IntoView {
    view! { <span class="badge tone-danger">"Deleted"</span> }
}

/// Renders the status of an account.
#[component]
pub fn StatusBadge(
    /// Status, which selects the colour and the dot.
    status: Status,
    /// End of a temporary suspension, for the title.
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
