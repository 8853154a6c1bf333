//! Words that docs/GLOSSARY.md replaces, in identifiers, comments, texts and documentation.
//!
//! `docs/openapi.json` is not checked: the server derives it from the doc comments and names in its sources, so checking the
//! sources covers it.

mod finder;
mod glossary;
mod rules;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Error, Result};

use super::Verdict;
use crate::{files, workspace::Workspace};
use finder::{Finder, Found};
use rules::Rules;

/// The document with the table `not | but | note`.
const GLOSSARY: &str = "docs/GLOSSARY.md";

/// Terms that the table cannot express, and the exceptions.
const RULES: &str = "xtask/src/check/words.toml";

/// Maximum number of findings that are printed.
const PRINTED_MAX: usize = 50;

/// Folders with hand-written files; `files::under` skips `node_modules`.
const FOLDERS: &[&str] = &[
    ".ci",
    "app",
    "bench",
    "crates",
    "deploy",
    "docs",
    "end2end",
    "frontend",
    "fuzz",
    "migrations",
    "public",
    "scripts",
    "server",
    "style",
    "xtask",
];

/// Folders in them that tests write to.
const OUTPUT: &[&str] = &["end2end/results", "end2end/shots", "fuzz/.schemathesis"];

const EXTENSIONS: &[&str] = &[
    "conf", "css", "js", "md", "rs", "service", "sh", "snap", "sql", "toml", "ts",
];

/// Files of any folder that have no extension.
const NAMES: &[&str] = &[
    ".env.example",
    "Containerfile",
    "Makefile",
    "env",
    "postgres",
    "run",
    "toolchain",
    "user",
];

/// A forbidden word in a file.
struct Finding {
    path: String,
    /// Line number from 1; 0 for the path itself.
    line: usize,
    word: String,
    instead: String,
}

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let table = glossary::entries(&files::text(&workspace.root.join(GLOSSARY))?);
    let rules = Rules::parse(&files::text(&workspace.root.join(RULES))?)?;
    let finder = Finder::new(rules.terms(&table));
    let mut findings = Vec::new();
    for file in sources(&workspace.root)? {
        let path = file.strip_prefix(&workspace.root)?.to_string_lossy();
        findings.extend(findings_in(&path, &files::text(&file)?, &finder, &rules));
    }
    verdict(&findings)
}

/// Returns the files to check: those directly in the root and those in [`FOLDERS`], except [`OUTPUT`].
fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(root)? {
        let file = entry?.path();
        if file.is_file() {
            sources.push(file);
        }
    }
    sources.sort();
    for folder in FOLDERS {
        sources.extend(files::under(&root.join(folder))?);
    }
    let output: Vec<PathBuf> = OUTPUT.iter().map(|folder| root.join(folder)).collect();
    sources.retain(|file| is_source(file) && !output.iter().any(|folder| file.starts_with(folder)));
    Ok(sources)
}

fn is_source(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default();
    files::has_extension(file, EXTENSIONS) || NAMES.iter().any(|known| name == *known)
}

fn findings_in(path: &str, text: &str, finder: &Finder, rules: &Rules) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The path goes first, so that the lines after it count from 1.
    for (number, line) in std::iter::once(path).chain(text.lines()).enumerate() {
        for Found { word, term } in finder.find(line) {
            if !rules.allow(path, line, &term.name) {
                findings.push(Finding {
                    path: path.to_owned(),
                    line: number,
                    word: word.to_owned(),
                    instead: term.instead.clone(),
                });
            }
        }
    }
    findings
}

/// Returns an error that lists the first findings and counts all of them.
fn verdict(findings: &[Finding]) -> Result<Verdict> {
    if findings.is_empty() {
        return Ok(Verdict::Ok);
    }
    let mut lines: Vec<String> = findings.iter().take(PRINTED_MAX).map(line).collect();
    if findings.len() > PRINTED_MAX {
        lines.push(format!("… and {} more", findings.len() - PRINTED_MAX));
    }
    let mut paths: Vec<&str> = findings.iter().map(|found| found.path.as_str()).collect();
    // Findings are in the order of the files, so equal paths are neighbours.
    paths.dedup();
    lines.push(format!(
        "{} forbidden words in {} files; exceptions go into {RULES}, with a reason",
        findings.len(),
        paths.len()
    ));
    Err(Error::msg(lines.join("\n")))
}

fn line(found: &Finding) -> String {
    let Finding {
        path,
        line,
        word,
        instead,
    } = found;
    format!("{path}:{line}: \"{word}\" → use \"{instead}\"")
}

#[cfg(test)]
mod tests;
