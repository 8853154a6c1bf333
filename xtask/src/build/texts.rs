//! Tables of the texts of all languages that are not part of the app.

use std::{fs, time::Instant};

use anyhow::Result;

use super::{Mode, compress, publish::Asset};
use crate::{
    fingerprint::Fingerprint,
    refresh::refresh,
    report,
    texts::{LOCALES, flat},
    workspace::Workspace,
};

/// Languages with their keys in `assets.json`.
const LANGUAGES: &[(&str, &str)] = &[("texts_de", "de"), ("texts_pseudo", "en-XA")];

/// Area of texts that only the server uses.
const SERVER_AREA: &str = "flash.";

/// Writes one table per language: all other areas, by key. Release builds compress them too.
pub(super) fn bundle(workspace: &Workspace, mode: Mode) -> Result<Vec<Asset>> {
    let folder = workspace.cache().join(mode.folder()).join("texts");
    let mut key = Fingerprint::new(&[]);
    key.add_folder(&workspace.root.join(LOCALES))?;
    let started = Instant::now();
    let ran = refresh(&folder, &key.finish(), |folder| {
        for (_, language) in LANGUAGES {
            let file = folder.join(format!("{language}.json"));
            let mut texts = flat(workspace, language)?;
            texts.retain(|key, _| !key.starts_with(SERVER_AREA));
            fs::write(&file, serde_json::to_string(&texts)?)?;
            if mode == Mode::Release {
                compress::compress(&file)?;
            }
        }
        Ok(())
    })?;
    if ran {
        report::step("texts bundled", started);
    } else {
        report::skipped("texts");
    }
    LANGUAGES
        .iter()
        .map(|(key, language)| {
            let file = folder.join(format!("{language}.json"));
            Asset::new(key, &format!("texts-{language}"), &file)
        })
        .collect()
}
