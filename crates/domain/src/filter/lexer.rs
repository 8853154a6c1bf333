//! Lexer of the search grammar: splits a search into words, signs and parentheses.

use crate::users::names::is_deceptive;

use super::error::Span;
use super::text::NUMBER_LABEL;
use super::{FilterError, FilterErrorKind};

/// The smallest unit of the grammar.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` before a term or a group
    Minus,
    /// `OR`
    Or,
    /// Anything else.
    Word(Word),
}

/// A term as typed: a text, or a field and its value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Text before the colon; `None` without a colon.
    pub(super) field: Option<Piece>,
    /// Text or value, without its quotes.
    pub(super) value: Piece,
    /// Whether the value was quoted.
    pub(super) quoted: bool,
}

/// A text with its position in the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A token with its position in the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    pub(super) span: Span,
}

/// Splits `characters` into tokens. Spans count from the first character.
pub(super) fn lex(characters: &[char]) -> Result<Vec<Lexeme>, FilterError> {
    let mut numbered = characters.iter().copied().enumerate();
    if let Some((start, character)) = numbered.find(|(_, character)| is_forbidden(*character)) {
        let end = start + 1;
        let code = u32::from(character);
        return Err(Span { start, end }.error(FilterErrorKind::Character { code }));
    }
    let mut cursor = Cursor { characters, at: 0 };
    let mut lexemes = Vec::new();
    while let Some(first) = cursor.skip_whitespace() {
        let start = cursor.at;
        let token = cursor.token(first)?;
        lexemes.push(Lexeme {
            token,
            span: cursor.since(start),
        });
    }
    Ok(lexemes)
}

/// Returns whether a character is allowed nowhere. Tabs and line ends are whitespace between words, since pasted text contains them;
/// [`super::Text`] rejects them within quotes.
fn is_forbidden(character: char) -> bool {
    is_deceptive(character) && !character.is_whitespace()
}

/// Returns whether an unquoted word is a keyword.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(word, "OR" | "AND" | "NOT")
}

/// Returns whether a character cannot be part of a word without quotes.
fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '"')
}

struct Cursor<'a> {
    characters: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += 1;
        Some(character)
    }

    fn since(&self, start: usize) -> Span {
        Span {
            start,
            end: self.at,
        }
    }

    fn skip_whitespace(&mut self) -> Option<char> {
        self.take_until(|character| !character.is_whitespace());
        self.peek()
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> String {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        let taken: String = rest
            .iter()
            .copied()
            .take_while(|character| !stop(*character))
            .collect();
        self.at += taken.chars().count();
        taken
    }

    fn token(&mut self, first: char) -> Result<Token, FilterError> {
        match first {
            '(' => Ok(self.sign(Token::Open)),
            ')' => Ok(self.sign(Token::Close)),
            '-' => self.minus(),
            '"' => Ok(Token::Word(Word {
                field: None,
                value: self.quoted()?,
                quoted: true,
            })),
            _ => self.bare(),
        }
    }

    fn sign(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn minus(&mut self) -> Result<Token, FilterError> {
        let start = self.at;
        let token = self.sign(Token::Minus);
        match self.peek() {
            Some(character) if !character.is_whitespace() => Ok(token),
            _ => Err(self.since(start).error(FilterErrorKind::LoneMinus)),
        }
    }

    /// Reads a word that does not begin with a quote: a text, or a field with its value.
    fn bare(&mut self) -> Result<Token, FilterError> {
        let start = self.at;
        let mut text = self.take_until(|character| ends_word(character) || character == ':');
        if text.eq_ignore_ascii_case(NUMBER_LABEL)
            && let Some(digits) = self.number_after_label()
        {
            text = format!("{text} {digits}");
        }
        let piece = Piece {
            text,
            span: self.since(start),
        };
        match self.peek() {
            Some(':') => {
                self.at += 1;
                let (value, quoted) = self.value(start)?;
                Ok(Token::Word(Word {
                    field: Some(piece),
                    value,
                    quoted,
                }))
            }
            Some('"') => Err(self.quote_in_word(start)),
            _ => plain(piece),
        }
    }

    /// Reads the digits of `No. 4997`, the form in which the panel shows a user's number: one word, although it is not quoted.
    fn number_after_label(&mut self) -> Option<String> {
        let label_end = self.at;
        self.skip_whitespace();
        let digits = self.take_until(|character| !character.is_ascii_digit());
        let ends = self
            .peek()
            .is_none_or(|next| next.is_whitespace() || next == ')');
        if self.at > label_end && !digits.is_empty() && ends {
            return Some(digits);
        }
        self.at = label_end;
        None
    }

    /// Reads the value after a colon; the flag is true if it was quoted.
    fn value(&mut self, word_start: usize) -> Result<(Piece, bool), FilterError> {
        if self.peek() == Some('"') {
            return Ok((self.quoted()?, true));
        }
        let start = self.at;
        let text = self.take_until(ends_word);
        if self.peek() == Some('"') {
            return Err(self.quote_in_word(word_start));
        }
        Ok((
            Piece {
                text,
                span: self.since(start),
            },
            false,
        ))
    }

    /// Reads a quoted text; the cursor is at the opening quote.
    fn quoted(&mut self) -> Result<Piece, FilterError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.since(start).error(FilterErrorKind::UnclosedQuote)),
                Some('"') => break,
                Some('\\') => text.push(self.escaped()),
                Some(character) => text.push(character),
            }
        }
        let span = self.since(start);
        match self.peek() {
            Some(character) if character == '"' || !ends_word(character) => {
                Err(self.quote_in_word(start))
            }
            _ => Ok(Piece { text, span }),
        }
    }

    /// Resolves a backslash escape; the cursor is after the backslash.
    fn escaped(&mut self) -> char {
        match self.peek() {
            Some(character @ ('"' | '\\')) => {
                self.at += 1;
                character
            }
            _ => '\\',
        }
    }

    fn quote_in_word(&mut self, start: usize) -> FilterError {
        self.take_until(char::is_whitespace);
        self.since(start).error(FilterErrorKind::QuoteInWord)
    }
}

