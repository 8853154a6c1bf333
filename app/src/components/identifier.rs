//! Usernames, email addresses and paths in narrow columns.

use domain::users::UserId;
use leptos::prelude::*;
use uuid::Uuid;

use crate::api::user::path_of;

/// Characters after which an identifier can break.
const SEPARATORS: [char; 5] = ['/', '@', '.', '_', '-'];

/// Renders an identifier that can break after each separator, and not inside a word that fits in a line.
#[component]
pub fn Identifier(
    /// Username, email address or path.
    text: String,
) -> impl IntoView {
    let parts: Vec<String> = text
        .split_inclusive(SEPARATORS)
        .map(str::to_owned)
        .collect();
    let parts = parts.into_iter().map(|part| view! { {part} <wbr /> });
    view! { <bdi>{parts.collect_view()}</bdi> }
}

/// Renders a username as the link to the page of its user.
pub(crate) fn user_link(id: Uuid, username: String) -> AnyView {
    let href = path_of(UserId(id), &username);
    view! {
        <a href=href>
            <Identifier text=username />
        </a>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn broken(text: &str) -> String {
        let html = view! { <Identifier text=text.to_owned() /> }.to_html();
        html.replace("<!>", "").replace("<wbr/>", "<wbr>")
    }

    #[test]
    fn identifier_breaks_between_its_parts_only() {
        let address = broken("ada@lab.example");
        assert!(address.contains("ada@<wbr>lab.<wbr>example"), "{address}");
        let username = broken("ada_k-lovelace.2");
        assert!(
            username.contains("ada_<wbr>k-<wbr>lovelace.<wbr>2"),
            "{username}"
        );
        let path = broken("docs/dialects/tracker.md");
        assert!(
            path.contains("docs/<wbr>dialects/<wbr>tracker.<wbr>md"),
            "{path}"
        );
    }
}
