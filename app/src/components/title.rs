//! Document titles.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sets the document title, with the product name appended. Pages must use this component: `leptos_meta` writes the title
/// unescaped into the HTML that the server renders, where a name could inject markup. In the browser the title is set as
/// text.
#[component]
pub fn PageTitle(
    /// Title of the page.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let text = format!("{text} · Rollcall");
    #[cfg(feature = "ssr")]
    let text = escaped(&text);
    view! { <Title text=text /> }
}

/// Escapes a text for HTML content and for double-quoted attributes.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("</title><meta a='b' c=\"d\">&amp;"),
            "&lt;/title&gt;&lt;meta a='b' c=&quot;d&quot;&gt;&amp;amp;"
        );
    }
}
