//! Menu with the columns of a list that the user can show and hide.

use leptos::prelude::*;

use super::column::Column;
use crate::{
    components::{
        choice::{CurrentPath, store},
        icon::{Glyph, Icon},
    },
    preferences::{
        Preferences,
        columns::{ColumnChoices, ListColumn},
    },
    text,
};

/// Classes of columns that are visible if the window has room for them, and the classes that they have when the user shows
/// them or sorts by them. A class of its own, not an additional one, because each cell has it.
static AUTOMATIC: [(&str, &str); 2] = [("auto-num", "cell-num"), ("auto-time", "cell-time")];
/// Id of the menu.
const ID: &str = "columns";

/// Returns the columns that the user sees: all except the hidden ones and those that are hidden initially. The column that the URL sorts by is always visible.
/// `names` has the name of each column; columns with `None` cannot be hidden.
pub(crate) fn chosen<R, S: Copy + PartialEq>(
    columns: &[Column<R, S>],
    names: &[Option<ListColumn>],
    sorted: Option<S>,
) -> Vec<Column<R, S>> {
    chosen_by(current(), columns, names, sorted)
}

/// Returns the choices of the user.
pub(crate) fn current() -> ColumnChoices {
    let preferences = use_context::<RwSignal<Preferences>>();
    let choices = preferences.map(|preferences| preferences.get_untracked().columns);
    choices.unwrap_or_default()
}

/// Returns the choices of the user. Reads a signal.
pub(crate) fn tracked() -> ColumnChoices {
    let preferences = use_context::<RwSignal<Preferences>>();
    let choices = preferences.map(|preferences| preferences.get().columns);
    choices.unwrap_or_default()
}

fn chosen_by<R, S: Copy + PartialEq>(
    choices: ColumnChoices,
    columns: &[Column<R, S>],
    names: &[Option<ListColumn>],
    sorted: Option<S>,
) -> Vec<Column<R, S>> {
    let visible = columns.iter().zip(names).filter_map(|(column, name)| {
        let is_sorted = sorted.is_some() && column.sort == sorted;
        let class = match name.and_then(|name| choices.or_initial(name)) {
            Some(false) if !is_sorted => return None,
            None if !is_sorted => column.class,
            _ => certain(column.class).unwrap_or(column.class),
        };
        Some(column.with_class(class))
    });
    visible.collect()
}

/// Returns the class of an automatic column that is always visible; `None` for another column.
fn certain(class: &str) -> Option<&'static str> {
    let found = AUTOMATIC.iter().find(|(automatic, _)| *automatic == class);
    found.map(|(_, certain)| *certain)
}

/// Column in the menu.
#[derive(Debug, Clone, Copy)]
pub struct ColumnItem {
    name: ListColumn,
    label: text::Label,
    is_automatic: bool,
}

/// Returns the menu items of the columns that can be hidden.
pub(crate) fn items<R, S>(
    columns: &[Column<R, S>],
    names: &[Option<ListColumn>],
) -> Vec<ColumnItem> {
    let item = |(column, name): (&Column<R, S>, &Option<ListColumn>)| {
        Some(ColumnItem {
            name: (*name)?,
            label: column.label,
            is_automatic: certain(column.class).is_some(),
        })
    };
    columns.iter().zip(names).filter_map(item).collect()
}

/// Renders the button with the menu. Without scripts each choice loads the list again.
#[component]
pub(crate) fn ColumnMenu(
    /// Columns of the list that can be hidden.
    items: Vec<ColumnItem>,
) -> impl IntoView {
    let preferences = expect_context::<RwSignal<Preferences>>();
    let list = items.first().map_or("", |item| item.name.list());
    let toggles = items.into_iter().map(|item| toggle(preferences, item));
    view! {
        <button
            class="icon-button"
            type="button"
            popovertarget=ID
            aria-label=text::common::columns_edit()
            title=text::common::columns_edit()
        >
            <Glyph icon=Icon::Sliders />
        </button>
        <form
            class="menu columns-menu"
            id=ID
            popover
            method="post"
            action="/preferences"
            aria-label=text::common::columns()
        >
            <CurrentPath />
            {toggles.collect_view()}
            <button
                name=ColumnChoices::RESET
                value=list
                on:click=move |event| {
                    event.prevent_default();
                    store(preferences, ColumnChoices::RESET, list);
                }
            >
                {text::common::columns_reset()}
            </button>
            <p class="menu-note">{text::common::columns_hint()}</p>
        </form>
    }
}

/// Renders the button that shows or hides a column.
fn toggle(preferences: RwSignal<Preferences>, item: ColumnItem) -> AnyView {
    let name = item.name.as_str();
    let is_shown = move || match preferences.get().columns.or_initial(item.name) {
        None if item.is_automatic => None,
        choice => Some(choice.unwrap_or(true)),
    };
    let pressed = move || match is_shown() {
        Some(true) => "true",
        Some(false) => "false",
        None => "mixed",
    };
    let value = move || match is_shown() {
        Some(true) => ColumnChoices::HIDE,
        Some(false) | None => ColumnChoices::SHOW,
    };
    view! {
        <button
            name=name
            value=value
            aria-pressed=pressed
            on:click=move |event| {
                event.prevent_default();
                store(preferences, name, value());
            }
        >
            {(item.label)()}
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column<i32, u8>; 3] = [
        Column {
            class: "cell-user",
            label: text::users::user,
            sort: Some(0),
            cell: |cell, row| cell.header(row.to_string()),
        },
        Column {
            class: "cell-email",
            label: text::users::email,
            sort: Some(1),
            cell: |cell, row| cell.plain(row.to_string()),
        },
        Column {
            class: "auto-num",
            label: text::users::personas,
            sort: Some(2),
            cell: |cell, row| cell.number(*row),
        },
    ];
    const NAMES: [Option<ListColumn>; 3] = [
        None,
        Some(ListColumn::UsersEmail),
        Some(ListColumn::UsersPersonas),
    ];

    /// Returns the classes of the columns after some choices.
    fn classes(choices: &[(&str, &str)], sorted: Option<u8>) -> Vec<&'static str> {
        let choices = choices
            .iter()
            .fold(ColumnChoices::default(), |choices, (name, value)| {
                choices.with(name, value)
            });
        chosen_by(choices, &COLUMNS, &NAMES, sorted)
            .iter()
            .map(|column| column.class)
            .collect()
    }

    #[test]
    fn hidden_columns_are_left_out() {
        assert_eq!(classes(&[], None), ["cell-user", "cell-email", "auto-num"]);
        assert_eq!(
            classes(&[("users-email", "hide")], None),
            ["cell-user", "auto-num"]
        );
        let both = [("users-email", "hide"), ("users-personas", "hide")];
        assert_eq!(classes(&both, None), ["cell-user"]);
    }

    #[test]
    fn shown_and_sorted_columns_are_visible_in_every_window() {
        let all = ["cell-user", "cell-email", "cell-num"];
        assert_eq!(classes(&[("users-personas", "show")], None), all);
        assert_eq!(classes(&[], Some(2)), all);
        assert_eq!(classes(&[("users-personas", "hide")], Some(2)), all);
    }

    #[test]
    fn menu_has_the_columns_that_can_be_hidden() {
        let items = items(&COLUMNS, &NAMES);
        let items: Vec<(ListColumn, bool)> = items
            .iter()
            .map(|item| (item.name, item.is_automatic))
            .collect();
        assert_eq!(
            items,
            [
                (ListColumn::UsersEmail, false),
                (ListColumn::UsersPersonas, true)
            ]
        );
    }
}
