//! Screens of lists: title, tools, and the list with its states. Pages add their columns, texts and links. A page that is one
//! list has its state in a `url_list`.

pub mod bulk_dialog;
pub mod chooser;
pub(crate) mod column;
pub(crate) mod data_table;
pub(crate) mod empty_list;
pub(crate) mod row_link;
pub(crate) mod url_list;

use domain::problem::Problem;
use leptos::prelude::*;

use super::{loaded::Loaded, loading::Loading};
use crate::preferences::Preferences;

/// Screen of a list, without its rows.
pub(crate) struct ListScreen {
    /// Title of the page.
    pub(crate) title: &'static str,
    /// CSS classes of the header.
    pub(crate) header: &'static str,
    /// Total and links beside the title.
    pub(crate) beside: AnyView,
    /// Tabs, hints, filter form and the description of the filter, above the list.
    pub(crate) above: AnyView,
    /// Accessible name of the list.
    pub(crate) label: &'static str,
    /// Number of pending requests for the list.
    pub(crate) loading: Loading,
    /// Renders the placeholders while the list is loading for the first time.
    pub(crate) skeleton: ViewFn,
}

impl ListScreen {
    /// Renders the screen. `draw` renders the rows with the pager, the empty state or the error.
    pub(crate) fn render<L: 'static>(
        self,
        list: Loaded<L>,
        draw: impl Fn(Result<L, Problem>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let preferences = use_context::<RwSignal<Preferences>>();
        let columns = preferences
            .map(|preferences| Memo::new(move |_| preferences.with(|chosen| chosen.columns)));
        let skeleton = self.skeleton.clone();
        let list = list.draw(
            move || skeleton.run(),
            move |result| {
                // Another choice of columns renders the loaded list again. Read, not only tracked: a memo has no
                // dependencies before its first read.
                if let Some(columns) = columns {
                    columns.with(|_| ());
                }
                draw(result)
            },
        );
        self.around(list)
    }

    /// Renders the screen around a list. It is compiled once for all lists.
    fn around(self, list: AnyView) -> AnyView {
        let Self {
            title,
            header,
            beside,
            above,
            label,
            loading,
            ..
        } = self;
        view! {
            <header class=header>
                <h1>{title}</h1>
                {beside}
            </header>
            {above}
            <section class="list" aria-label=label aria-busy=move || loading.is_busy().to_string()>
                {list}
            </section>
        }
        .into_any()
    }
}
