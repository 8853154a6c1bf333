//! Publication of build results into the site folder.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};

use super::{
    Mode,
    compress::{self, BROTLI, GZIP},
    parts::EXTENSION,
    wasm::LOADER,
};
use crate::{
    files,
    fingerprint::{self, Fingerprint},
    refresh::replace,
    workspace::Workspace,
};

/// List of the current files, read by the server.
const LIST: &str = "assets.json";

/// Extensions of files to compress; fonts and images are compressed formats already.
const TEXT: &[&str] = &[
    "css",
    "html",
    "js",
    "json",
    "svg",
    "txt",
    "webmanifest",
    "xml",
];

/// File that the page loads by name.
pub(super) struct Asset {
    /// Key in `assets.json`.
    pub(super) key: &'static str,
    /// Part of the file name that does not depend on the content.
    stem: String,
    /// Published name `<stem>.<content hash>.<extension>`, or a path in a folder with a hashed name.
    pub(super) published_name: String,
    source: PathBuf,
}

impl Asset {
    /// Creates an asset whose name contains the hash of its content.
    pub(super) fn new(key: &'static str, stem: &str, source: &Path) -> Result<Self> {
        let content =
            fs::read(source).with_context(|| format!("{} cannot be read", source.display()))?;
        let extension = source
            .extension()
            .and_then(|extension| extension.to_str())
            .ok_or_else(|| anyhow!("{} has no extension", source.display()))?;
        Ok(Self {
            key,
            stem: stem.to_owned(),
            published_name: format!("{stem}.{}.{extension}", fingerprint::short(&content)),
            source: source.to_owned(),
        })
    }

    /// Creates an asset for a file in a folder that is published unchanged.
    fn within(key: &'static str, stem: &str, folder: &str, source: &Path) -> Result<Self> {
        let name = source.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| anyhow!("{} has no name", source.display()))?;
        Ok(Self {
            key,
            stem: stem.to_owned(),
            published_name: format!("{folder}/{name}"),
            source: source.to_owned(),
        })
    }

    /// Returns the size of the file, or of its copy with this suffix; `None` if there is no such file.
    pub(super) fn size(&self, suffix: &str) -> Option<u64> {
        let file = files::appended(&self.source, suffix);
        fs::metadata(file).ok().map(|found| found.len())
    }
}

/// Results of a build.
pub(super) struct Assets {
    /// Files that the page names.
    pub(super) loaded: Vec<Asset>,
    /// Transfer size of the WebAssembly of each part with the first module, in bytes.
    pub(super) parts: BTreeMap<String, u64>,
    /// Folder of modules and scripts, which load each other by fixed names.
    bundle: PathBuf,
    /// Published name of that folder; it changes with any of its files.
    bundle_name: String,
}

impl Assets {
    /// Collects the results from the wasm bundle, the stylesheet, the font and the tables of texts.
    pub(super) fn new(
        workspace: &Workspace,
        bundle: &Path,
        stylesheet: &Path,
        font: Asset,
        texts: Vec<Asset>,
    ) -> Result<Self> {
        let name = &workspace.settings.output_name;
        let mut content = Fingerprint::new(&[]);
        for file in bundled(bundle)? {
            content.add_file(&file)?;
        }
        let bundle_name = format!("{name}.{}", fingerprint::short(content.finish().as_bytes()));
        let module = |key, extension| {
            let file = bundle.join(format!("{name}.{extension}"));
            Asset::within(key, name, &bundle_name, &file)
        };
        let mut loaded = vec![
            Asset::within("loader", name, &bundle_name, &bundle.join(LOADER))?,
            module("js", "js")?,
            module("wasm", "wasm")?,
            Asset::new("css", name, stylesheet)?,
            font,
        ];
        loaded.extend(texts);
        Ok(Self {
            loaded,
            parts: parts(bundle, name)?,
            bundle: bundle.to_owned(),
            bundle_name,
        })
    }
}

/// Returns the transfer size of each part, the first module included.
fn parts(bundle: &Path, first: &str) -> Result<BTreeMap<String, u64>> {
    let sent = |file: &Path| -> Result<u64> {
        let compressed = files::appended(file, BROTLI);
        let sent = fs::metadata(compressed).or_else(|_| fs::metadata(file));
        Ok(sent
            .with_context(|| format!("{} cannot be read", file.display()))?
            .len())
    };
    let first = sent(&bundle.join(format!("{first}.wasm")))?;
    let size = |file: PathBuf| {
        let part = file.file_stem().unwrap_or_default();
        Ok((part.to_string_lossy().into_owned(), first + sent(&file)?))
    };
    let files = files::with_extension(bundle, &[EXTENSION])?;
    files.into_iter().map(size).collect()
}

