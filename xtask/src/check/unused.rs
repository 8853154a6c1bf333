//! Unused dependencies.
//!
//! A dependency counts as used if its name, with `_` for `-`, occurs in the sources of the package. An occurrence in
//! a comment counts too, so the check may miss unused dependencies but reports no used ones.

use anyhow::Result;
use cargo_metadata::Package;

use super::{Verdict, graph, judge};
use crate::{files, workspace::Workspace};

/// Dependencies whose name does not occur in the sources, with the reason why they are needed.
const UNNAMED: &[(&str, &str, &str)] = &[(
    "frontend",
    "wasm-bindgen-futures",
    "the expansion of #[wasm_bindgen] on an async function uses it",
)];

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let metadata = graph::metadata(workspace)?;
    let mut errors = Vec::new();
    for package in graph::own(&metadata) {
        let sources = sources(package)?;
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            if !names(&sources, &name.replace('-', "_")) && !is_expected(&package.name, name) {
                let kind = dependency.kind;
                errors.push(format!(
                    "{} declares {name} ({kind}) and does not use it",
                    package.name
                ));
            }
        }
    }
    judge(&errors)
}

fn is_expected(package: &str, dependency: &str) -> bool {
    UNNAMED
        .iter()
        .any(|(user, name, _)| *user == package && *name == dependency)
}

/// Returns the text of all Rust files of a package.
fn sources(package: &Package) -> Result<String> {
    let mut text = String::new();
    for file in files::with_extension(graph::folder(package)?, &["rs"])? {
        text.push_str(&files::text(&file)?);
    }
    Ok(text)
}

/// Reports whether a name occurs in a text as a whole word.
fn names(text: &str, name: &str) -> bool {
    let is_part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_part_of_word) && !after.is_some_and(is_part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_match() {
        assert!(names("use time::Date;", "time"));
        assert!(names("time", "time"));
        assert!(!names("let runtime = 1; fn times() {}", "time"));
    }
}
