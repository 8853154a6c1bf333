//! Fingerprint of a page: the number of nodes in its body, and a hash of their names. The browser compares it with the nodes it
//! has before it hydrates the page (`frontend/take-over.js`): extensions and proxies change pages, and hydration would then take
//! one node for another.

use std::str;

use axum::body::Bytes;

/// Number of nodes of a body, and a hash of their names in document order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fingerprint {
    nodes: u32,
    hash: u32,
}

/// Writes the fingerprint of a page into its `<body>`. A response without a body element stays unchanged.
pub(crate) fn add(page: Bytes) -> Bytes {
    match str::from_utf8(&page).ok().and_then(with_fingerprint) {
        Some(page) => page.into(),
        None => page,
    }
}

fn with_fingerprint(page: &str) -> Option<String> {
    let (before, rest) = page.split_once("<body")?;
    let (attributes, rest) = rest.split_once('>')?;
    let (body, _) = rest.split_once("</body>")?;
    let Fingerprint { nodes, hash } = Fingerprint::of(body)?;
    Some(format!(
        r#"{before}<body data-nodes="{nodes} {hash}"{attributes}>{rest}"#
    ))
}

impl Fingerprint {
    /// Computes the fingerprint of a body as the server renders it: `<` and `>` are escaped in texts and attributes, and there
    /// are no scripts. Returns None if a tag does not end.
    fn of(mut body: &str) -> Option<Self> {
        let mut fingerprint = Self::default();
        while !body.is_empty() {
            let (text, rest) = body.split_at(body.find('<').unwrap_or(body.len()));
            if !text.is_empty() {
                fingerprint.count("#text");
            }
            let Some(tag) = rest.strip_prefix('<') else {
                break;
            };
            let end = if tag.starts_with("!--") { "-->" } else { ">" };
            let (tag, rest) = tag.split_once(end)?;
            body = rest;
            if tag.starts_with('!') {
                fingerprint.count("#comment");
            } else if !tag.starts_with('/') {
                let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
                fingerprint.count(name);
            }
        }
        Some(fingerprint)
    }

    fn count(&mut self, name: &str) {
        self.nodes += 1;
        for byte in name.bytes() {
            let byte = u32::from(byte.to_ascii_lowercase());
            self.hash = self.hash.wrapping_mul(31).wrapping_add(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the fingerprint of nodes with these names.
    fn named(names: &[&str]) -> Option<Fingerprint> {
        let mut fingerprint = Fingerprint::default();
        for name in names {
            fingerprint.count(name);
        }
        Some(fingerprint)
    }

    #[test]
    fn every_node_counts_in_its_order() {
        let body =
            r#"<main id="a"><!--b--><p>One<!>two</p> <svg><path d="M1"/></svg><input></main>"#;
        let names = [
            "main", "#comment", "p", "#text", "#comment", "#text", "#text", "svg", "path", "input",
        ];
        assert_eq!(Fingerprint::of(body), named(&names));
        assert_ne!(
            Fingerprint::of("<p></p><b></b>"),
            Fingerprint::of("<b></b><p></p>")
        );
        assert_ne!(Fingerprint::of("<p>a</p>"), Fingerprint::of("<p></p>"));
    }

    #[test]
    fn hash_matches_the_browser() {
        // Computed by `isIntact` of take-over.js.
        let expected = Fingerprint {
            nodes: 2,
            hash: 300_100_063,
        };
        assert_eq!(Fingerprint::of("<div>a</div>"), Some(expected));
    }

    #[test]
    fn page_contains_its_fingerprint() {
        let page = r#"<html><body class="x"><p>a</p></body><script>1 < 2</script></html>"#;
        let Some(Fingerprint { nodes, hash }) = Fingerprint::of("<p>a</p>") else {
            panic!("it has a fingerprint");
        };
        let expected = page.replace("<body", &format!(r#"<body data-nodes="{nodes} {hash}""#));
        assert_eq!(add(page.into()), Bytes::from(expected));
    }

    #[test]
    fn other_content_is_unchanged() {
        for page in ["", "no body", "<body><p", "<body"] {
            assert_eq!(add(page.into()), Bytes::from(page));
        }
    }
}
