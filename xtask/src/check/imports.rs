//! Paths in a source file to items of its package, read as text.

/// Beginning of the tests, which come last in a file and may import every module.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

/// Returns the paths in the file of a module to items of its package, from below the root of the package. Paths in comments
/// and tests do not count.
pub(super) fn paths_below_root<'a>(module: &[&'a str], text: &'a str) -> Vec<Vec<&'a str>> {
    let code = text.split(TESTS).next().unwrap_or_default();
    let paths = paths(&tokens(code));
    paths.iter().map(|path| full(module, path)).collect()
}

/// Splits code into names, `::` and single characters, without comment lines.
fn tokens(code: &str) -> Vec<&str> {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut tokens = Vec::new();
    for line in code.lines().map(str::trim_start) {
        let mut rest = if line.starts_with("//") { "" } else { line };
        while let Some(first) = rest.chars().next() {
            let length = if rest.starts_with("::") {
                2
            } else if is_of_name(first) {
                let end = rest.find(|letter: char| !is_of_name(letter));
                end.unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            tokens.push(token);
            rest = after.trim_start();
        }
    }
    tokens
}

/// Returns the paths that begin with `crate` or `super`, in imports and elsewhere.
fn paths<'a>(tokens: &[&'a str]) -> Vec<Vec<&'a str>> {
    let (mut rest, mut before, mut found) = (tokens, "", Vec::new());
    loop {
        rest = match rest {
            ["crate" | "super", "::", ..] if before != "::" => expand(rest, &[], &mut found),
            [token, after @ ..] => {
                before = *token;
                after
            }
            [] => return found,
        };
    }
}

/// Adds the paths of an import tree. Returns the tokens after it.
fn expand<'t, 'a>(
    tokens: &'t [&'a str],
    above: &[&'a str],
    found: &mut Vec<Vec<&'a str>>,
) -> &'t [&'a str] {
    let (mut rest, mut path) = (tokens, above.to_vec());
    loop {
        rest = match rest {
            ["{", group @ ..] => return expand_group(group, &path, found),
            [name, "::", after @ ..] => {
                path.push(*name);
                after
            }
            [name, "as", _, after @ ..] | [name, after @ ..] => {
                path.push(*name);
                found.push(path);
                return after;
            }
            [] => return rest,
        };
    }
}

/// Adds the paths of a group in braces, whose opening brace is not among the tokens. Returns the tokens after it.
fn expand_group<'t, 'a>(
    tokens: &'t [&'a str],
    above: &[&'a str],
    found: &mut Vec<Vec<&'a str>>,
) -> &'t [&'a str] {
    let mut rest = tokens;
    loop {
        rest = match rest {
            ["}", after @ ..] => return after,
            [",", after @ ..] => after,
            [] => return rest,
            _ => expand(rest, above, found),
        };
    }
}

/// Returns a path from a module as a path below the root of the package.
fn full<'a>(module: &[&'a str], path: &[&'a str]) -> Vec<&'a str> {
    let mut full = match path.first() {
        Some(&"super") => module.to_vec(),
        _ => Vec::new(),
    };
    for name in path {
        match *name {
            "crate" => {}
            "super" => {
                full.pop();
            }
            name => full.push(name),
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_expanded() {
        let text =
            "use super::a::A;\nuse crate::{\n    b::{self, B as C},\n    // D.\n    d,\n};\n";
        let found = paths_below_root(&["x", "y"], text);
        let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["x::a::A", "b::self", "b::B", "d"]);
    }

    #[test]
    fn paths_outside_of_imports_count() {
        let text = "fn a() -> u8 {\n    crate::b::c() + super::d::e()\n}\n";
        assert_eq!(
            paths_below_root(&["x"], text),
            [vec!["b", "c"], vec!["d", "e"]]
        );
    }

    #[test]
    fn comments_and_tests_do_not_count() {
        let text = "//! See [`crate::a`].\n\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n";
        assert!(paths_below_root(&["x"], text).is_empty());
    }
}
