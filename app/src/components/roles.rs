//! Selection of roles.

use domain::users::detail::GrantableRole;
use leptos::prelude::*;

use super::field_group::{choice_search, field_group};
use crate::{hydrated::Hydrated, labels, text};

/// Number of roles above which the selection has a search field.
const MANY: usize = 12;

/// Renders a checkbox for each role, and after hydration a search field if there are many. Without scripts all roles are shown.
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
    let has_search = roles.len() > MANY;
    let (typed, set_typed) = signal(String::new());
    let names: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    let none_found =
        Memo::new(move |_| typed.with(|typed| !names.iter().any(|name| matches(name, typed))));
    let controls = view! {
        {denied.map(|denied| view! { <p class="field-hint">{denied}</p> })}
        <Show when=move || has_search && Hydrated::now()>
            {choice_search(text::actions::find_role(), set_typed)}
        </Show>
        {roles
            .into_iter()
            .map(|role| {
                let chosen = chosen.contains(&role.name);
                view! { <RoleBox role=role chosen=chosen fixed=fixed typed=typed /> }
            })
            .collect_view()}
        {has_search
            .then(|| {
                view! {
                    <p class="field-note" aria-live="polite">
                        {move || none_found.get().then(text::actions::no_roles_found)}
                    </p>
                }
            })}
    };
    let legend = text::actions::roles().into_any();
    field_group("roles", legend, controls.into_any(), error)
}

/// Returns whether a role has the typed text in its name or label.
fn matches(name: &str, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let has_typed = |text: &str| text.to_lowercase().contains(&typed);
    has_typed(name) || has_typed(&labels::role(name))
}

/// Renders the checkbox of a role, hidden if its name does not have the typed text. A role that the viewer cannot assign is
/// disabled and shows the reason.
#[component]
fn RoleBox(
    role: GrantableRole,
    chosen: bool,
    fixed: bool,
    typed: ReadSignal<String>,
) -> impl IntoView {
    let disabled = fixed || role.denied.is_some();
    let meaning = labels::role_meaning(&role.name);
    let note = |text: String| view! { <span class="check-note">{text}</span> };
    let name = role.name.clone();
    view! {
        <label class="check" hidden=move || typed.with(|typed| !matches(&name, typed))>
            <input
                type="checkbox"
                name="roles[]"
                value=role.name.clone()
                checked=chosen
                disabled=disabled
            />
            <span>
                <bdi>{labels::role(&role.name)}</bdi> {meaning.map(|meaning| note(meaning.to_owned()))}
                {role.denied.filter(|_| !fixed).map(|denied| note(denied.into()))}
            </span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_match_a_part_of_their_name() {
        for (name, typed, is_found) in [
            ("department-01-analyst", "", true),
            ("department-01-analyst", " Analyst ", true),
            ("department-01-analyst", "02", false),
            ("auditor", "AUDIT", true),
        ] {
            assert_eq!(matches(name, typed), is_found, "{name}: {typed}");
        }
    }
}
