//! Roles to tick.

use domain::access::{ADMIN_ROLE, USER_ROLE};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::format::capitalised;

/// All roles, some of them ticked.
#[component]
pub fn RoleChoice(
    /// Names of all roles, the most powerful first.
    roles: Vec<String>,
    /// Those that are ticked at first.
    chosen: Vec<String>,
    /// Why none can be given or taken.
    #[prop(optional_no_strip)]
    refusal: Option<String>,
    /// What is wrong with them.
    fault: Signal<Option<String>>,
) -> impl IntoView {
    let fixed = refusal.is_some();
    view! {
        <fieldset class="field" id="roles">
            <legend class="field-label">"Roles"</legend>
            {refusal.map(|refusal| view! { <p class="field-hint">{refusal}</p> })}
            {roles
                .into_iter()
                .map(|role| {
                    let note = match role.as_str() {
                        ADMIN_ROLE => Some("May do everything"),
                        "auditor" => Some("Sees everything, changes nothing"),
                        USER_ROLE => Some("May not open the panel"),
                        _ => None,
                    };
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                name="roles[]"
                                value=role.clone()
                                checked=chosen.contains(&role)
                                disabled=fixed
                            />
                            <span>
                                {capitalised(&role)}
                                {note.map(|note| view! { <span class="check-note">{note}</span> })}
                            </span>
                        </label>
                    }
                })
                .collect_view()}
            {move || {
                fault
                    .get()
                    .map(|fault| {
                        view! {
                            <p class="field-error">
                                <Glyph icon=Icon::Alert />
                                {fault}
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}
