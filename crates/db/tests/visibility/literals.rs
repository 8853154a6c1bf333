//! String literals of Rust sources with the items that they are in, and the words of SQL. Comments of both languages are left out.

/// A string literal, and the item that it is in: the function or the constant before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) item: String,
    pub(crate) text: String,
}

/// Returns the string literals of a source file.
pub(crate) fn literals(source: &str) -> Vec<Literal> {
    let chars: Vec<char> = source.chars().collect();
    let (mut found, mut item, mut last) = (Vec::new(), String::new(), String::new());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        match rest {
            ['/', '/', ..] => at += length_until(rest, &['\n']),
            ['/', '*', ..] => at += block_comment(rest),
            ['\'', ..] => at += char_or_lifetime(rest),
            ['"', ..] => {
                let (text, length) = escaped(&rest[1..]);
                found.push(Literal {
                    item: item.clone(),
                    text,
                });
                at += 1 + length;
            }
            [first, ..] if is_word(*first) => {
                let length = rest.iter().take_while(|c| is_word(**c)).count();
                let word: String = rest[..length].iter().collect();
                at += length;
                if ["r", "br", "cr"].contains(&word.as_str()) {
                    if let Some((text, length)) = raw(&chars[at..]) {
                        found.push(Literal {
                            item: item.clone(),
                            text,
                        });
                        at += length;
                    }
                } else {
                    if last == "fn" || (last == "const" && word != "fn") || last == "static" {
                        item.clone_from(&word);
                    }
                    last = word;
                }
            }
            _ => at += 1,
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the number of characters up to and including the end.
fn length_until(chars: &[char], end: &[char]) -> usize {
    let found = chars.windows(end.len()).position(|window| window == end);
    found.map_or(chars.len(), |place| place + end.len())
}

/// Returns the length of a comment, which can contain others.
fn block_comment(chars: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < chars.len() {
        match &chars[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn char_or_lifetime(chars: &[char]) -> usize {
    match chars {
        ['\'', '\\', _, rest @ ..] => 3 + length_until(rest, &['\'']),
        ['\'', _, '\'', ..] => 3,
        // A lifetime: its name is no word of the source.
        _ => 1 + chars.iter().skip(1).take_while(|c| is_word(**c)).count(),
    }
}

/// Returns a text with escapes, and its length with the closing quote.
fn escaped(chars: &[char]) -> (String, usize) {
    let (mut text, mut at) = (String::new(), 0);
    while let Some(c) = chars.get(at) {
        at += 1;
        match c {
            '"' => break,
            '\\' => {
                match chars.get(at) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    // The line continues without its indentation.
                    Some('\n') => {
                        let blank = chars[at..].iter().take_while(|c| c.is_whitespace());
                        at += blank.count() - 1;
                    }
                    Some(other) => text.push(*other),
                    None => {}
                }
                at += 1;
            }
            other => text.push(*other),
        }
    }
    (text, at)
}

/// Returns a raw text, and its length with the delimiters. `None` for an identifier, such as `r#type` or a variable `r`.
fn raw(chars: &[char]) -> Option<(String, usize)> {
    let hashes = chars.iter().take_while(|c| **c == '#').count();
    if chars.get(hashes) != Some(&'"') {
        return None;
    }
    let mut end = vec!['"'];
    end.resize(hashes + 1, '#');
    let inside = &chars[hashes + 1..];
    let length = length_until(inside, &end);
    let text = inside[..length.saturating_sub(end.len())].iter().collect();
    Some((text, hashes + 1 + length))
}

/// Returns the names in a piece of SQL in lower case, each with the character before it: `.` for a column of a table. Comments, texts and
/// names of results, after `as`, are left out.
pub(crate) fn names(sql: &str) -> Vec<(char, String)> {
    let chars: Vec<char> = sql.chars().collect();
    let (mut found, mut before, mut at) = (Vec::<(char, String)>::new(), ' ', 0);
    let mut is_result = false;
    while at < chars.len() {
        let rest = &chars[at..];
        let length = match rest {
            ['-', '-', ..] => length_until(rest, &['\n']),
            ['/', '*', ..] => block_comment(rest),
            ['\'', ..] => 1 + length_until(&rest[1..], &['\'']),
            ['"', ..] => {
                let length = length_until(&rest[1..], &['"']);
                let name: String = rest[1..length].iter().collect();
                if !is_result {
                    found.push((before, name));
                }
                is_result = false;
                1 + length
            }
            [first, ..] if is_word(*first) => {
                let length = rest.iter().take_while(|c| is_word(**c)).count();
                let name: String = rest[..length].iter().collect();
                let name = name.to_lowercase();
                let is_as = name == "as";
                if !is_result {
                    found.push((before, name));
                }
                is_result = is_as;
                length
            }
            _ => 1,
        };
        if !rest[0].is_whitespace() {
            is_result &= length > 1 || is_word(rest[0]);
            before = if length == 1 { rest[0] } else { ' ' };
        }
        at += length;
    }
    found
}
