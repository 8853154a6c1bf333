//! Columns of tables: one entry per column has its heading, width, order and cell.

use leptos::prelude::*;

use crate::{format::grouped, text};

/// Column of a table with rows `R`, whose list has the orders `S`.
pub(crate) struct Column<R, S = ()> {
    /// CSS class of the heading and of the cells, which sets the width; empty if all columns are equally wide. A column with
    /// `auto-` in place of `cell-` is visible if the window has room for it, unless the user shows or hides it: see
    /// [`super::chooser`].
    pub(crate) class: &'static str,
    /// Heading, which also labels the cells in a narrow window. The column with buttons and links is
    /// [`text::common::actions`], a heading for screen readers only.
    pub(crate) label: text::Label,
    /// Order of the list that the heading selects, if it selects one.
    pub(crate) sort: Option<S>,
    /// Renders the cell of a row.
    pub(crate) cell: fn(Cell, &R) -> AnyView,
}

impl<R, S> Column<R, S> {
    /// Returns a column without an order, in a table whose columns are equally wide.
    pub(crate) const fn new(label: text::Label, cell: fn(Cell, &R) -> AnyView) -> Self {
        Self {
            class: "",
            label,
            sort: None,
            cell,
        }
    }
}

impl<R, S: Copy> Column<R, S> {
    /// Returns the column with another class.
    pub(crate) const fn with_class(&self, class: &'static str) -> Self {
        Self {
            class,
            label: self.label,
            sort: self.sort,
            cell: self.cell,
        }
    }
}

/// Element of a cell, with the class and the label of its column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    class: &'static str,
    /// Heading of the column.
    pub(crate) label: &'static str,
}

impl Cell {
    /// Renders the cell that names the row.
    pub(crate) fn header(self, content: impl IntoAny) -> AnyView {
        let content = content.into_any();
        match self.class {
            "" => view! { <th scope="row" dir="auto">{content}</th> }.into_any(),
            class => view! {
                <th scope="row" class=class>
                    {content}
                </th>
            }
            .into_any(),
        }
    }

    /// Renders a cell with its label.
    pub(crate) fn labelled(self, content: impl IntoAny) -> AnyView {
        self.element(Some(self.label), content.into_any())
    }

    /// Renders a cell whose content needs no label in a narrow window.
    pub(crate) fn plain(self, content: impl IntoAny) -> AnyView {
        self.element(None, content.into_any())
    }

    /// Renders a cell with a text that can be cut off, and the whole text as its title.
    pub(crate) fn titled(self, text: Option<String>) -> AnyView {
        let (class, label) = (self.class, self.label);
        view! {
            <td class=class data-label=label title=text.clone()>
                {text.clone()}
            </td>
        }
        .into_any()
    }

    /// Returns the cell with another label than the heading.
    pub(crate) fn named(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// Renders a cell with a count, in a column of the class `cell-num` or `auto-num`.
    pub(crate) fn number(self, value: i32) -> AnyView {
        let class = match self.class {
            class if value > 0 => class,
            "auto-num" => "auto-num none",
            _ => "cell-num none",
        };
        let count = grouped(u64::try_from(value).unwrap_or_default());
        Self { class, ..self }.labelled(count)
    }

    fn element(self, label: Option<&'static str>, content: AnyView) -> AnyView {
        match self.class {
            "" => view! { <td data-label=label dir="auto">{content}</td> }.into_any(),
            class => view! {
                <td class=class data-label=label>
                    {content}
                </td>
            }
            .into_any(),
        }
    }
}

/// Link of a heading that sorts the list.
pub(crate) struct SortLink {
    /// URL of the list after a click on the heading.
    pub(crate) href: String,
    /// Whether the order is descending; `None` if the list has another order.
    pub(crate) descending: Option<bool>,
}

/// Heading of a column.
pub(crate) struct Heading {
    /// CSS class of the column.
    pub(super) class: &'static str,
    /// Name of the column.
    pub(super) label: &'static str,
    /// Link that sorts the list, if the column is sortable.
    pub(super) sort: Option<SortLink>,
}

impl Heading {
    /// Returns the heading of a column with buttons that is no part of the columns.
    pub(crate) fn of_actions() -> Self {
        Self {
            class: "cell-actions",
            label: text::common::actions(),
            sort: None,
        }
    }
}

/// Returns the columns without the last one, which has the actions, if the viewer can execute none.
pub(crate) fn visible<R, S>(columns: &[Column<R, S>], has_actions: bool) -> &[Column<R, S>] {
    match columns.split_last() {
        Some((_, others)) if !has_actions => others,
        _ => columns,
    }
}

/// Returns the headings of sortable columns. `link` returns the link to an order.
pub(crate) fn sortable<R, S: Copy>(
    columns: &[Column<R, S>],
    link: &dyn Fn(S) -> SortLink,
) -> Vec<Heading> {
    let heading = |column: &Column<R, S>| Heading {
        class: column.class,
        label: (column.label)(),
        sort: column.sort.map(link),
    };
    columns.iter().map(heading).collect()
}

/// Returns the headings of columns in a list with one order.
pub(crate) fn headings<R, S>(columns: &[Column<R, S>]) -> Vec<Heading> {
    let heading = |column: &Column<R, S>| Heading {
        class: column.class,
        label: (column.label)(),
        sort: None,
    };
    columns.iter().map(heading).collect()
}

/// Renders the cells of a row.
pub(crate) fn cells<R, S>(columns: &[Column<R, S>], row: &R) -> Vec<AnyView> {
    let cell = |column: &Column<R, S>| {
        let cell = Cell {
            class: column.class,
            label: (column.label)(),
        };
        (column.cell)(cell, row)
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column<i32, bool>; 3] = [
        Column {
            class: "cell-user",
            label: text::users::user,
            sort: Some(true),
            cell: |cell, row| cell.header(row.to_string()),
        },
        Column {
            class: "cell-num",
            label: text::users::personas,
            sort: None,
            cell: |cell, row| cell.number(*row),
        },
        Column {
            class: "",
            label: text::common::actions,
            sort: None,
            cell: |cell, row| cell.plain(row.to_string()),
        },
    ];

    #[test]
    fn actions_are_left_out_for_viewers_who_have_none() {
        let labels = |columns: &[Column<i32, bool>]| -> Vec<&'static str> {
            headings(columns).iter().map(|head| head.label).collect()
        };
        assert_eq!(
            labels(visible(&COLUMNS, true)),
            ["User", "Personas", "Actions"]
        );
        assert_eq!(labels(visible(&COLUMNS, false)), ["User", "Personas"]);
    }

    #[test]
    fn only_columns_with_an_order_have_links() {
        let link = |by: bool| SortLink {
            href: format!("?sort={by}"),
            descending: Some(by),
        };
        let headings = sortable(&COLUMNS, &link);
        let links: Vec<Option<(&str, Option<bool>)>> = headings
            .iter()
            .map(|head| head.sort.as_ref())
            .map(|sort| sort.map(|link| (link.href.as_str(), link.descending)))
            .collect();
        assert_eq!(links, [Some(("?sort=true", Some(true))), None, None]);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn cells_have_the_class_and_the_label_of_their_column() {
        let html: Vec<String> = cells(&COLUMNS, &0)
            .into_iter()
            .map(RenderHtml::to_html)
            .collect();
        assert_eq!(
            html,
            [
                "<th scope=\"row\" class=\"cell-user\">0<!></th>",
                "<td data-label=\"Personas\" class=\"cell-num none\">0<!></td>",
                "<td dir=\"auto\">0<!></td>",
            ]
        );
    }
}
