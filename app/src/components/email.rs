//! Email addresses in narrow columns.

use leptos::prelude::*;

/// Renders an email address that can break after `@` and after each dot, and not inside a word that fits in a line.
#[component]
pub fn Email(
    /// Email address.
    address: String,
) -> impl IntoView {
    let parts: Vec<String> = address
        .split_inclusive(['@', '.'])
        .map(str::to_owned)
        .collect();
    let parts = parts.into_iter().map(|part| view! { {part} <wbr /> });
    view! { <bdi>{parts.collect_view()}</bdi> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn address_breaks_between_its_parts_only() {
        let html = view! { <Email address="ada@lab.example".to_owned() /> }.to_html();
        let broken = html.replace("<!>", "").replace("<wbr/>", "<wbr>");
        assert!(broken.contains("ada@<wbr>lab.<wbr>example"), "{html}");
    }
}
