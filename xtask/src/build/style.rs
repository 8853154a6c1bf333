//! Build of the stylesheet and its font.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use super::{Mode, compress, publish::Asset};
use crate::{
    files, fingerprint::Fingerprint, npm, process, refresh::refresh, report, workspace::Workspace,
};

/// Latin subset of the variable font: one file for all weights.
const FONT: &str = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";

/// URL of the font in the sources, replaced by the published name.
const FONT_IN_STYLE: &str = "inter.woff2";

const BUNDLE: &[&str] = &["--bundle", "--minify"];

/// Returns the font, to be published under a name with its content hash.
pub(super) fn font(workspace: &Workspace) -> Result<Asset> {
    Asset::new("font", "inter", &npm::package_file(workspace, FONT))
}

/// Bundles and minifies `style/` into one stylesheet that refers to the published name of the font. Returns the file;
/// release builds compress it too.
pub(super) fn bundle(workspace: &Workspace, mode: Mode, font: &Asset) -> Result<PathBuf> {
    let settings = &workspace.settings;
    let folder = workspace.cache().join(mode.folder()).join("style");
    let file_name = format!("{}.css", settings.output_name);
    let sources = settings
        .style_file
        .parent()
        .context("style-file in Leptos.toml is not in a folder")?;
    let mut key = Fingerprint::new(&[&file_name, &font.published_name]);
    key.add(BUNDLE.join(" ").as_bytes());
    key.add_file(&npm::tools_lock(workspace))?;
    key.add_folder(sources)?;

    let started = Instant::now();
    let ran = refresh(&folder, &key.finish(), |folder| {
        let file = folder.join(&file_name);
        run_bundler(workspace, &file)?;
        let style = name_font(&files::text(&file)?, &font.published_name)?;
        fs::write(&file, style)?;
        match mode {
            Mode::Dev => Ok(()),
            Mode::Release => compress::compress(&file),
        }
    })?;
    if ran {
        report::step("stylesheet bundled", started);
    } else {
        report::skipped("stylesheet");
    }
    Ok(folder.join(file_name))
}

fn run_bundler(workspace: &Workspace, to: &Path) -> Result<()> {
    let command = &mut workspace.command(npm::tool(workspace, "lightningcss"));
    command
        .args(BUNDLE)
        .arg(&workspace.settings.style_file)
        .arg("-o")
        .arg(to);
    process::output(command).map(drop)
}

/// Replaces the URL of the font by its published name.
fn name_font(style: &str, published: &str) -> Result<String> {
    if !style.contains(FONT_IN_STYLE) {
        bail!("the stylesheet does not use {FONT_IN_STYLE}, so the font would never be loaded");
    }
    Ok(style.replace(FONT_IN_STYLE, published))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_gets_its_published_name() {
        let style = r#"@font-face{src:url(inter.woff2)format("woff2")}"#;
        assert_eq!(
            name_font(style, "inter.0123.woff2").unwrap(),
            r#"@font-face{src:url(inter.0123.woff2)format("woff2")}"#
        );
    }

    #[test]
    fn stylesheet_without_the_font_is_rejected() {
        assert!(name_font("a{color:red}", "inter.0123.woff2").is_err());
    }
}
