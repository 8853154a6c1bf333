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
    let names: Vec<[String; 2]> = roles.iter().map(names).collect();
    let none_found =
        Memo::new(move |_| typed.with(|typed| !names.iter().any(|names| matches(names, typed))));
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

/// Returns the label and the name of a role.
fn names(role: &GrantableRole) -> [String; 2] {
    let label = role.label.clone();
    let label = label.unwrap_or_else(|| labels::role(&role.name));
    [label, role.name.clone()]
}

/// Returns whether a role has the typed text in its label or name.
fn matches(names: &[String; 2], typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let mut names = names.iter();
    names.any(|name| name.to_lowercase().contains(&typed))
}

/// Renders the checkbox of a role, hidden if neither its label nor its name has the typed text. A role that the viewer cannot assign is
/// disabled and shows the reason.
#[component]
fn RoleBox(
    role: GrantableRole,
    chosen: bool,
    fixed: bool,
    typed: ReadSignal<String>,
) -> impl IntoView {
    let disabled = fixed || role.denied.is_some();
    let meaning = match role.description.as_str() {
        "" => labels::role_meaning(&role.name).map(str::to_owned),
        description => Some(description.to_owned()),
    };
    let note = |text: String| {
        view! {
            <span class="check-note">
                <bdi>{text}</bdi>
            </span>
        }
    };
    let names = names(&role);
    let [label, _] = names.clone();
    view! {
        <label class="check" hidden=move || typed.with(|typed| !matches(&names, typed))>
            <input
                type="checkbox"
                name="roles[]"
                value=role.name.clone()
                checked=chosen
                disabled=disabled
            />
            <span>
                <bdi>{label}</bdi> {meaning.map(note)}
                {role.denied.filter(|_| !fixed).map(|denied| note(denied.into()))}
            </span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_match_a_part_of_their_label_or_name() {
        let names = ["Support desk", "department-01-analyst"].map(str::to_owned);
        for (typed, is_found) in [
            ("", true),
            (" Analyst ", true),
            ("SUPPORT", true),
            ("02", false),
        ] {
            assert_eq!(matches(&names, typed), is_found, "{typed}");
        }
    }
}
