//! Tabs of a page, each with its own URL.

use leptos::prelude::*;

/// Renders links to the tabs of a page, the current one marked.
#[component]
pub fn Tabs(
    /// Path of the first tab.
    #[prop(into)]
    page: String,
    /// Accessible label of the navigation.
    label: &'static str,
    /// Path segment and name of each tab; the segment of the first one is empty.
    #[prop(into)]
    tabs: Vec<(&'static str, &'static str)>,
    /// Path segment of the current tab.
    current: Memo<&'static str>,
) -> impl IntoView {
    let link = |(end, name): &(&'static str, &'static str)| {
        let (end, name) = (*end, *name);
        let mark = if end.is_empty() { "" } else { "/" };
        view! {
            <a
                href=format!("{page}{mark}{end}")
                aria-current=move || (current.get() == end).then_some("page")
                data-noscroll
            >
                {name}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            {tabs.iter().map(link).collect_view()}
        </nav>
    }
}
