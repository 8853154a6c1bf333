//! Every dependency that a package names is one that its sources name.
//!
//! A dependency is used by its name, with `_` for `-`; one whose name is nowhere in the sources is not
//! used. The reverse does not hold: a name in a comment counts as use.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use super::{Verdict, graph, judge};
use crate::{files, workspace::Workspace};

/// Dependencies that no source names, and what they are for.
const UNNAMED: &[(&str, &str, &str)] = &[(
    "frontend",
    "wasm-bindgen-futures",
    "what #[wasm_bindgen] makes of an async function names it",
)];

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let metadata = graph::metadata(workspace)?;
    let mut faults = Vec::new();
    for package in graph::own(&metadata) {
        let sources = sources(package)?;
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            if !names(&sources, &name.replace('-', "_")) && !is_expected(&package.name, name) {
                let kind = dependency.kind;
                faults.push(format!(
                    "{} names {name} ({kind}) and does not use it",
                    package.name
                ));
            }
        }
    }
    judge(&faults)
}

fn is_expected(package: &str, dependency: &str) -> bool {
    UNNAMED
        .iter()
        .any(|(user, name, _)| *user == package && *name == dependency)
}

/// All Rust of a package in one text.
fn sources(package: &Package) -> Result<String> {
    let folder: &Path = package
        .manifest_path
        .parent()
        .context("a manifest is not in a folder")?
        .as_ref();
    let mut text = String::new();
    for file in files::with_extension(folder, &["rs"])? {
        text.push_str(&files::text(&file)?);
    }
    Ok(text)
}

/// Whether a name stands in a text as a word of its own.
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
    fn only_whole_words_are_names() {
        assert!(names("use time::Date;", "time"));
        assert!(names("time", "time"));
        assert!(!names("let runtime = 1; fn times() {}", "time"));
    }
}
