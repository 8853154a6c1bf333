//! Tables of the texts of all languages that are not part of the app.

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::Result;

use super::{Mode, compress, publish::Asset};
use crate::{
    files, fingerprint::Fingerprint, refresh::refresh, report, texts::TABLES, workspace::Workspace,
};

/// Languages with their keys in `assets.json`.
const LANGUAGES: &[(&str, &str)] = &[("texts_de", "de"), ("texts_pseudo", "en-XA")];

/// Area of texts that only the server uses.
const SERVER_AREA: &str = "flash.";

/// Writes one table per language: all other areas, by key. Release builds compress them too.
pub(super) fn bundle(workspace: &Workspace, mode: Mode) -> Result<Vec<Asset>> {
    let folder = workspace.cache().join(mode.folder()).join("texts");
    let mut key = Fingerprint::new(&[]);
    let tables = workspace.root.join(TABLES);
    key.add_folder(&tables)?;
    let started = Instant::now();
    let ran = refresh(&folder, &key.finish(), |folder| {
        for (_, language) in LANGUAGES {
            let name = format!("{language}.json");
            let texts = files::text(&tables.join(&name))?;
            let mut texts: BTreeMap<String, String> = serde_json::from_str(&texts)?;
            let file = folder.join(name);
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
