//! Pages, parsed as a browser parses them.

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};

use super::Answer;

/// The start of an element: its name, and its attributes in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    /// Returns the value of an attribute, if there is one.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(found, _)| found == name)?;
        Some(&found.1)
    }

    /// Returns the tag with the names of its attributes.
    pub(crate) fn outline(&self) -> String {
        let names = self.attributes.iter().map(|(name, _)| format!(" {name}"));
        format!("<{}{}>", self.name, names.collect::<String>())
    }
}

fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    // Within `title`, `textarea`, `script` and `style` there are no elements.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).map(|Ok(token)| token)
}

fn element(tag: &html5gum::StartTag<()>) -> Element {
    let attributes = tag.attributes.iter();
    Element {
        name: text(&tag.name),
        attributes: attributes
            .map(|(name, value)| (text(name), text(&value.value)))
            .collect(),
    }
}

/// Returns the elements of a page.
pub(crate) fn elements(html: &str) -> Vec<Element> {
    let tags = tokens(html).filter_map(|token| match token {
        Token::StartTag(tag) => Some(element(&tag)),
        _ => None,
    });
    tags.collect()
}

/// Returns the value of a field of a page.
pub(crate) fn value(page: &Answer, name: &str) -> Option<String> {
    let elements = elements(&page.body);
    let mut fields = elements
        .iter()
        .filter(|element| element.attribute("name") == Some(name));
    fields
        .find_map(|field| field.attribute("value"))
        .map(str::to_owned)
}

/// Returns a page without its texts and the values of its attributes: tags with the names of their attributes, and comments.
pub(crate) fn skeleton(html: &str) -> Vec<String> {
    let parts = tokens(html).filter_map(|token| match token {
        Token::StartTag(tag) => Some(element(&tag).outline()),
        Token::EndTag(tag) => Some(format!("</{}>", text(&tag.name))),
        Token::Comment(comment) => Some(format!("<!--{}-->", text(&comment.value))),
        Token::Doctype(doctype) => Some(format!("<!{}>", text(&doctype.name))),
        Token::String(_) | Token::Error(_) => None,
    });
    parts.collect()
}

/// Returns the names of the nodes in the body, as the browser names them, in lower case.
pub(crate) fn body_nodes(html: &str) -> Vec<String> {
    let within = |token: &Token| !matches!(token, Token::EndTag(tag) if text(&tag.name) == "body");
    let mut tokens = tokens(html);
    tokens.find(|token| matches!(token, Token::StartTag(tag) if text(&tag.name) == "body"));
    let mut nodes: Vec<String> = Vec::new();
    let mut after_text = false;
    for token in tokens.take_while(within) {
        let name = match &token {
            Token::StartTag(tag) => text(&tag.name),
            Token::Comment(_) => "#comment".to_owned(),
            // A text arrives in several tokens.
            Token::String(_) if !after_text => "#text".to_owned(),
            Token::Error(_) => continue,
            _ => String::new(),
        };
        after_text = matches!(token, Token::String(_));
        nodes.extend(Some(name).filter(|name| !name.is_empty()));
    }
    nodes
}

/// Returns the text of the first element with a name, which holds only text.
pub(crate) fn text_of(html: &str, name: &str) -> Option<String> {
    let mut tokens = tokens(html);
    tokens.find(|token| matches!(token, Token::StartTag(tag) if text(&tag.name) == name))?;
    let rest = tokens.map_while(|token| match token {
        Token::String(part) => Some(text(&part.value)),
        _ => None,
    });
    Some(rest.collect())
}
