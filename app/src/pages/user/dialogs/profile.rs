//! Profile of a user as editable rows.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    api::user_actions::profile::ProfileRow, components::field_group::field_group,
    context::PageContext, hydrated::Hydrated, text,
};

/// Returns the typed rows if the form is rendered again, otherwise those of the stored profile.
pub(super) fn rows(context: &PageContext, known: &Map<String, Value>) -> Vec<ProfileRow> {
    let Some(outcome) = &context.outcome else {
        return known
            .iter()
            .map(|(name, value)| ProfileRow::of(name, value))
            .collect();
    };
    let typed = |number: usize, part| outcome.values.get(&name(number, part)).cloned();
    let row = |number| {
        Some(ProfileRow {
            name: typed(number, "name")?,
            value: typed(number, "value").unwrap_or_default(),
            json: typed(number, "json").is_some(),
        })
    };
    (0..).map_while(row).collect()
}

/// Returns the form name of a part of a row.
fn name(number: usize, part: &str) -> String {
    format!("profile[{number}][{part}]")
}

/// Renders the rows, and at least one empty row after them.
#[component]
pub(super) fn Profile(
    /// Rows with a value.
    rows: Vec<ProfileRow>,
    /// Error message for the profile, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let known = rows.len();
    let (added, set_added) = signal(1);
    let legend = view! {
        {text::user::profile()} <span class="field-optional">{text::actions::optional()}</span>
    };
    let controls = view! {
        <p class="field-hint">{text::user::profile_hint()}</p>
        <input type="hidden" name="set_profile" value="true" />
        {rows
            .into_iter()
            .enumerate()
            .map(|(number, row)| view! { <Row number=number row=row /> })
            .collect_view()}
        <For
            each=move || known..known + added.get()
            key=|number| *number
            children=|number| view! { <Row number=number row=ProfileRow::default() /> }
        />
        <Show when=Hydrated::now>
            <button class="button" type="button" on:click=move |_| set_added.update(|added| *added += 1)>
                {text::user::add_field()}
            </button>
        </Show>
    };
    field_group("profile", legend.into_any(), controls.into_any(), error)
}

#[component]
fn Row(number: usize, row: ProfileRow) -> impl IntoView {
    let route = number + 1;
    view! {
        <div class="field-row">
            <input
                class="input"
                name=name(number, "name")
                value=row.name
                dir="auto"
                aria-label=text::user::field_name(route)
                autocomplete="off"
                maxlength=100
            />
            <input
                class="input"
                name=name(number, "value")
                value=row.value
                dir="auto"
                aria-label=text::user::field_value(route)
                autocomplete="off"
                maxlength=8000
            />
            {row
                .json
                .then(|| view! { <input type="hidden" name=name(number, "json") value="true" /> })}
        </div>
    }
}
