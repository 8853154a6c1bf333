//! Files of the parts of the app: all modules that a part needs in one file, which is one request and compresses better than
//! its modules do one by one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};

use crate::files;

/// Extension of the files.
pub(super) const EXTENSION: &str = "part";

/// Script of `wasm_split_cli_support` that loads and instantiates the modules.
const SCRIPT: &str = "__wasm_split.js";

/// Text around the name of a module where that script requests it, and the text that requests it from the file of a part.
const REQUEST: [&str; 2] = [r#"fetch(new URL("./"#, r#".wasm", import.meta.url))"#];
const REQUEST_FROM_FILE: [&str; 2] = [r#"requestModule(""#, r#"")"#];

/// Names of the modules of each part, in the order in which its file has them.
pub(super) type Parts = BTreeMap<String, Vec<String>>;

/// Changes the script in a folder so that it loads the files of the parts. `loader` is the script that does so.
pub(super) fn load_from_files(folder: &Path, parts: &Parts, loader: &Path) -> Result<()> {
    for (part, modules) in parts {
        let own = format!("split_{part}");
        ensure!(modules.contains(&own), "the part {part} has no code");
    }
    let script = folder.join(SCRIPT);
    let changed = from_files(&files::text(&script)?, parts, &files::text(loader)?)?;
    fs::write(&script, changed).with_context(|| format!("{} cannot be written", script.display()))
}

fn from_files(script: &str, parts: &Parts, loader: &str) -> Result<String> {
    let mut changed = script.to_owned();
    for (request, from_file) in REQUEST.into_iter().zip(REQUEST_FROM_FILE) {
        changed = changed.replace(request, from_file);
    }
    ensure!(
        changed != script && !changed.contains("fetch("),
        "{SCRIPT} requests modules in another way than expected"
    );
    let parts = serde_json::to_string(parts)?;
    Ok(format!(
        "{changed}\nconst FOLDER = new URL(\"./\", import.meta.url);\nconst PARTS = {parts};\n{loader}"
    ))
}

/// Writes the file of each part into the folder with the modules, and deletes the modules.
pub(super) fn join(folder: &Path, parts: &Parts) -> Result<()> {
    let path = |module: &String| folder.join(format!("{module}.wasm"));
    for (part, modules) in parts {
        let contents: Vec<Vec<u8>> = modules
            .iter()
            .map(|module| fs::read(path(module)).with_context(|| format!("{module} is missing")))
            .collect::<Result<_>>()?;
        fs::write(
            folder.join(format!("{part}.{EXTENSION}")),
            joined(&contents)?,
        )?;
    }
    let modules: BTreeSet<&String> = parts.values().flatten().collect();
    for module in modules {
        fs::remove_file(path(module))?;
    }
    Ok(())
}

/// Joins modules, each after its length: 4 bytes, the lowest first.
fn joined(modules: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    for module in modules {
        file.extend(u32::try_from(module.len())?.to_le_bytes());
        file.extend(module);
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_follow_their_lengths() {
        let file = joined(&[b"abc".to_vec(), Vec::new(), b"d".to_vec()]).unwrap();
        assert_eq!(file, b"\x03\0\0\0abc\0\0\0\0\x01\0\0\0d");
    }

    #[test]
    fn script_requests_modules_from_the_files() {
        let parts = Parts::from([("users".to_owned(), vec!["split_users".to_owned()])]);
        let script = r#"const src = fetch(new URL("./split_users.wasm", import.meta.url));"#;
        let changed = from_files(script, &parts, "// loader").unwrap();
        assert_eq!(
            changed,
            concat!(
                "const src = requestModule(\"split_users\");\n",
                "const FOLDER = new URL(\"./\", import.meta.url);\n",
                "const PARTS = {\"users\":[\"split_users\"]};\n",
                "// loader"
            )
        );
        let other = r#"const src = fetch("split_users.wasm");"#;
        assert!(from_files(other, &parts, "").is_err());
    }
}
