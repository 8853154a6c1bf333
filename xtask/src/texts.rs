//! Texts of the interface, in `app/locales`: generation of the functions and of the tables that are derived from them.

mod catalogue;
mod families;
mod functions;
mod messages;
mod placeholders;
mod pseudo;
mod verify;

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::Result;

pub(crate) use verify::problems;

use crate::{files, workspace::Workspace};
use catalogue::{ENGLISH, LANGUAGES, PSEUDO, read};

/// Folder of the generated modules.
const MODULES: &str = "app/src/text";

/// Folder of the generated tables, one for each language but English, named by its tag.
pub(crate) const TABLES: &str = "app/src/text/tables";

/// File with the list of the modules.
const ROOT: &str = "app/src/text.rs";

/// Writes the generated files that have changed.
///
/// # Errors
/// A file of the texts is not valid.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for (file, content) in generated(workspace)? {
        if fs::read_to_string(&file).is_ok_and(|found| found == content) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, content)?;
        println!("{}", file.strip_prefix(&workspace.root)?.display());
    }
    Ok(())
}

/// Lists the generated files that are not up to date.
pub(crate) fn outdated(workspace: &Workspace) -> Result<Vec<String>> {
    let mut outdated = Vec::new();
    for (file, content) in generated(workspace)? {
        if fs::read_to_string(&file).is_ok_and(|found| found == content) {
            continue;
        }
        let file = file.strip_prefix(&workspace.root)?.display().to_string();
        outdated.push(format!("{file} is not up to date: run `cargo xtask texts`"));
    }
    Ok(outdated)
}

/// Returns path and content of all generated files: a module per area, the file with their list, the constructors of error
/// messages, and a table per language.
fn generated(workspace: &Workspace) -> Result<BTreeMap<PathBuf, String>> {
    let english = read(workspace, ENGLISH)?;
    let modules = workspace.root.join(MODULES);
    let mut all = BTreeMap::new();
    for (area, texts) in &english {
        if area == messages::ERRORS {
            let module = messages::module(workspace, texts)?;
            all.insert(workspace.root.join(messages::FILE), module);
        } else {
            let module = functions::module(workspace, area, texts)?;
            all.insert(modules.join(format!("{area}.rs")), module);
        }
    }
    let areas: Vec<&str> = english.keys().map(String::as_str).collect();
    let root = workspace.root.join(ROOT);
    let listed = functions::root(&files::text(&root)?, &areas)?;
    all.insert(root, listed);
    for (language, _) in LANGUAGES.iter().filter(|(tag, _)| *tag != ENGLISH) {
        let texts = match *language {
            PSEUDO => pseudo::areas(&english),
            language => read(workspace, language)?,
        };
        let table = workspace.root.join(TABLES).join(format!("{language}.json"));
        all.insert(table, catalogue::table(texts)?);
    }
    Ok(all)
}

/// Folders of the programs that use the texts.
const PROGRAMS: &[&str] = &["app/src", "server/src"];

/// Folders of the crates that create messages of errors, beside the programs.
const CRATES: &[&str] = &["crates/api/src", "crates/domain/src", "crates/service/src"];

/// Returns the sources in some folders, without the generated ones.
fn sources(workspace: &Workspace, folders: &[&str]) -> Result<String> {
    let generated = [MODULES, messages::FILE].map(|path| workspace.root.join(path));
    let mut sources = String::new();
    for folder in folders {
        for file in files::with_extension(&workspace.root.join(folder), &["rs"])? {
            if !generated.iter().any(|path| file.starts_with(path)) {
                sources.push_str(&files::text(&file)?);
            }
        }
    }
    Ok(sources)
}
