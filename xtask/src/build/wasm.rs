//! Build of the browser bundle: Rust to wasm, wasm to a module that a page can load.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use super::{
    Mode, compress,
    parts::{self, Parts},
    server::artifacts,
};
use crate::{
    files, fingerprint::Fingerprint, npm, process, refresh::refresh, report, steps,
    workspace::Workspace,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// Folder of the package `frontend`.
const FRONTEND: &str = "frontend";

/// Script in that folder that hydrates the page.
pub(super) const LOADER: &str = "take-over.js";

/// Scripts in that folder. Those beside `LOADER` are imported by it.
const SCRIPTS: [&str; 5] = [LOADER, "fields.js", "place.js", "pressed.js", "unsaved.js"];

/// Script in that folder that loads the modules of parts.
const MODULES: &str = "modules.js";

/// Folder with a second copy of the scripts. A browser runs a module script once per URL, so restarting the app needs
/// another URL.
const COPY: &str = "again";
/// Text by which a script names the folder of the parts, and by which its copy does.
const FOLDER: &str = r#"new URL("./"#;
const FOLDER_OF_COPY: &str = r#"new URL("../"#;

/// Options of `wasm-opt`. The features are those of rustc, listed one by one: `--all-features` produces a module that
/// Chromium rejects.
const OPTIMISE: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
    // Only tools read the list of features, and each module has one.
    "--strip-target-features",
];

/// Compiles the package `frontend` and returns the wasm file of rustc.
pub(super) fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let step = match mode {
        Mode::Dev => &steps::BROWSER_PACKAGE,
        Mode::Release => &steps::BROWSER_PACKAGE_RELEASE,
    };
    let step = step.start(workspace);
    let names = &workspace.settings.names;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package", &names.lib_package]);
    cargo.args(["--lib", "--target", TARGET]);
    if mode == Mode::Release {
        cargo.args(["--profile", &names.lib_profile_release]);
    }
    let raw = artifacts(&mut cargo)?
        .into_iter()
        .filter(|artifact| artifact.target.name == names.lib_package)
        .flat_map(|artifact| artifact.filenames)
        .find(|file| file.extension() == Some("wasm"))
        .ok_or_else(|| anyhow!("cargo built no wasm of {}", names.lib_package))?;
    step.finish();
    Ok(raw.into())
}

/// Returns the bundle folder of the last build in this mode.
pub(super) fn bundle_folder(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.cache().join(mode.folder()).join("wasm")
}

/// Creates `<name>.js`, `<name>.wasm`, the files of the lazily loaded parts and, if needed, `snippets/` from the compiled
/// module, adds the scripts of the page and returns their folder. Release builds are optimised and compressed.
pub(super) fn bundle(workspace: &Workspace, mode: Mode, raw: &Path) -> Result<PathBuf> {
    let folder = bundle_folder(workspace, mode);
    let name = &workspace.settings.output_name;
    // The module contains the version of wasm-bindgen that it needs, so its bytes cover that version too.
    let mut key = Fingerprint::new(&[name]);
    key.add_file(raw)?;
    let sources = workspace.root.join(FRONTEND);
    for script in SCRIPTS.into_iter().chain([MODULES]) {
        key.add_file(&sources.join(script))?;
    }
    if mode == Mode::Release {
        key.add(OPTIMISE.join(" ").as_bytes());
        key.add_file(&npm::tools_lock(workspace))?;
    }

    let ran = refresh(&folder, &key.finish(), |folder| {
        let first = folder.join("first");
        let parts = split(workspace, raw, &first, folder)?;
        parts::load_from_files(folder, &parts, &sources.join(MODULES))?;
        bind(workspace, mode, &first, folder)?;
        fs::remove_file(first)?;
        fs::rename(
            folder.join(format!("{name}_bg.wasm")),
            folder.join(format!("{name}.wasm")),
        )?;
        copy_scripts(folder)?;
        for script in SCRIPTS {
            fs::copy(sources.join(script), folder.join(script))?;
        }
        if mode == Mode::Release {
            optimise(workspace, folder)?;
        }
        parts::join(folder, &parts)?;
        if mode == Mode::Release {
            compress_all(workspace, folder)?;
        }
        Ok(())
    })?;
    if !ran {
        report::skipped("wasm bundle");
    }
    Ok(folder)
}

fn bind(workspace: &Workspace, mode: Mode, raw: &Path, folder: &Path) -> Result<()> {
    let step = steps::WASM_BINDGEN.start(workspace);
    // Function names make stack traces readable and downloads large.
    let strip = mode == Mode::Release;
    Bindgen::new()
        .input_path(raw)
        .out_name(&workspace.settings.output_name)
        .web(true)?
        .typescript(false)
        // The lazily loaded modules share the function table of the first module.
        .keep_lld_exports(true)
        .remove_name_section(strip)
        .remove_producers_section(strip)
        .generate(folder)
        .context("wasm-bindgen cannot use the compiled module")?;
    step.finish();
    Ok(())
}

/// Splits the module into one that every page needs and those of the parts, which are loaded when a user opens one of their
/// screens. Returns the names of the latter.
fn split(workspace: &Workspace, raw: &Path, first: &Path, folder: &Path) -> Result<Parts> {
    let step = steps::WASM_SPLIT.start(workspace);
    let module = fs::read(raw)?;
    let main = format!("./{}.js", workspace.settings.output_name);
    let mut options = wasm_split_cli_support::Options::new(&module);
    options.output_dir = folder;
    options.main_out_path = first;
    options.main_module = &main;
    let made = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the compiled module cannot be split: {error:#}"))?;
    step.finish();
    Ok(made.prefetch_map.into_iter().collect())
}

/// Copies the scripts of the app into a folder of their own. The copies load the same parts.
fn copy_scripts(folder: &Path) -> Result<()> {
    let copies = folder.join(COPY);
    for script in files::with_extension(folder, &["js"])? {
        let copy = copies.join(script.strip_prefix(folder)?);
        fs::create_dir_all(copy.parent().unwrap_or(&copies))?;
        let text = files::text(&script)?.replace(FOLDER, FOLDER_OF_COPY);
        fs::write(copy, text)?;
    }
    Ok(())
}

/// Optimises the modules in a folder.
fn optimise(workspace: &Workspace, folder: &Path) -> Result<()> {
    let step = steps::WASM_OPTIMISATION.start(workspace);
    files::for_each(&of_kind(folder, &["wasm"])?, |file| {
        let mut tool = workspace.command(npm::tool(workspace, "wasm-opt"));
        process::run(tool.args(OPTIMISE).arg(file).arg("-o").arg(file))
    })?;
    step.finish();
    Ok(())
}

/// Compresses the first module, the files of the parts and the scripts in a folder.
fn compress_all(workspace: &Workspace, folder: &Path) -> Result<()> {
    let step = steps::WASM_COMPRESSION.start(workspace);
    let files = of_kind(folder, &["wasm", parts::EXTENSION, "js"])?;
    files::for_each(&files, compress::compress)?;
    step.finish();
    Ok(())
}

/// Returns the files of these kinds below a folder, the largest first, so that the cores finish at about the same time.
fn of_kind(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = files::with_extension(folder, extensions)?;
    found.sort_by_cached_key(|file| Reverse(fs::metadata(file).map_or(0, |data| data.len())));
    Ok(found)
}
