//! Maximum length of source files.

use std::path::Path;

use anyhow::Result;

use super::{Verdict, judge};
use crate::{files, workspace::Workspace};

/// Maximum number of lines per file, without its tests.
const LIMIT: usize = 300;

/// Folders with hand-written code. Migrations are excluded, because an applied migration never changes.
const FOLDERS: &[&str] = &[
    "app", "crates", "end2end", "frontend", "scripts", "server", "style", "xtask",
];

const EXTENSIONS: &[&str] = &["css", "js", "rs", "sh", "ts"];

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let mut errors = Vec::new();
    for folder in FOLDERS {
        for file in files::with_extension(&workspace.root.join(folder), EXTENSIONS)? {
            let lines = lines_without_tests(&files::text(&file)?);
            if lines > LIMIT && !is_test(&file) {
                errors.push(format!(
                    "{}: {lines} lines, at most {LIMIT}",
                    file.display()
                ));
            }
        }
    }
    judge(&errors)
}

/// Returns whether a file is one of tests.
pub(super) fn is_test(file: &Path) -> bool {
    file.with_extension("")
        .components()
        .any(|part| part.as_os_str() == "tests")
}

/// Returns the number of lines before the test module, which comes last in a file.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .position(|pair| {
            pair.first() == Some(&"#[cfg(test)]") && pair.last() == Some(&"mod tests {")
        })
        .unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_and_folders_are_recognised_by_name() {
        assert!(is_test(Path::new("server/tests/api/users.rs")));
        assert!(is_test(Path::new("crates/domain/src/filter/tests.rs")));
        assert!(!is_test(Path::new("crates/domain/src/filter.rs")));
    }

    #[test]
    fn test_module_does_not_count() {
        assert_eq!(
            lines_without_tests("a\nb\n#[cfg(test)]\nmod tests {\n}\n"),
            2
        );
        assert_eq!(
            lines_without_tests("a\n#[cfg(test)]\nfn helper() {}\nb\n"),
            4
        );
    }
}
