//! Reader of the YAML that PyYAML writes: mappings and lists in lines, and scalars in all of its styles. Flow collections are read only if
//! they are empty.

mod scalar;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use scalar::{block_scalar, plain, quoted};

/// Maximum nesting of mappings and lists.
const DEPTH_MAX: usize = 32;

/// A value. All scalars are texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    /// A scalar, without quotes and escapes. One that stands for nothing is empty.
    Text(String),
    /// A list.
    List(Vec<Yaml>),
    /// A mapping, in the order of the file.
    Map(Vec<(String, Yaml)>),
}

/// Error of a file that cannot be read, with the number of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    /// Number of the line, from 1.
    pub(super) line: usize,
}

impl Yaml {
    /// Returns the value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(fields) => fields
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            Self::Text(_) | Self::List(_) => None,
        }
    }

    /// Returns the text of a scalar under a key of a mapping.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::Text(text)) => Some(text),
            Some(Self::List(_) | Self::Map(_)) | None => None,
        }
    }
}

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Yaml, YamlError> {
    let lines = text.trim_start_matches('\u{FEFF}').lines();
    let mut lines = Lines {
        rest: lines.map(Line::new).collect(),
        number: 1,
        depth: 0,
    };
    if lines.current().is_some_and(|line| line.text == "---") {
        lines.skip();
    }
    let value = lines.value(0)?;
    match lines.current() {
        None => Ok(value),
        Some(line) if line.text == "..." => Ok(value),
        Some(_) => Err(lines.error()),
    }
}

/// A line without its indentation.
#[derive(Debug, Clone)]
struct Line {
    indentation: usize,
    text: String,
}

impl Line {
    fn new(line: &str) -> Self {
        let text = line.trim_start_matches(' ');
        Self {
            indentation: line.len() - text.len(),
            text: text.to_owned(),
        }
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn is_item(&self) -> bool {
        self.text == "-" || self.text.starts_with("- ")
    }
}

/// Lines that are not read yet.
struct Lines {
    rest: VecDeque<Line>,
    number: usize,
    depth: usize,
}

impl Lines {
    fn error(&self) -> YamlError {
        YamlError { line: self.number }
    }

    /// Drops the current line.
    fn skip(&mut self) {
        self.rest.pop_front();
        self.number = self.number.saturating_add(1);
    }

    /// Returns the current line, after blank lines.
    fn current(&mut self) -> Option<&Line> {
        while self.rest.front().is_some_and(Line::is_blank) {
            self.skip();
        }
        self.rest.front()
    }

    /// Reads a value whose lines are indented by at least `least`.
    fn value(&mut self, least: usize) -> Result<Yaml, YamlError> {
        let Some(line) = self.current().filter(|line| line.indentation >= least) else {
            return Ok(Yaml::Text(String::new()));
        };
        let (indentation, is_item) = (line.indentation, line.is_item());
        let has_key = key(&line.text).is_some();
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err(self.error());
        }
        let value = if is_item {
            self.list(indentation)
        } else if has_key {
            self.map(indentation)
        } else {
            let text = self.take_text();
            self.scalar(&text, least)
        };
        self.depth = self.depth.saturating_sub(1);
        value
    }

    /// Drops the current line and returns its text.
    fn take_text(&mut self) -> String {
        let text = self.rest.front().map(|line| line.text.clone());
        self.skip();
        text.unwrap_or_default()
    }

    fn list(&mut self, indentation: usize) -> Result<Yaml, YamlError> {
        let mut items = Vec::new();
        while let Some(line) = self.current() {
            if line.indentation != indentation || !line.is_item() {
                break;
            }
            let rest = line.text.get(1..).unwrap_or_default();
            let text = rest.trim_start_matches(' ').to_owned();
            let start = indentation + 1 + (rest.len() - text.len());
            if text.is_empty() {
                self.skip();
            } else if let Some(line) = self.rest.front_mut() {
                // The rest of the line is that of a value that begins there.
                line.indentation = start;
                line.text = text;
            }
            items.push(self.value(indentation + 1)?);
        }
        Ok(Yaml::List(items))
    }

    fn map(&mut self, indentation: usize) -> Result<Yaml, YamlError> {
        let mut fields = Vec::new();
        while let Some(line) = self.current() {
            if line.indentation != indentation || line.is_item() {
                break;
            }
            let Some((name, text)) = key(&line.text) else {
                return Err(self.error());
            };
            self.skip();
            fields.push((name, self.field(&text, indentation)?));
        }
        Ok(Yaml::Map(fields))
    }

    /// Reads the value of a field, whose text begins behind the key.
    fn field(&mut self, text: &str, indentation: usize) -> Result<Yaml, YamlError> {
        let text = without_properties(text);
        if !text.is_empty() {
            return self.scalar(text, indentation + 1);
        }
        // The items of a list are not indented further than the key.
        let is_list = |line: &Line| line.indentation == indentation && line.is_item();
        if self.current().is_some_and(is_list) {
            return self.list(indentation);
        }
        self.value(indentation + 1)
    }

    /// Reads a scalar whose first line is `text`. Further lines are indented by at least `least`.
    fn scalar(&mut self, text: &str, least: usize) -> Result<Yaml, YamlError> {
        let text = without_properties(text);
        let scalar = match text.chars().next() {
            Some('[') if text == "[]" => return Ok(Yaml::List(Vec::new())),
            Some('{') if text == "{}" => return Ok(Yaml::Map(Vec::new())),
            Some('[' | '{') => None,
            Some('*') => Some(String::new()),
            Some(style @ ('|' | '>')) => Some(block_scalar(self, text, style == '>', least)),
            Some(quote @ ('"' | '\'')) => quoted(self, text, quote),
            Some(_) => Some(plain(self, text, least)),
            None => return self.value(least),
        };
        scalar.map(Yaml::Text).ok_or_else(|| self.error())
    }
}

/// Removes a tag or an anchor before a value.
fn without_properties(text: &str) -> &str {
    let mut text = text.trim();
    while text.starts_with(['!', '&']) {
        text = text
            .split_once(' ')
            .map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// Splits a line of a mapping into the key and the rest.
fn key(text: &str) -> Option<(String, String)> {
    let (name, rest) = match text.chars().next()? {
        quote @ ('"' | '\'') => {
            let inner = text.get(1..)?;
            let (name, rest) = inner.split_once(quote)?;
            (name, rest)
        }
        '[' | '{' | '|' | '>' | '*' | '?' => return None,
        _ => match text.split_once(": ") {
            Some((name, rest)) => return Some((name.trim().to_owned(), rest.to_owned())),
            None => (text.strip_suffix(':')?, ":"),
        },
    };
    let rest = rest.trim_start().strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| (name.to_owned(), rest.trim().to_owned()))
}
