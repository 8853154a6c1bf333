//! Allowed imports between the modules of the user interface, as described in docs/ARCHITECTURE.md.

use std::path::Path;

use anyhow::Result;

use super::{Verdict, imports::paths_below_root, judge};
use crate::{files, workspace::Workspace};

/// Folder of the user interface.
const FOLDER: &str = "app/src";

/// Modules from the lowest to the highest, each with the modules that it may import. A module that is not listed may
/// import none. `lib.rs` is above all of them.
const LAYERS: &[(&str, &[&str])] = &[
    ("hydrated", &[]),
    ("text", &[]),
    ("format", &["text"]),
    ("labels", &["text", "format"]),
    ("preferences", &["text"]),
    ("api", &["text", "format", "labels", "preferences"]),
    ("context", &["text", "labels", "preferences", "api"]),
    ("links", &["api"]),
    (
        "components",
        &[
            "hydrated",
            "text",
            "format",
            "labels",
            "preferences",
            "api",
            "context",
            "links",
        ],
    ),
    (
        PAGES,
        &[
            "hydrated",
            "text",
            "format",
            "labels",
            "preferences",
            "api",
            "context",
            "links",
            "components",
        ],
    ),
    ("parts", &["text", "components", PAGES]),
    ("screens", &["text", "components", "parts"]),
    (
        "routes",
        &[
            "hydrated",
            "text",
            "context",
            "components",
            PAGES,
            "screens",
        ],
    ),
    ("shell", &["text", "context", "routes"]),
];

/// Module whose direct children import none of each other.
const PAGES: &str = "pages";

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
    paths_below_root(&module, text)
        .into_iter()
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
