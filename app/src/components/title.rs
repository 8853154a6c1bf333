//! The title of a page.

use leptos::prelude::*;
use leptos_meta::Title;

/// The title of a page, with the name of the product behind it. The only way to set one: the library writes the text as it
/// is into the document that the server draws, so that a name would become markup there. In the browser it is set as text.
#[component]
pub fn PageTitle(
    /// What the page is about.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let text = format!("{text} · Rollcall");
    #[cfg(feature = "ssr")]
    let text = escaped(&text);
    view! { <Title text=text /> }
}

/// A text as it is written in a document or in an attribute in double quotes.
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
    fn a_text_cannot_leave_where_it_is_written() {
        assert_eq!(
            escaped("</title><meta a='b' c=\"d\">&amp;"),
            "&lt;/title&gt;&lt;meta a='b' c=&quot;d&quot;&gt;&amp;amp;"
        );
    }
}
