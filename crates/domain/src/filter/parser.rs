//! Recursive-descent parser of the search grammar. It recurses once per open parenthesis, up to [`MAX_DEPTH`].

use std::iter::Peekable;
use std::slice::Iter;

use super::error::Span;
use super::lexer::{Lexeme, Token};
use super::{Expr, FilterError, FilterErrorKind, MAX_DEPTH, MAX_TERMS, value};

/// Parses `lexemes` into an expression; returns `None` if there are none.
pub(super) fn parse(lexemes: &[Lexeme]) -> Result<Option<Expr>, FilterError> {
    let mut parser = Parser {
        rest: lexemes.iter().peekable(),
        terms: 0,
    };
    let root = parser.alternatives(0)?;
    match parser.rest.next() {
        None => Ok(root),
        // Only a closing parenthesis ends the outermost expression early.
        Some(lexeme) => Err(lexeme.span.error(FilterErrorKind::UnopenedGroup)),
    }
}

struct Parser<'a> {
    rest: Peekable<Iter<'a, Lexeme>>,
    terms: usize,
}

impl Parser<'_> {
    /// Parses sequences separated by `OR`; returns `None` if there are none.
    fn alternatives(&mut self, depth: usize) -> Result<Option<Expr>, FilterError> {
        let mut branches = Vec::new();
        let mut last_or = None;
        loop {
            let branch = self.sequence(depth)?;
            let next_or = self.accept(&Token::Or);
            match (branch, last_or.or(next_or)) {
                (Some(branch), _) => branches.push(branch),
                (None, Some(or)) => return Err(or.error(FilterErrorKind::LoneOr)),
                (None, None) => return Ok(None),
            }
            if next_or.is_none() {
                return Ok(Expr::any_of(branches));
            }
            last_or = next_or;
        }
    }

    /// Parses adjacent terms and groups; returns `None` if there are none.
    fn sequence(&mut self, depth: usize) -> Result<Option<Expr>, FilterError> {
        let mut parts = Vec::new();
        while let Some(part) = self.part(depth)? {
            parts.push(part);
        }
        Ok(Expr::all_of(parts))
    }

    /// Parses a term or a group with its minus signs; returns `None` if there is neither.
    fn part(&mut self, depth: usize) -> Result<Option<Expr>, FilterError> {
        let mut minus = None;
        let mut negated = false;
        while let Some(span) = self.accept(&Token::Minus) {
            minus = Some(span);
            negated = !negated;
        }
        match (self.operand(depth)?, minus) {
            (Some(operand), _) if negated => Ok(Some(operand.negated())),
            (None, Some(minus)) => Err(minus.error(FilterErrorKind::LoneMinus)),
            (operand, _) => Ok(operand),
        }
    }

    fn operand(&mut self, depth: usize) -> Result<Option<Expr>, FilterError> {
        if let Some(open) = self.accept(&Token::Open) {
            return self.group(open, depth).map(Some);
        }
        let next = self
            .rest
            .next_if(|lexeme| matches!(lexeme.token, Token::Word(_)));
        let Some(Lexeme {
            token: Token::Word(word),
            span,
        }) = next
        else {
            return Ok(None);
        };
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(span.error(FilterErrorKind::TooManyTerms));
        }
        value::term(word).map(|term| Some(Expr::Term(term)))
    }

    /// Parses a group; its opening parenthesis, at `open`, is already consumed.
    fn group(&mut self, open: Span, depth: usize) -> Result<Expr, FilterError> {
        if depth == MAX_DEPTH {
            return Err(open.error(FilterErrorKind::TooDeep));
        }
        let inner = self.alternatives(depth + 1)?;
        let Some(close) = self.accept(&Token::Close) else {
            return Err(open.error(FilterErrorKind::UnclosedGroup));
        };
        inner.ok_or_else(|| open.to(close).error(FilterErrorKind::EmptyGroup))
    }

    fn accept(&mut self, token: &Token) -> Option<Span> {
        self.rest
            .next_if(|lexeme| lexeme.token == *token)
            .map(|lexeme| lexeme.span)
    }
}
