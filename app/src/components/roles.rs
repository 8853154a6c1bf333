//! Selection of roles.

use domain::users::detail::GrantableRole;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{labels, text};

/// Renders a checkbox for each role.
#[component]
pub fn RoleChoice(
    /// All roles, most powerful first.
    roles: Vec<GrantableRole>,
    /// Names of the roles that are checked initially.
    chosen: Vec<String>,
    /// Reason why roles cannot be assigned or revoked; `None` if they can.
    #[prop(optional_no_strip)]
    denied: Option<String>,
    /// Error message for the selection, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let fixed = denied.is_some();
    let described_by = move || error.with(Option::is_some).then_some("roles-error");
    view! {
        // `aria-invalid` does not apply to a group. The error message describes it instead, and `tabindex` lets the summary link to it.
        <fieldset
            class="field"
            id="roles"
            tabindex="-1"
            aria-describedby=described_by
            data-error=move || error.with(Option::is_some).then_some("")
        >
            <legend class="field-label">{text::actions::roles()}</legend>
            {denied.map(|denied| view! { <p class="field-hint">{denied}</p> })}
            {roles
                .into_iter()
                .map(|role| {
                    let chosen = chosen.contains(&role.name);
                    view! { <RoleBox role=role chosen=chosen fixed=fixed /> }
                })
                .collect_view()}
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="field-error" id="roles-error">
                                <Glyph icon=Icon::Alert />
                                {error}
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}

/// Renders the checkbox of a role. A role that the viewer cannot assign is disabled and shows the reason.
#[component]
fn RoleBox(role: GrantableRole, chosen: bool, fixed: bool) -> impl IntoView {
    let disabled = fixed || role.denied.is_some();
    let meaning = labels::role_meaning(&role.name);
    let note = |text: String| view! { <span class="check-note">{text}</span> };
    view! {
        <label class="check">
            <input
                type="checkbox"
                name="roles[]"
                value=role.name.clone()
                checked=chosen
                disabled=disabled
            />
            <span>
                {labels::role(&role.name)} {meaning.map(|meaning| note(meaning.to_owned()))}
                {role.denied.filter(|_| !fixed).map(|denied| note(denied.into()))}
            </span>
        </label>
    }
}
