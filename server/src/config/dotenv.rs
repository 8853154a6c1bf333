//! Parser of `.env` files. It substitutes nothing, so that a `$` in a password is a `$`. `scripts/lib/database-url.sh` reads the
//! file in the same way.

use std::{collections::HashMap, fs, io, path::Path};

use crate::failure::BoxError;

/// Characters that a backslash escapes within double quotes. In front of any other character it is a plain backslash.
const ESCAPED: [char; 4] = ['"', '\\', '$', '`'];

/// Error of a line that is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    NoSetting,
    OpenQuote,
    AfterQuote,
}

impl Wrong {
    const fn sentence(self) -> &'static str {
        match self {
            Self::NoSetting => "is not NAME=value",
            Self::OpenQuote => "has a quote that is not closed",
            Self::AfterQuote => "has text after a closing quote",
        }
    }
}

/// Reads the settings of a file; there are none if the file does not exist.
///
/// # Errors
/// When it cannot be read, or a line is not understood. The text of the line is not repeated, because it can be a password.
pub(super) fn read(path: &Path) -> Result<HashMap<String, String>, BoxError> {
    let name = path.display();
    match fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|(line, wrong)| {
            let wrong = wrong.sentence();
            format!("{name} cannot be read: line {line} {wrong}. Correct or remove it.").into()
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashMap::new()),
        Err(error) => Err(format!("{name} cannot be read: {error}.").into()),
    }
}

/// Parses the settings of a text. The last one of a name counts. The error has the number of the line.
fn parse(text: &str) -> Result<HashMap<String, String>, (usize, Wrong)> {
    // Byte order mark, which some editors write in front of UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut settings = HashMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = text.len() - rest.len();
        let number = || {
            text.bytes()
                .take(line)
                .filter(|byte| *byte == b'\n')
                .count()
                + 1
        };
        let (setting, after) = entry(rest).map_err(|wrong| (number(), wrong))?;
        settings.extend(setting);
        rest = after;
    }
    Ok(settings)
}

/// Name and value of a setting.
type Setting = (String, String);

/// Parses the beginning of a text. Returns the setting, None for an empty line or a comment, and the rest of the text.
fn entry(text: &str) -> Result<(Option<Setting>, &str), Wrong> {
    let (line, after) = split_line(text);
    let trimmed = line.trim_start();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return Ok((None, after));
    }
    let (name, _) = line.split_once('=').ok_or(Wrong::NoSetting)?;
    let value = text.get(name.len() + 1..).unwrap_or_default();
    let name = name.trim();
    let name = name
        .strip_prefix("export")
        .filter(|name| name.starts_with(char::is_whitespace))
        .map_or(name, str::trim_start);
    if !is_name(name) {
        return Err(Wrong::NoSetting);
    }
    let value = value.trim_start_matches([' ', '\t']);
    let (value, after) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted(value.get(1..).unwrap_or_default(), quote)?,
        _ => plain(value),
    };
    Ok((Some((name.to_owned(), value)), after))
}

fn split_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// Parses a value without quotes: the rest of the line, without surrounding spaces and without a comment, which follows a space.
fn plain(text: &str) -> (String, &str) {
    let (line, after) = split_line(text);
    let comment = line
        .char_indices()
        .zip(std::iter::once(' ').chain(line.chars()))
        .find(|((_, c), before)| *c == '#' && before.is_whitespace());
    let end = comment.map_or(line.len(), |((at, _), _)| at);
    let value = line.get(..end).unwrap_or(line);
    (value.trim().to_owned(), after)
}

/// Parses a value up to its closing quote, which can be lines below.
fn quoted(text: &str, quote: char) -> Result<(String, &str), Wrong> {
    let mut value = String::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        if c == quote {
            let rest = text.get(at + 1..).unwrap_or_default();
            let (line, after) = split_line(rest);
            let comment = line.trim();
            return if comment.is_empty() || comment.starts_with('#') {
                Ok((value, after))
            } else {
                Err(Wrong::AfterQuote)
            };
        }
        let escaped = (c == '\\' && quote == '"')
            .then(|| letters.next_if(|(_, next)| ESCAPED.contains(next)))
            .flatten();
        value.push(escaped.map_or(c, |(_, escaped)| escaped));
    }
    Err(Wrong::OpenQuote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let settings = parse(&format!("KEY={text}\nNEXT=1\n"));
        let mut settings = settings.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
        assert_eq!(settings.remove("NEXT").as_deref(), Some("1"), "{text}");
        settings.remove("KEY").unwrap()
    }

    #[test]
    fn values_are_taken_literally() {
        for (written, meant) in [
            ("pa$$word", "pa$$word"),
            ("pg$1", "pg$1"),
            ("${HOME}", "${HOME}"),
            ("\"pa$$word\"", "pa$$word"),
            ("\"$HOME\"", "$HOME"),
            ("'pa$$word'", "pa$$word"),
            ("back\\slash", "back\\slash"),
            ("'back\\slash'", "back\\slash"),
            ("\"back\\slash\"", "back\\slash"),
            (r#""a \"quote\", \$ and \\""#, r#"a "quote", $ and \"#),
            ("a#b", "a#b"),
            ("a # b", "a"),
            ("a\t# b", "a"),
            ("# b", ""),
            ("'a # b' # c", "a # b"),
            ("\"a # b\"# c", "a # b"),
            ("  a b  ", "a b"),
            ("\" a \"", " a "),
            ("10.0.0.0/8, 192.168.0.0/16", "10.0.0.0/8, 192.168.0.0/16"),
            ("it's", "it's"),
            ("a=b", "a=b"),
            ("'two\nlines'", "two\nlines"),
            ("\"two\nlines\"", "two\nlines"),
            ("", ""),
            ("''", ""),
            ("é", "é"),
            ("a\r", "a"),
            ("'a'\r", "a"),
        ] {
            assert_eq!(value(written), meant, "{written}");
        }
    }

    #[test]
    fn names_start_lines() {
        let text = "\u{feff}\n# A=no\n  # B=no\nA=1\nexport B = 2\nexport=3\n_C.d=4\nA=5";
        let settings = parse(text).unwrap();
        let mut found: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [("A", "5"), ("B", "2"), ("_C.d", "4"), ("export", "3")]
        );
    }

    #[test]
    fn invalid_line_is_named_by_number_alone() {
        for (text, line, wrong) in [
            ("A=1\nhunter2", 2, Wrong::NoSetting),
            ("A=1\n=hunter2", 2, Wrong::NoSetting),
            ("1A=hunter2", 1, Wrong::NoSetting),
            ("MY-KEY=hunter2", 1, Wrong::NoSetting),
            ("export A", 1, Wrong::NoSetting),
            ("\n\nA='hunter2\nB=1", 3, Wrong::OpenQuote),
            ("A='1\n2'\nB=\"hunter2\" x", 3, Wrong::AfterQuote),
        ] {
            assert_eq!(parse(text), Err((line, wrong)), "{text}");
        }
        let folder = std::env::temp_dir().join(format!("rollcall-dotenv-{}", std::process::id()));
        fs::write(&folder, "A=1\nhunter2").unwrap();
        let failure = read(&folder).unwrap_err().to_string();
        fs::remove_file(&folder).unwrap();
        assert!(failure.contains("line 2 is not NAME=value"), "{failure}");
        assert!(!failure.contains("hunter2"), "{failure}");
        assert!(read(&folder).unwrap().is_empty());
    }
}
