//! Scalars of YAML that continue on further lines.

use super::Lines;

/// Values of plain scalars that stand for nothing.
const NOTHING: [&str; 3] = ["null", "~", "Null"];

/// Reads a plain scalar. Further lines are indented by at least `least`.
pub(super) fn plain(lines: &mut Lines, first: &str, least: usize) -> String {
    let mut folded = Folded::new(first.trim_end());
    loop {
        let blank = lines.rest.iter().take_while(|line| line.is_blank()).count();
        let next = lines.rest.get(blank);
        if next.is_none_or(|line| line.indentation < least) {
            break;
        }
        for _ in 0..blank {
            lines.skip();
            folded.blank();
        }
        folded.line(lines.take_text().trim_end());
    }
    if NOTHING.contains(&folded.text.as_str()) {
        return String::new();
    }
    folded.text
}

/// Reads a scalar in quotes; `None` if it does not end.
pub(super) fn quoted(lines: &mut Lines, first: &str, quote: char) -> Option<String> {
    let mut part = first.get(1..)?.to_owned();
    let mut folded = Folded::default();
    loop {
        let (text, end) = unquote(&part, quote)?;
        match end {
            LineEnd::Quote => {
                folded.line(&text);
                return Some(folded.text);
            }
            LineEnd::Line => folded.line(text.trim_end()),
            LineEnd::Joined => {
                folded.line(&text);
                folded.joins = true;
            }
        }
        loop {
            lines.rest.front()?;
            let next = lines.take_text();
            let next = next.trim();
            if !next.is_empty() {
                part = next.to_owned();
                break;
            }
            folded.blank();
        }
    }
}

/// End of a line of a scalar in quotes.
enum LineEnd {
    /// The closing quote.
    Quote,
    /// A line break, which becomes a space.
    Line,
    /// A line break after a backslash, which is left out.
    Joined,
}

/// Resolves the escapes of a line up to the closing quote; `None` for an unknown escape.
fn unquote(part: &str, quote: char) -> Option<(String, LineEnd)> {
    let mut text = String::new();
    let mut characters = part.chars().peekable();
    while let Some(character) = characters.next() {
        if character == quote {
            if quote == '\'' && characters.peek() == Some(&'\'') {
                characters.next();
                text.push('\'');
                continue;
            }
            return Some((text, LineEnd::Quote));
        }
        if character != '\\' || quote == '\'' {
            text.push(character);
            continue;
        }
        let Some(escape) = characters.next() else {
            return Some((text, LineEnd::Joined));
        };
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            other => {
                text.push(named_escape(other)?);
                continue;
            }
        };
        let code: String = characters.by_ref().take(digits).collect();
        let code = u32::from_str_radix(&code, 16).ok()?;
        // Python writes half of a pair for a broken text.
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Some((text, LineEnd::Line))
}

fn named_escape(escape: char) -> Option<char> {
    Some(match escape {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        ' ' | '"' | '/' | '\\' => escape,
        _ => return None,
    })
}

/// Text whose single line breaks are spaces.
#[derive(Default)]
struct Folded {
    text: String,
    is_begun: bool,
    blank_lines: usize,
    joins: bool,
}

impl Folded {
    fn new(first: &str) -> Self {
        Self {
            text: first.to_owned(),
            is_begun: true,
            ..Self::default()
        }
    }

    fn blank(&mut self) {
        self.blank_lines = self.blank_lines.saturating_add(1);
    }

    fn line(&mut self, line: &str) {
        if self.blank_lines > 0 {
            self.text.push_str(&"\n".repeat(self.blank_lines));
        } else if self.is_begun && !self.joins {
            self.text.push(' ');
        }
        self.text.push_str(line);
        self.is_begun = true;
        self.blank_lines = 0;
        self.joins = false;
    }
}

/// Reads a literal or folded block, whose header is `header`. Its lines are indented by at least `least`.
pub(super) fn block_scalar(
    lines: &mut Lines,
    header: &str,
    is_folded: bool,
    least: usize,
) -> String {
    let stated = header.chars().find_map(|c| c.to_digit(10));
    let mut indentation = stated
        .and_then(|digit| usize::try_from(digit).ok())
        .map(|digit| least.saturating_sub(1).saturating_add(digit));
    let mut found: Vec<String> = Vec::new();
    while let Some(line) = lines.rest.front() {
        if line.is_blank() {
            let spaces = line
                .indentation
                .saturating_sub(indentation.unwrap_or(usize::MAX));
            found.push(" ".repeat(spaces));
        } else {
            let base = *indentation.get_or_insert(line.indentation);
            if line.indentation < base.max(least) {
                break;
            }
            found.push(" ".repeat(line.indentation - base) + &line.text);
        }
        lines.skip();
    }
    let blank = found
        .iter()
        .rev()
        .take_while(|line| line.is_empty())
        .count();
    found.truncate(found.len().saturating_sub(blank));
    let mut text = if is_folded {
        fold(&found)
    } else {
        found.join("\n")
    };
    if header.contains('+') {
        text.push_str(&"\n".repeat(blank.saturating_add(1)));
    } else if !header.contains('-') && !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Folds the lines of a block. The line breaks of those that are indented further stay.
fn fold(lines: &[String]) -> String {
    let mut folded = Folded::default();
    let mut was_indented = false;
    for line in lines {
        let is_indented = line.starts_with(' ');
        if line.is_empty() {
            folded.blank();
            continue;
        }
        if folded.is_begun && (is_indented || was_indented) {
            folded.blank();
        }
        folded.line(line);
        was_indented = is_indented;
    }
    folded.text
}
