//! First words of doc comments: a verb or a noun, not a relative clause.

use std::path::Path;

use anyhow::{Error, Result};

use super::{Verdict, graph};
use crate::{files, workspace::Workspace};

/// Words that begin a riddle where the convention asks for "Returns …" or "The id of …".
const OPENINGS: &[&str] = &[
    "By", "From", "How", "Those", "What", "Who", "Whoever", "Whose",
];

/// Maximum share of such doc comments in a package, in percent.
const SHARE_MAX: usize = 5;

/// Maximum number of doc comments that are printed for a package.
const PRINTED_MAX: usize = 50;

/// Doc comments of a package.
#[derive(Default)]
struct Counted {
    total: usize,
    /// Path and line of those with one of [`OPENINGS`].
    found: Vec<String>,
}

/// Prints the share of each package; an error lists the doc comments of those with too many.
pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let metadata = graph::own_metadata(workspace)?;
    let mut failures = Vec::new();
    for package in graph::own(&metadata) {
        let folder = graph::folder(package)?;
        let counted = count(folder, &workspace.root)?;
        println!("         {}", counted.line(&package.name));
        if !counted.is_within_limit() {
            failures.extend(counted.found.iter().take(PRINTED_MAX).cloned());
            failures.push(counted.line(&package.name));
        }
    }
    if failures.is_empty() {
        return Ok(Verdict::Ok);
    }
    Err(Error::msg(failures.join("\n")))
}

fn count(folder: &Path, root: &Path) -> Result<Counted> {
    let mut counted = Counted::default();
    for file in files::with_extension(folder, &["rs"])? {
        counted.add(file.strip_prefix(root)?, &files::text(&file)?);
    }
    Ok(counted)
}

impl Counted {
    fn add(&mut self, path: &Path, text: &str) {
        let mut is_in_comment = false;
        for (line, number) in text.lines().zip(1..) {
            let comment = line.trim_start().strip_prefix("///");
            if let Some(comment) = comment
                && !is_in_comment
            {
                self.total += 1;
                if OPENINGS.contains(&first_word(comment)) {
                    let path = path.display();
                    self.found.push(format!("{path}:{number}:{comment}"));
                }
            }
            is_in_comment = comment.is_some();
        }
    }

    fn is_within_limit(&self) -> bool {
        self.found.len() * 100 <= self.total * SHARE_MAX
    }

    fn line(&self, package: &str) -> String {
        let (found, total) = (self.found.len(), self.total);
        let tenths = (found * 1000).checked_div(total).unwrap_or(0);
        format!(
            "{package}: {found} of {total} doc comments ({}.{} %) begin with {}; at most {SHARE_MAX} %",
            tenths / 10,
            tenths % 10,
            OPENINGS.join(", ")
        )
    }
}

/// Returns the letters before the first other character.
fn first_word(comment: &str) -> &str {
    let comment = comment.trim_start();
    comment
        .split(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> Counted {
        let mut counted = Counted::default();
        counted.add(Path::new("app/src/a.rs"), text);
        counted
    }

    #[test]
    fn each_opening_is_found() {
        for opening in OPENINGS {
            let counted = counted(&format!("mod a;\n\n    /// {opening} it is.\n"));
            assert_eq!(counted.found, [format!("app/src/a.rs:3: {opening} it is.")]);
            assert!(!counted.is_within_limit());
        }
        assert_eq!(counted("/// What's there.\n").found.len(), 1);
    }

    #[test]
    fn only_the_first_word_counts() {
        let counted = counted(
            "/// Returns the id.\n/// What it is.\nfn a() {}\n// What\n//! What\n/// Whatever.\nfn b() {}\n",
        );
        assert_eq!((counted.total, counted.found.len()), (2, 0));
    }

    #[test]
    fn one_in_twenty_is_within_the_limit() {
        let clean = "/// Returns it.\nfn a() {}\n";
        assert!(counted(&format!("{}/// What it is.\n", clean.repeat(19))).is_within_limit());
        assert!(!counted(&format!("{}/// What it is.\n", clean.repeat(18))).is_within_limit());
        assert!(counted("").is_within_limit());
    }

    #[test]
    fn the_share_is_printed() {
        let line =
            counted("/// What it is.\nfn a() {}\n/// Returns it.\n/// And more.\n").line("app");
        assert!(
            line.starts_with("app: 1 of 2 doc comments (50.0 %)"),
            "{line}"
        );
    }
}
