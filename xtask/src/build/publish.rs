//! Putting the results where the server serves them from.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};

use super::{
    Mode,
    compress::{self, BROTLI, GZIP},
    wasm::{LOADER, PARTS},
};
use crate::{
    files,
    fingerprint::{self, Fingerprint},
    refresh::replace,
    workspace::Workspace,
};

/// The file that tells the server which files are current.
const LIST: &str = "assets.json";

/// Files that compress; typefaces and images have compression of their own.
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

/// A file that the page loads by name.
pub(super) struct Asset {
    /// Its key in `assets.json`.
    pub(super) key: &'static str,
    /// What its name begins with, whatever its content.
    stem: String,
    /// `<stem>.<hash of the content>.<extension>`, or where it is in a folder of that kind of name.
    pub(super) published_name: String,
    source: PathBuf,
}

impl Asset {
    /// Names a file by its content.
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

    /// A file of a folder that is published as it is.
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

    /// The size of the file, or of its copy with this suffix if there is one.
    pub(super) fn size(&self, suffix: &str) -> Option<u64> {
        let file = files::appended(&self.source, suffix);
        fs::metadata(file).ok().map(|found| found.len())
    }
}

/// What a build made.
pub(super) struct Assets {
    /// The files that the page names.
    pub(super) loaded: Vec<Asset>,
    /// How much of the WebAssembly is sent for the screens of each part, in bytes.
    pub(super) parts: BTreeMap<String, u64>,
    /// The folder with the modules and their scripts, which load each other by fixed names.
    bundle: PathBuf,
    /// What it is called where it is served: the name changes with anything in it.
    bundle_name: String,
}

impl Assets {
    /// Collects the results: the folder of the wasm bundle, the stylesheet and the typeface.
    pub(super) fn new(
        workspace: &Workspace,
        bundle: &Path,
        stylesheet: &Path,
        font: Asset,
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
        Ok(Self {
            loaded: vec![
                Asset::within("loader", name, &bundle_name, &bundle.join(LOADER))?,
                module("js", "js")?,
                module("wasm", "wasm")?,
                Asset::new("css", name, stylesheet)?,
                font,
            ],
            parts: parts(bundle, name)?,
            bundle: bundle.to_owned(),
            bundle_name,
        })
    }
}

/// The sizes of the parts, the first module included.
fn parts(bundle: &Path, first: &str) -> Result<BTreeMap<String, u64>> {
    let made: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&files::text(&bundle.join(PARTS))?)?;
    let sent = |module: &str| -> Result<u64> {
        let file = bundle.join(format!("{module}.wasm"));
        let compressed = files::appended(&file, BROTLI);
        let sent = fs::metadata(compressed).or_else(|_| fs::metadata(&file));
        Ok(sent
            .with_context(|| format!("{} cannot be read", file.display()))?
            .len())
    };
    let size = |(part, modules): (String, Vec<String>)| {
        let sizes: Result<Vec<u64>> = modules.iter().map(|module| sent(module)).collect();
        Ok((part, sent(first)? + sizes?.iter().sum::<u64>()))
    };
    made.into_iter().map(size).collect()
}

/// The files of a bundle.
fn bundled(bundle: &Path) -> Result<Vec<PathBuf>> {
    files::with_extension(bundle, &["wasm", "js", "json", "br", "gz"])
}

/// Puts everything into the folder `site`, the list last, and then removes what the list no longer names.
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

/// Puts a file where it is served, if there is one. Its path holds the hash of its content: if it is there, it is this file.
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

/// Removes files that an earlier build put here and this one did not. Nothing else is touched, so a
/// wrong `site-root` costs nothing.
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
    fn sweeping_leaves_current_files_and_the_files_of_others() {
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
