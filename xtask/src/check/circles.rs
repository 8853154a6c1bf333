//! Circles of imports between the top-level modules of a package.
//!
//! Items of `lib.rs` itself are below all modules; one that it re-exports belongs to its module.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::{Verdict, graph, imports::paths_below_root, judge, sizes};
use crate::{files, workspace::Workspace};

/// Imports that may be on a circle: the package, the importing module, the imported ones, and the reason.
const EXCEPTIONS: &[(&str, &str, &[&str], &str)] = &[(
    "domain",
    "users",
    &["credentials", "filter", "list"],
    "the module has the ids and names that all modules use, besides the forms and lists of users",
)];

/// Imports between modules: the importing and the imported one, each pair with a file.
type Imports = BTreeMap<(String, String), String>;

/// Source file: its path below the folder of the sources, and its text.
type Source = (PathBuf, String);

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let metadata = graph::own_metadata(workspace)?;
    let mut problems = Vec::new();
    for package in graph::own(&metadata) {
        let folder = graph::folder(package)?;
        let sources = sources(&folder.join("src"))?;
        problems.extend(problems_of(&package.name, &sources));
    }
    judge(&problems)
}

/// Returns the source files in a folder, without those of tests.
fn sources(folder: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for file in files::with_extension(folder, &["rs"])? {
        let name = file.strip_prefix(folder)?.to_owned();
        if !sizes::is_test(&name) {
            sources.push((name, files::text(&file)?));
        }
    }
    Ok(sources)
}

/// Returns a line for each import on a circle that is no exception, and for each exception that is not needed.
fn problems_of(package: &str, sources: &[Source]) -> Vec<String> {
    let mut circles = on_circles(imports(sources));
    let mut problems = Vec::new();
    for (_, from, imported, _) in EXCEPTIONS.iter().filter(|(name, ..)| *name == package) {
        for to in *imported {
            let import = ((*from).to_owned(), (*to).to_owned());
            if circles.remove(&import).is_none() {
                problems.push(format!(
                    "{package}: {from} imports {to} on no circle, so it needs no exception"
                ));
            }
        }
    }
    let circles = on_circles(circles);
    problems.extend(circles.iter().map(|((from, to), file)| {
        format!("{package}: {from} imports {to} on a circle (src/{file})")
    }));
    problems
}

/// Returns the imports between the top-level modules of a package.
fn imports(sources: &[Source]) -> Imports {
    let exported = exported(sources);
    let mut imports = Imports::new();
    for (file, text) in sources.iter().filter(|(file, _)| !is_root(file)) {
        let module = file.with_extension("");
        let module: Vec<&str> = module.iter().filter_map(|name| name.to_str()).collect();
        for path in paths_below_root(&module, text) {
            let (Some(from), Some(to)) = (module.first(), path.first()) else {
                continue;
            };
            let to = exported.get(*to).map_or(*to, String::as_str);
            if to != *from {
                imports
                    .entry(((*from).to_owned(), to.to_owned()))
                    .or_insert_with(|| file.display().to_string());
            }
        }
    }
    imports
}

/// Returns the names that the root of a package re-exports, each with its module.
fn exported(sources: &[Source]) -> BTreeMap<String, String> {
    let mut exported = BTreeMap::new();
    for (_, text) in sources.iter().filter(|(file, _)| is_root(file)) {
        let text = text.replace("pub use ", "pub use crate::");
        for path in paths_below_root(&[], &text) {
            if let [module, .., name] = path.as_slice() {
                exported.insert((*name).to_owned(), (*module).to_owned());
            }
        }
    }
    exported
}

/// Returns whether a file is the root of a package.
fn is_root(file: &Path) -> bool {
    [Path::new("lib.rs"), Path::new("main.rs")].contains(&file)
}

/// Returns the imports on circles and between circles.
fn on_circles(mut imports: Imports) -> Imports {
    loop {
        let before = imports.len();
        let importing: BTreeSet<String> = imports.keys().map(|(from, _)| from.clone()).collect();
        let imported: BTreeSet<String> = imports.keys().map(|(_, to)| to.clone()).collect();
        imports.retain(|(from, to), _| imported.contains(from) && importing.contains(to));
        if imports.len() == before {
            return imports;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the problems of a package with these files.
    fn problems(package: &str, sources: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = sources
            .iter()
            .map(|(file, text)| (PathBuf::from(file), (*text).to_owned()))
            .collect();
        problems_of(package, &sources)
    }

    #[test]
    fn modules_that_import_each_other_are_reported() {
        let found = problems(
            "server",
            &[
                ("config.rs", "use crate::{cli::Failure, proxies};"),
                ("cli.rs", "mod place;"),
                ("cli/place.rs", "use super::super::config::Config;"),
                ("proxies.rs", ""),
                ("serve.rs", "use crate::cli::run;"),
            ],
        );
        assert_eq!(
            found,
            [
                "server: cli imports config on a circle (src/cli/place.rs)",
                "server: config imports cli on a circle (src/config.rs)",
            ]
        );
    }

    #[test]
    fn a_circle_may_have_several_modules() {
        let sources = [
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::a::A;"),
        ];
        assert_eq!(problems("server", &sources).len(), 3);
        assert!(problems("server", &sources[1..]).is_empty());
    }

    #[test]
    fn a_name_that_the_root_exports_belongs_to_its_module() {
        let found = problems(
            "server",
            &[
                ("lib.rs", "mod a;\nmod b;\n\npub use a::A;\n"),
                ("a.rs", "use crate::b::B;"),
                ("b.rs", "use crate::A;"),
            ],
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn modules_of_one_file_and_tests_may_import_each_other() {
        let found = problems(
            "server",
            &[
                ("forms.rs", "use self::send::send;"),
                (
                    "forms/send.rs",
                    "use super::Fields;\nuse crate::forms::draw;",
                ),
                (
                    "state.rs",
                    "#[cfg(test)]\nmod tests {\n    use crate::forms::draw;\n}\n",
                ),
                ("forms/draw.rs", "use crate::state::AppState;"),
            ],
        );
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn an_exception_that_is_not_needed_is_reported() {
        let mut sources = vec![
            ("credentials.rs", "use crate::users::UserId;"),
            ("filter.rs", "use crate::users::UserId;"),
            ("list.rs", "use crate::filter::Filter;"),
            ("users.rs", "use crate::{credentials, filter, list};"),
        ];
        assert!(problems("domain", &sources).is_empty());
        sources.remove(0);
        assert_eq!(
            problems("domain", &sources),
            ["domain: users imports credentials on no circle, so it needs no exception"]
        );
    }
}
