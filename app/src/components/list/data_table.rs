//! Tables of lists: caption, headings, rows, and placeholders while the rows are loading.

use leptos::prelude::*;

use super::column::{Column, Heading, headings};
use crate::{
    components::{
        icon::{Glyph, Icon},
        rows::KeyedRow,
    },
    text,
};

/// Number of placeholder rows: enough to fill a usual window.
const SKELETON_ROWS: usize = 20;

/// Table without its rows.
pub(crate) struct DataTable {
    /// CSS classes of the table.
    pub(crate) class: &'static str,
    /// Caption for screen readers.
    pub(crate) caption: &'static str,
    /// Headings of the columns.
    pub(crate) headings: Vec<Heading>,
    /// Cell above the checkboxes of the rows, if they have some.
    pub(crate) select_all: Option<AnyView>,
}

impl DataTable {
    /// Returns a table in one order, whose cells can have several lines.
    pub(crate) fn records<R>(caption: &'static str, columns: &[Column<R>]) -> Self {
        Self {
            class: "table records",
            caption,
            headings: headings(columns),
            select_all: None,
        }
    }

    /// Renders the table with these rows.
    pub(crate) fn with_rows(self, rows: Vec<KeyedRow>) -> AnyView {
        self.with_body(view! { <tbody>{rows}</tbody> }.into_any())
    }

    /// Renders the table with this `<tbody>`, in a container in which a table that is too wide scrolls.
    pub(crate) fn with_body(self, body: AnyView) -> AnyView {
        view! {
            <div class="table-scroll">
                <table class=self.class>
                    <caption class="visually-hidden">{self.caption}</caption>
                    {head(self.headings, self.select_all)}
                    {body}
                </table>
            </div>
        }
        .into_any()
    }

    /// Renders the table with placeholder rows, as high as the final ones.
    pub(crate) fn skeleton(self) -> AnyView {
        let select = self.select_all.is_some().then_some("cell-select");
        let columns = self.headings.iter().map(|heading| heading.class);
        let classes: Vec<&'static str> = select.into_iter().chain(columns).collect();
        let rows: Vec<AnyView> = std::iter::repeat_with(|| placeholders(&classes))
            .take(SKELETON_ROWS)
            .collect();
        self.with_body(view! { <tbody>{rows}</tbody> }.into_any())
    }
}

/// Renders a row with these cells. Its id is that of its subject.
pub(crate) fn row(id: impl ToString, cells: Vec<AnyView>) -> KeyedRow {
    KeyedRow::new(id, view! { <tr>{cells}</tr> })
}

/// Renders the column headings.
fn head(headings: Vec<Heading>, select_all: Option<AnyView>) -> AnyView {
    let sorts = headings.iter().any(|heading| heading.sort.is_some());
    let sort_by = sorts.then(text::common::sort_by);
    let headings: Vec<AnyView> = headings.into_iter().map(heading).collect();
    view! {
        <thead>
            <tr data-sort-by=sort_by>{select_all} {headings}</tr>
        </thead>
    }
    .into_any()
}

fn heading(heading: Heading) -> AnyView {
    let Heading { class, label, sort } = heading;
    let descending = sort.as_ref().and_then(|sort| sort.descending);
    let (state, icon) = match descending {
        None => (None, None),
        Some(true) => (Some("descending"), Some(Icon::SortDown)),
        Some(false) => (Some("ascending"), Some(Icon::SortUp)),
    };
    let name = match sort {
        _ if label == text::common::actions() => {
            view! { <span class="visually-hidden">{label}</span> }.into_any()
        }
        Some(sort) => view! {
            <a href=sort.href data-noscroll class="sort">
                {label}
                {icon.map(|icon| view! { <Glyph icon=icon /> })}
            </a>
        }
        .into_any(),
        None if class.is_empty() => label.into_any(),
        None => view! { <span class="sort">{label}</span> }.into_any(),
    };
    match class {
        "" => view! {
            <th scope="col" aria-sort=state>
                {name}
            </th>
        }
        .into_any(),
        class => view! {
            <th scope="col" class=class aria-sort=state>
                {name}
            </th>
        }
        .into_any(),
    }
}

/// Renders a placeholder row of a table with these columns.
fn placeholders(classes: &[&'static str]) -> AnyView {
    let cells: Vec<AnyView> = classes
        .iter()
        .map(|class| {
            let class = *class;
            view! { <td class=class>{placeholder(class)}</td> }.into_any()
        })
        .collect();
    view! {
        <tr class="skeleton-row" aria-hidden="true">
            {cells}
        </tr>
    }
    .into_any()
}

/// Renders the placeholder of a cell: a bar, or two with an avatar for a user.
fn placeholder(class: &str) -> AnyView {
    match class {
        "cell-user" => view! {
            <div>
                <span class="avatar skeleton"></span>
                <span class="skeleton"></span>
                <span class="skeleton"></span>
            </div>
        }
        .into_any(),
        "cell-select" | "cell-actions" => ().into_any(),
        _ => view! { <span class="skeleton"></span> }.into_any(),
    }
}
