//! Finding terms in a line, whether it is prose or code.

/// Text that may stand between the words of one term: `for good`, `for_good`, `ForGood`, `for-good`.
const SEPARATORS: &[&str] = &["", " ", "_", "-", "::"];

/// The same for a term that is spelled as code: `word_of` is not the prose "word of".
const CODE_SEPARATORS: &[&str] = &["", "_", "::"];

/// Words that declare a name.
const KEYWORDS: &[&str] = &["class", "enum", "interface", "struct", "trait", "type"];

/// A term that must not be used.
pub(super) struct Term {
    /// The spelling of the list that the term comes from.
    pub(super) name: String,
    pub(super) instead: String,
    /// Applies only to the declaration of a type of exactly this name.
    pub(super) is_declared: bool,
}

/// A term in a line.
pub(super) struct Found<'a, 'line> {
    /// The spelling in the line.
    pub(super) word: &'line str,
    pub(super) term: &'a Term,
}

/// An index of terms by the first letter of their first word.
pub(super) struct Finder(Vec<Vec<Pattern>>);

struct Pattern {
    term: Term,
    words: Vec<String>,
    separators: &'static [&'static str],
    /// The name of a macro counts only where it is called.
    is_macro: bool,
}

/// A run of letters within an identifier or a sentence.
#[derive(Clone, Copy)]
struct Word<'line> {
    text: &'line str,
    start: usize,
    end: usize,
}

impl Finder {
    pub(super) fn new(terms: Vec<Term>) -> Self {
        let mut by_letter: Vec<Vec<Pattern>> = (0..26).map(|_| Vec::new()).collect();
        for term in terms {
            let words: Vec<String> = words(&term.name)
                .iter()
                .map(|word| word.text.to_owned())
                .collect();
            let letter = words.first().and_then(|word| letter(word));
            if let Some(patterns) = letter.and_then(|letter| by_letter.get_mut(letter)) {
                patterns.push(Pattern {
                    separators: separators(&term.name),
                    is_macro: term.name.ends_with('!'),
                    term,
                    words,
                });
            }
        }
        // The longest term first: "encrypted anew" is reported rather than "anew".
        for patterns in &mut by_letter {
            patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.words.len()));
        }
        Self(by_letter)
    }

    /// Returns the terms in a line, none within another.
    pub(super) fn find<'line>(&self, line: &'line str) -> Vec<Found<'_, 'line>> {
        let words = words(line);
        let mut found = Vec::new();
        let mut before = None;
        let mut rest = words.as_slice();
        while let [first, behind @ ..] = rest {
            let pattern = self
                .candidates(first)
                .iter()
                .find(|pattern| pattern.fits(line, before, rest));
            let taken = pattern.map_or(1, |pattern| pattern.words.len());
            before = rest.get(taken - 1).copied();
            if let (Some(pattern), Some(last)) = (pattern, before) {
                found.push(Found {
                    word: line.get(first.start..last.end).unwrap_or_default(),
                    term: &pattern.term,
                });
            }
            rest = behind.get(taken - 1..).unwrap_or_default();
        }
        found
    }

    fn candidates(&self, word: &Word<'_>) -> &[Pattern] {
        letter(word.text)
            .and_then(|letter| self.0.get(letter))
            .map_or(&[], Vec::as_slice)
    }
}

impl Pattern {
    /// Reports whether the words of a line begin with this pattern; `before` is the word in front of them.
    fn fits(&self, line: &str, before: Option<Word<'_>>, words: &[Word<'_>]) -> bool {
        let Some(words) = words.get(..self.words.len()) else {
            return false;
        };
        let last = self.words.len() - 1;
        let are_equal = (0..)
            .zip(words.iter().zip(&self.words))
            .all(|(at, (word, wanted))| is_same(word.text, wanted, at == last));
        if !are_equal {
            return false;
        }
        let are_joined = words.windows(2).all(|pair| match pair {
            [left, right] => line
                .get(left.end..right.start)
                .is_some_and(|between| self.separators.contains(&between)),
            _ => false,
        });
        are_joined && self.fits_use(line, before, words)
    }

    fn fits_use(&self, line: &str, before: Option<Word<'_>>, words: &[Word<'_>]) -> bool {
        let (Some(first), Some(end)) = (words.first(), words.last()) else {
            return false;
        };
        let behind = line.get(end.end..).unwrap_or_default();
        if self.is_macro {
            return behind.starts_with('!');
        }
        if !self.term.is_declared {
            return true;
        }
        let is_declaration = before.is_some_and(|word| {
            KEYWORDS.contains(&word.text) && line.get(word.end..first.start) == Some(" ")
        });
        let name = line.get(first.start..end.end);
        is_declaration
            && name == Some(self.term.name.as_str())
            && !behind.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    }
}

fn separators(name: &str) -> &'static [&'static str] {
    if name.contains('_') || name.contains("::") {
        CODE_SEPARATORS
    } else {
        SEPARATORS
    }
}

/// Compares without regard to case. The last word of a term may have a plural's `s`.
fn is_same(found: &str, wanted: &str, is_last: bool) -> bool {
    if found.len() == wanted.len() {
        return found.eq_ignore_ascii_case(wanted);
    }
    is_last
        && found.len() == wanted.len() + 1
        && found.ends_with(['s', 'S'])
        && found
            .get(..wanted.len())
            .is_some_and(|singular| singular.eq_ignore_ascii_case(wanted))
}

/// Returns 0 for a word with `a`, 25 for one with `z`.
fn letter(word: &str) -> Option<usize> {
    let first = word.bytes().next()?.to_ascii_lowercase();
    first.checked_sub(b'a').map(usize::from)
}

/// Splits a line at everything but letters, and `CamelCase` at its capitals.
fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let bytes = line.as_bytes();
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate() {
        let is_letter = byte.is_ascii_alphabetic();
        if let Some(begin) = start
            && (!is_letter || is_border(before, byte, bytes.get(at + 1)))
        {
            words.extend(word(line, begin, at));
            start = None;
        }
        if is_letter && start.is_none() {
            start = Some(at);
        }
        before = byte;
    }
    if let Some(begin) = start {
        words.extend(word(line, begin, line.len()));
    }
    words
}

fn word(line: &str, start: usize, end: usize) -> Option<Word<'_>> {
    let text = line.get(start..end)?;
    Some(Word { text, start, end })
}

/// Reports whether a word begins at `byte`, as at the `D` of `BulkDeed` and the `S` of `HTTPServer`.
fn is_border(before: u8, byte: u8, after: Option<&u8>) -> bool {
    byte.is_ascii_uppercase()
        && (before.is_ascii_lowercase() || after.is_some_and(u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_split_into_words() {
        let split = |line| -> Vec<&str> { words(line).iter().map(|word| word.text).collect() };
        assert_eq!(split("BulkDeed in_bin"), ["Bulk", "Deed", "in", "bin"]);
        assert_eq!(
            split("HTTPServer2go PUT_OFFS"),
            ["HTTP", "Server", "go", "PUT", "OFFS"]
        );
        assert_eq!(
            split("größe, »Tür« don't"),
            ["gr", "e", "T", "r", "don", "t"]
        );
    }
}