/// Lists the files of a bundle.
fn bundled(bundle: &Path) -> Result<Vec<PathBuf>> {
    files::with_extension(bundle, &["wasm", EXTENSION, "js", "br", "gz"])
}

/// Copies everything into the folder `site`, the list last, then deletes files that the list no longer names.
pub(super) fn publish(
    workspace: &Workspace,
    mode: Mode,
    assets: &Assets,
    site: &Path,
) -> Result<()> {
    let pkg_dir = &workspace.settings.pkg_dir;
    let folder = site.join(pkg_dir);
    fs::create_dir_all(&folder)?;
    for asset in &assets.loaded {
        for suffix in ["", BROTLI, GZIP] {
            let source = files::appended(&asset.source, suffix);
            let target = folder.join(format!("{}{suffix}", asset.published_name));
            publish_file(&source, &target)?;
        }
    }
    for source in bundled(&assets.bundle)? {
        let inside = source.strip_prefix(&assets.bundle)?;
        publish_file(&source, &folder.join(&assets.bundle_name).join(inside))?;
    }
    copy_folder(&workspace.root.join("public"), site, mode)?;
    write_list(&site.join(LIST), pkg_dir, &assets.loaded)?;
    sweep(&folder, &assets.loaded)
}

fn write_list(file: &Path, pkg_dir: &str, assets: &[Asset]) -> Result<()> {
    let list: BTreeMap<&str, String> = assets
        .iter()
        .map(|asset| (asset.key, format!("/{pkg_dir}/{}", asset.published_name)))
        .collect();
    replace(file, serde_json::to_string_pretty(&list)?.as_bytes())
}

/// Copies a file to its published path, if it exists. The path contains the content hash, so an existing file is
/// identical.
fn publish_file(source: &Path, target: &Path) -> Result<()> {
    if !source.exists() || target.exists() {
        return Ok(());
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    copy(source, target)
}

fn copy(source: &Path, target: &Path) -> Result<()> {
    let content =
        fs::read(source).with_context(|| format!("{} cannot be read", source.display()))?;
    replace(target, &content)
}

fn copy_folder(from: &Path, to: &Path, mode: Mode) -> Result<()> {
    for source in files::under(from)? {
        let target = to.join(source.strip_prefix(from)?);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        copy(&source, &target)?;
        if mode == Mode::Release && files::has_extension(&target, TEXT) {
            compress::compress(&target)?;
        }
    }
    Ok(())
}

/// Deletes files of earlier builds that this build did not publish. Nothing else is deleted, so a wrong `site-root`
/// does no harm.
fn sweep(folder: &Path, assets: &[Asset]) -> Result<()> {
    let current: HashSet<String> = assets
        .iter()
        .flat_map(|asset| {
            let name = asset.published_name.split('/').next().unwrap_or_default();
            ["", BROTLI, GZIP].map(|suffix| format!("{name}{suffix}"))
        })
        .collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = assets
            .iter()
            .any(|asset| name.starts_with(&format!("{}.", asset.stem)));
        if ours && !current.contains(&name) {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_folder::TestFolder;

    #[test]
    fn sweep_keeps_current_and_foreign_files() {
        let place = TestFolder::new();
        let source = place.path().join("main.css");
        fs::write(&source, "a{}").unwrap();
        let asset = Asset::new("css", "rollcall", &source).unwrap();
        let folder = place.path().join("pkg");
        fs::create_dir(&folder).unwrap();
        let current = folder.join(&asset.published_name);
        let compressed = files::appended(&current, BROTLI);
        let old = folder.join("rollcall.0000000000000000.css");
        let old_bundle = folder.join("rollcall.0000000000000000");
        fs::create_dir(&old_bundle).unwrap();
        let foreign = folder.join("notes.txt");
        for file in [
            &current,
            &compressed,
            &old,
            &old_bundle.join("rollcall.js"),
            &foreign,
        ] {
            fs::write(file, "").unwrap();
        }

        sweep(&folder, &[asset]).unwrap();

        assert!(current.exists() && compressed.exists() && foreign.exists());
        assert!(!old.exists() && !old_bundle.exists());
    }
}
