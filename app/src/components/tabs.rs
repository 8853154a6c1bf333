//! Parts of a page, each with an address of its own.

use leptos::prelude::*;

/// Links to the parts of a page, one of them the one that is shown.
#[component]
pub fn Tabs(
    /// Address of the first.
    #[prop(into)]
    page: String,
    /// What they are about.
    label: &'static str,
    /// End of the address and name of each.
    #[prop(into)]
    tabs: Vec<(&'static str, &'static str)>,
    /// End of the address of the one that is shown.
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
