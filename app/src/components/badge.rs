//! Badges for roles and statuses.

use domain::{access::BuiltinRole, users::Status};
use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    time::shown,
};
use crate::{labels, text};

/// Renders the most powerful role, and the number of further roles.
#[component]
pub fn RoleBadge(
    /// Names of the roles, most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    let mut names = roles.into_iter();
    let first = names.next();
    // Every admin also has the user role, so it is not counted as a further one.
    let others: Vec<String> = names
        .filter(|name| name != BuiltinRole::User.as_str())
        .map(|name| labels::role(&name))
        .collect();
    let badge = badge(first.as_deref());
    if others.is_empty() {
        return badge;
    }
    view! {
        {badge}
        <span class="more" title=text::actions::also_roles(others.join(", "))>
            "+"
            {others.len()}
            <span class="visually-hidden">{text::actions::more_roles()}</span>
        </span>
    }
    .into_any()
}

/// Renders a badge for each role.
#[component]
pub fn RoleBadges(
    /// Names of the roles, most powerful first.
    roles: Vec<String>,
) -> impl IntoView {
    if roles.is_empty() {
        return vec![badge(None)];
    }
    let badges = roles.iter().map(|role| badge(Some(role)));
    badges.collect::<Vec<_>>()
}

/// Renders the badge of a role, or of having none.
fn badge(role: Option<&str>) -> AnyView {
    let builtin: Option<BuiltinRole> = role.and_then(|name| name.parse().ok());
    let (tone, icon) = match builtin {
        Some(BuiltinRole::Admin) => ("badge tone-accent", Some(Icon::Shield)),
        Some(BuiltinRole::Auditor) => ("badge tone-info", Some(Icon::Eye)),
        Some(BuiltinRole::Application | BuiltinRole::User) | None => ("badge", None),
    };
    let label = match role {
        // Its label is not in the language of the page.
        Some(name) if builtin.is_none() => view! { <bdi>{labels::role(name)}</bdi> }.into_any(),
        Some(name) => labels::role(name).into_any(),
        None => text::frame::no_role().into_any(),
    };
    match icon {
        Some(icon) => view! { <span class=tone><Glyph icon=icon /> {label}</span> }.into_any(),
        None => view! { <span class=tone>{label}</span> }.into_any(),
    }
}

/// Renders the badge of a deleted account, which replaces its status.
#[component]
pub fn DeletedBadge() -> impl IntoView {
    view! { <span class="badge tone-danger">{text::actions::deleted()}</span> }
}

/// Renders the badge of an object that a job is deleting.
pub(crate) fn being_deleted(is_shown: bool) -> Option<AnyView> {
    let label = text::actions::being_deleted();
    is_shown.then(|| view! { <span class="badge tone-danger">{label}</span> }.into_any())
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
    let class = match status {
        Status::Active => "badge tone-active",
        Status::Pending => "badge tone-warning dot dot-ring",
        Status::Suspended => "badge tone-danger dot dot-bar",
    };
    let until = until.filter(|_| status == Status::Suspended);
    let title = move || until.map(|until| text::actions::suspended_until(shown(until)));
    view! {
        <span class=class title=title>
            {labels::status(status)}
        </span>
    }
}
