//! Statements of a migration as tokens, without comments, contents of texts and bodies in dollar quotes.

use std::mem;

/// Stands for a text or a body, whose content is not compared.
const TEXT: &str = "''";

/// A statement without its semicolon.
pub(super) struct Statement {
    /// Line of its first token.
    pub(super) line: usize,
    /// Words in lower case, names without their quotes, [`TEXT`], and other characters one by one.
    tokens: Vec<String>,
}

impl Statement {
    pub(super) fn tokens(&self) -> Tokens<'_> {
        Tokens(&self.tokens)
    }
}

/// The tokens of a statement that are not consumed yet.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a>(&'a [String]);

impl<'a> Tokens<'a> {
    /// Consumes these tokens if they come next, and returns whether they do.
    pub(super) fn eat(&mut self, expected: &[&str]) -> bool {
        let is_next = self.starts_with(expected);
        if is_next {
            self.0 = self.0.get(expected.len()..).unwrap_or_default();
        }
        is_next
    }

    pub(super) fn starts_with(self, expected: &[&str]) -> bool {
        self.0.len() >= expected.len() && self.0.iter().zip(expected).all(|(a, b)| a == b)
    }

    /// Consumes the next token.
    pub(super) fn token(&mut self) -> Option<&'a str> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// Consumes a name and returns it without its schema.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let mut name = self.token()?;
        while self.eat(&["."]) {
            name = self.token()?;
        }
        Some(name)
    }

    /// Returns whether these tokens occur in this order.
    pub(super) fn has(self, sequence: &[&str]) -> bool {
        self.after(sequence).is_some()
    }

    /// Returns what follows the first occurrence of these tokens.
    pub(super) fn after(mut self, sequence: &[&str]) -> Option<Self> {
        loop {
            if self.eat(sequence) {
                return Some(self);
            }
            self.token()?;
        }
    }

    /// Returns the parts between the commas that are not in parentheses.
    pub(super) fn split(self) -> Vec<Self> {
        let mut depth = 0_usize;
        let parts = self.0.split(|token| {
            match token.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            token == "," && depth == 0
        });
        parts.map(Self).collect()
    }
}

/// Splits a file into its statements.
pub(super) fn parse(sql: &str) -> Vec<Statement> {
    let mut scanner = Scanner { rest: sql, line: 1 };
    let mut statements = Vec::new();
    let mut line = 1;
    let mut tokens = Vec::new();
    while let Some((at, token)) = scanner.token() {
        if token != ";" {
            if tokens.is_empty() {
                line = at;
            }
            tokens.push(token);
        } else if !tokens.is_empty() {
            statements.push(Statement {
                line,
                tokens: mem::take(&mut tokens),
            });
        }
    }
    if !tokens.is_empty() {
        statements.push(Statement { line, tokens });
    }
    statements
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Scanner<'a> {
    /// Returns the next token with its line.
    fn token(&mut self) -> Option<(usize, String)> {
        self.skip_space_and_comments();
        let first = self.rest.chars().next()?;
        let line = self.line;
        let token = match first {
            '\'' => self.text(false),
            '"' => {
                let quoted = self.consume(quoted_length(self.rest, '"', false));
                quoted.trim_matches('"').replace("\"\"", "\"")
            }
            '$' if dollar_length(self.rest).is_some() => {
                self.consume(dollar_length(self.rest).unwrap_or_default());
                TEXT.to_owned()
            }
            _ if is_name(first) => {
                let end = self.rest.find(|letter: char| !is_name(letter));
                let word = self.consume(end.unwrap_or(self.rest.len())).to_lowercase();
                // The prefix of a text with escapes.
                if word == "e" && self.rest.starts_with('\'') {
                    self.text(true)
                } else {
                    word
                }
            }
            _ => self.consume(first.len_utf8()).to_owned(),
        };
        Some((line, token))
    }

    fn text(&mut self, has_escapes: bool) -> String {
        self.consume(quoted_length(self.rest, '\'', has_escapes));
        TEXT.to_owned()
    }

    fn skip_space_and_comments(&mut self) {
        loop {
            let text = self.rest.trim_start();
            self.consume(self.rest.len() - text.len());
            if text.starts_with("--") {
                self.consume(text.find('\n').unwrap_or(text.len()));
            } else if text.starts_with("/*") {
                self.consume(comment_length(text));
            } else {
                return;
            }
        }
    }

    /// Consumes this number of bytes.
    fn consume(&mut self, length: usize) -> &'a str {
        let (consumed, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += consumed.matches('\n').count();
        consumed
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Returns the length of what begins with a quote, up to the matching one. A doubled quote does not end it.
fn quoted_length(text: &str, quote: char, has_escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && has_escapes {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

/// Returns the length of a body such as `$$ … $$` or `$body$ … $body$`.
fn dollar_length(text: &str) -> Option<usize> {
    let name = text.strip_prefix('$')?;
    let end = name.find(|letter: char| !is_name(letter))?;
    let tag = text.get(..end + 2).filter(|tag| tag.ends_with('$'))?;
    let body = text.get(tag.len()..)?;
    let length = body.find(tag).map(|at| at + 2 * tag.len());
    Some(length.unwrap_or(text.len()))
}

/// Returns the length of a comment such as `/* … */`, which can contain others.
fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(sql: &str) -> Vec<String> {
        let statements = parse(sql).into_iter();
        statements
            .map(|statement| statement.tokens.join(" "))
            .collect()
    }

    #[test]
    fn statements_end_at_semicolons_outside_of_texts_and_comments() {
        let sql = "-- a; b\nselect ';' /* ; /* ; */ ; */, E'\\';', \"a;\"\"b\" ;\n;SELECT 1";
        assert_eq!(tokens(sql), ["select '' , '' , a;\"b", "select 1"]);
    }

    #[test]
    fn bodies_in_dollar_quotes_are_one_token() {
        let sql = "do $$ begin update users; end $$; create function a() as $b_1$ $$ ; $b_1$ language sql";
        assert_eq!(
            tokens(sql),
            ["do ''", "create function a ( ) as '' language sql"]
        );
    }

    #[test]
    fn what_does_not_end_ends_with_the_file() {
        for sql in ["select 'a;b", "select $$ a;b", "select \"a;", "select $a"] {
            assert_eq!(parse(sql).len(), 1, "{sql}");
        }
        assert_eq!(tokens("select /* a; b"), ["select"]);
        assert_eq!(tokens("-- only a comment"), [""; 0]);
    }

    #[test]
    fn lines_are_those_of_the_first_tokens() {
        let lines: Vec<usize> = parse("-- a\nselect\n1;\n\n'\n'; x")
            .iter()
            .map(|statement| statement.line)
            .collect();
        assert_eq!(lines, [2, 5, 6]);
    }

    #[test]
    fn names_have_no_schema() {
        let statements = parse("update \"public\".users set a = 1");
        let mut tokens = statements[0].tokens();
        assert!(!tokens.eat(&["delete"]));
        assert!(tokens.eat(&["update"]));
        assert_eq!(tokens.name(), Some("users"));
        assert!(tokens.has(&["a", "="]));
        assert!(!tokens.has(&["users"]));
    }

    #[test]
    fn parts_are_separated_by_commas_outside_of_parentheses() {
        let statements = parse("a (b, (c), d), e");
        let parts = statements[0].tokens().split();
        assert_eq!(parts.len(), 2);
        assert!(parts[1].starts_with(&["e"]));
    }
}