fn plain(piece: Piece) -> Result<Token, FilterError> {
    match piece.text.as_str() {
        "OR" => Ok(Token::Or),
        "AND" => Err(piece.span.error(FilterErrorKind::AndWord)),
        "NOT" => Err(piece.span.error(FilterErrorKind::NotWord)),
        _ => Ok(Token::Word(Word {
            field: None,
            value: piece,
            quoted: false,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(input: &str) -> Result<Vec<Lexeme>, FilterError> {
        lex(&input.chars().collect::<Vec<_>>())
    }

    fn piece(text: &str, start: usize, end: usize) -> Piece {
        Piece {
            text: text.to_owned(),
            span: Span { start, end },
        }
    }

    #[test]
    fn signs_need_no_space() {
        let tokens = lexed("-(\u{3000}a\tOR\n(b))")
            .map(|lexemes| lexemes.into_iter().map(|l| l.token).collect());
        let word = |text, start| {
            Token::Word(Word {
                field: None,
                value: piece(text, start, start + 1),
                quoted: false,
            })
        };
        let expected: Vec<Token> = vec![
            Token::Minus,
            Token::Open,
            word("a", 3),
            Token::Or,
            Token::Open,
            word("b", 9),
            Token::Close,
            Token::Close,
        ];
        assert_eq!(tokens, Ok(expected));
    }

    #[test]
    fn words() {
        let table = [
            ("or", None, piece("or", 0, 2), false),
            ("a-b\\", None, piece("a-b\\", 0, 4), false),
            ("\"OR\"", None, piece("OR", 0, 4), true),
            ("\"(a: \\\"b\\\\\"", None, piece("(a: \"b\\", 0, 11), true),
            ("\"C:\\dir\"", None, piece("C:\\dir", 0, 8), true),
            ("No.  4997", None, piece("No. 4997", 0, 9), false),
            ("name:é", Some(piece("name", 0, 4)), piece("é", 5, 6), false),
            ("a:b:c", Some(piece("a", 0, 1)), piece("b:c", 2, 5), false),
            ("a:-b", Some(piece("a", 0, 1)), piece("-b", 2, 4), false),
            (
                "a:\"b c\"",
                Some(piece("a", 0, 1)),
                piece("b c", 2, 7),
                true,
            ),
            ("a:", Some(piece("a", 0, 1)), piece("", 2, 2), false),
            (":", Some(piece("", 0, 0)), piece("", 1, 1), false),
        ];
        for (input, field, value, quoted) in table {
            let span = Span {
                start: 0,
                end: input.chars().count(),
            };
            let expected = Lexeme {
                token: Token::Word(Word {
                    field,
                    value,
                    quoted,
                }),
                span,
            };
            assert_eq!(lexed(input), Ok(vec![expected]), "{input}");
        }
    }
}
