//! Choice of the permissions of a role.

use domain::{
    access::BuiltinRole, access_tokens::Scope, messages, permission::Permissions,
    roles::needed_permission,
};
use leptos::prelude::*;

use crate::{
    components::field_group::field_group,
    context::PageContext,
    labels::{permissions, security},
    text,
};

/// Name of the checkboxes in the form.
pub(super) const PERMISSIONS: &str = "permissions[]";

/// Renders a checkbox for each permission and for the wildcards, by resource.
#[component]
pub fn PermissionChoice(
    /// Names of the permissions that are checked initially.
    chosen: Vec<String>,
    /// Kind of a built-in role, which needs one of the permissions.
    builtin: Option<BuiltinRole>,
    /// Error message for the choice, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let own = PageContext::current().principal;
    let own = own.map(|own| own.permissions).unwrap_or_default();
    let needed = builtin.and_then(needed_permission);
    let choice = |name: &'static str, label: &'static str, note: &'static str| {
        let is_held = own.include_all(&Permissions::new(vec![name.to_owned()]));
        let state = if needed == Some(name) {
            State::Needed
        } else if !is_held {
            State::NotHeld
        } else if chosen.iter().any(|chosen| chosen == name) {
            State::Checked
        } else {
            State::Unchecked
        };
        check_box(name, (label, note), state)
    };
    let wildcards = vec![
        choice("*", text::roles::all(), text::roles::all_hint()),
        choice(
            "*:read",
            text::roles::all_read(),
            text::roles::all_read_hint(),
        ),
    ];
    let resources = permissions::by_resource().into_iter().map(|of| {
        let boxes = of.permissions.into_iter().map(|permission| {
            let label = security::scope(Scope::Permission(permission));
            choice(
                permission.as_str(),
                label,
                permissions::description(permission),
            )
        });
        group(of.resource, boxes.collect())
    });
    let groups: Vec<AnyView> = std::iter::once(group(text::roles::everything(), wildcards))
        .chain(resources)
        .collect();
    let legend = text::roles::permissions().into_any();
    field_group("permissions", legend, groups.into_any(), error)
}

/// State of the checkbox of a permission.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Checked,
    Unchecked,
    /// The built-in role always has the permission.
    Needed,
    /// The viewer does not have the permission, and cannot grant it.
    NotHeld,
}

/// Renders the checkboxes for a resource.
fn group(resource: &'static str, boxes: Vec<AnyView>) -> AnyView {
    view! {
        <fieldset class="field">
            <legend class="field-hint">{resource}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

/// Renders the checkbox of a permission with its label and note. A disabled one shows the reason.
fn check_box(
    name: &'static str,
    (label, note): (&'static str, &'static str),
    state: State,
) -> AnyView {
    let reason = match state {
        State::Checked | State::Unchecked => None,
        State::Needed => Some(text::message::of(&messages::role_builtin_permissions(name))),
        State::NotHeld => Some(text::roles::not_held().to_owned()),
    };
    // The browser does not send a disabled checkbox.
    let sent = (state == State::Needed)
        .then(|| view! { <input type="hidden" name=PERMISSIONS value=name /> });
    view! {
        {sent}
        <label class="check">
            <input
                type="checkbox"
                name=PERMISSIONS
                value=name
                checked=matches!(state, State::Checked | State::Needed)
                disabled=reason.is_some()
            />
            <span>
                {label}
                <span class="check-note">{note} " " <code>{name}</code></span>
                {reason.map(|reason| view! { <span class="check-note">{reason}</span> })}
            </span>
        </label>
    }
    .into_any()
}
