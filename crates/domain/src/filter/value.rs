//! Conversion of words into terms.

use super::error::shown;
use super::lexer::Word;
use super::{
    Field, FilterError, FilterErrorKind, MAX_TEXT_CHARS, RoleName, Term, Text, choice, number,
    spend, when,
};

/// Parses `word` into a term.
pub(super) fn term(word: &Word) -> Result<Term, FilterError> {
    let value = &word.value;
    let Some(name) = &word.field else {
        return Text::new(&value.text)
            .map(Term::Text)
            .map_err(|kind| value.span.error(kind));
    };
    let whole = name.span.to(value.span);
    if name.text.is_empty() {
        return Err(whole.error(FilterErrorKind::NoField));
    }
    let Some(field) = Field::find(&name.text) else {
        let kind = FilterErrorKind::UnknownField {
            word: shown(&name.text),
            suggestion: Field::nearest(&name.text),
        };
        return Err(name.span.error(kind));
    };
    if value.text.trim().is_empty() {
        return Err(whole.error(FilterErrorKind::NoValue { field }));
    }
    field_term(field, &value.text, word.quoted).map_err(|kind| value.span.error(kind))
}

fn field_term(field: Field, value: &str, quoted: bool) -> Result<Term, FilterErrorKind> {
    if value.chars().count() > MAX_TEXT_CHARS {
        return Err(FilterErrorKind::TextTooLong);
    }
    let compared = !quoted && value.starts_with(['<', '>']);
    let words = || match compared {
        true => Err(FilterErrorKind::ComparedText { field }),
        false => Ok(value),
    };
    Ok(match field {
        Field::Username => Term::Username(Text::new(words()?)?),
        Field::Name => Term::Name(Text::new(words()?)?),
        Field::Email => Term::Email(Text::new(words()?)?),
        Field::Role => Term::Role(RoleName::new(words()?)?),
        Field::Group => Term::Group(Text::new(words()?)?),
        Field::Client => Term::Client(Text::new(words()?)?),
        Field::Feature => Term::Feature(Text::new(words()?)?),
        Field::Status => Term::Status(choice::status(value)?),
        Field::Via => Term::Via(choice::via(value)?),
        Field::Number => Term::Number(number::int_range(field, value)?),
        Field::Count(count) => Term::Count(count, number::int_range(field, value)?),
        Field::Spend => Term::Spend(spend::spend(value)?),
        Field::Over => Term::Over(spend::over(value)?),
        Field::Created => Term::Created(when::when(field, value)?),
        Field::LastLogin => Term::LastLogin(when::when(field, value)?),
        Field::LastActive => Term::LastActive(when::when(field, value)?),
        Field::Inactive => Term::Inactive(when::inactive(value)?),
        Field::Has => Term::Has(choice::has(value)?),
    })
}
