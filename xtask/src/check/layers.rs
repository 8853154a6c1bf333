//! Allowed imports between the modules of the user interface, as described in docs/ARCHITECTURE.md.

use std::path::Path;

use anyhow::Result;

use super::{Verdict, judge};
use crate::{files, workspace::Workspace};

/// Folder of the user interface.
const FOLDER: &str = "app/src";

/// Modules from the lowest to the highest, each with the modules that it may import. A module that is not listed may
/// import none. `lib.rs` is above all of them.
const LAYERS: &[(&str, &[&str])] = &[
    ("access", &[]),
    ("format", &[]),
    ("hydrated", &[]),
    ("api", &["format"]),
    ("context", &["api"]),
    ("links", &["api"]),
    (
        "components",
        &["format", "hydrated", "api", "context", "links"],
    ),
    (
        PAGES,
        &[
            "format",
            "hydrated",
            "api",
            "context",
            "links",
            "components",
        ],
    ),
    ("parts", &["components", PAGES]),
    (
        "routes",
        &["hydrated", "context", "components", PAGES, "parts"],
    ),
    ("shell", &["context", "routes"]),
];

/// Module whose direct children import none of each other.
const PAGES: &str = "pages";

/// Beginning of the tests, which come last in a file and may import every module.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let folder = workspace.root.join(FOLDER);
    let mut problems = Vec::new();
    for file in files::with_extension(&folder, &["rs"])? {
        let name = file.strip_prefix(&folder)?;
        let found = forbidden(name, &files::text(&file)?);
        let line = |path: String| format!("{FOLDER}/{} must not import {path}", name.display());
        problems.extend(found.into_iter().map(line));
    }
    judge(&problems)
}

/// Returns the paths in a file that its layer must not import. The name of the file is relative to the folder.
fn forbidden(file: &Path, text: &str) -> Vec<String> {
    let module = file.with_extension("");
    let module: Vec<&str> = module.iter().filter_map(|name| name.to_str()).collect();
    if module == ["lib"] {
        return Vec::new();
    }
    let code = text.split(TESTS).next().unwrap_or_default();
    let tokens = tokens(code);
    let paths = paths(&tokens).into_iter().map(|path| full(&module, &path));
    paths
        .filter(|path| !is_allowed(&module, path))
        .map(|path| path.join("::"))
        .collect()
}

/// Returns whether a module may import a path, both beginning below the root of the package.
fn is_allowed(module: &[&str], path: &[&str]) -> bool {
    match (module, path) {
        ([PAGES, page, ..], [PAGES, other, ..]) => page == other,
        ([from, ..], [to, ..]) if from != to => below(from).contains(to),
        _ => true,
    }
}

fn below(module: &str) -> &'static [&'static str] {
    LAYERS
        .iter()
        .find(|(name, _)| *name == module)
        .map_or(&[], |(_, below)| below)
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

    fn forbidden_in(file: &str, text: &str) -> Vec<String> {
        forbidden(Path::new(file), text)
    }

    #[test]
    fn layers_import_lower_ones_only() {
        for (number, (name, below)) in LAYERS.iter().enumerate() {
            for module in *below {
                let place = LAYERS.iter().position(|(other, _)| other == module);
                assert!(
                    place.is_some_and(|place| place < number),
                    "{name}: {module}"
                );
            }
        }
    }

    #[test]
    fn components_import_no_pages() {
        let text = "use super::icon::Icon;\nuse crate::{\n    api::done::Done,\n    // Forms.\n    pages::form::{self, Sending as State},\n};\n";
        assert_eq!(
            forbidden_in("components/dialog.rs", text),
            ["pages::form::self", "pages::form::Sending"]
        );
        assert_eq!(forbidden_in("pages/form.rs", text), ["pages::icon::Icon"]);
    }

    #[test]
    fn paths_outside_of_imports_count() {
        let text = "fn a() -> u8 {\n    crate::routes::b() + super::super::parts::C as u8\n}\n";
        assert_eq!(
            forbidden_in("components/selection/bar.rs", text),
            ["routes::b"]
        );
        assert_eq!(
            forbidden_in("components/selection.rs", text),
            ["routes::b", "parts::C"]
        );
    }

    #[test]
    fn a_page_imports_no_other_page() {
        let text = "use super::{\n    super::{Opened, overview::Overview},\n    About,\n};\nuse crate::pages::{form, users::links::href};\n";
        assert_eq!(
            forbidden_in("pages/person/dialogs/delete.rs", text),
            ["pages::form", "pages::users::links::href"]
        );
        assert_eq!(
            forbidden_in("pages/overview.rs", "use super::person::{Person, path};"),
            ["pages::person::Person", "pages::person::path"]
        );
        assert!(forbidden_in("parts.rs", "use crate::pages::{audit, users};").is_empty());
    }

    #[test]
    fn a_module_outside_of_the_table_imports_none() {
        let text = "use crate::format::count;";
        assert_eq!(forbidden_in("new.rs", text), ["format::count"]);
        assert_eq!(
            forbidden_in("components/new.rs", "use crate::App;"),
            ["App"]
        );
        assert!(forbidden_in("lib.rs", "pub use crate::routes::App;").is_empty());
    }

    #[test]
    fn comments_and_tests_may_name_any_module() {
        let text = "//! See [`crate::routes`].\n\npub(crate) fn a() {}\npub(in crate::api) fn b() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::routes::App;\n}\n";
        assert!(forbidden_in("api/site.rs", text).is_empty());
    }
}
