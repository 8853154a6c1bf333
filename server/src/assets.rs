//! The built files that the pages refer to.

use std::path::Path;

use app::shell::Assets;

use crate::failure::BoxError;

/// Reads `assets.json`, which lists the files that the build has written, from the site folder.
pub(crate) fn load(site_root: &Path) -> Result<Assets, BoxError> {
    let path = site_root.join("assets.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!(
            "Cannot read the built browser files at {}: {error}. Run `make run` once, or set LEPTOS_SITE_ROOT to the directory \
             of the build.",
            path.display()
        )
    })?;
    let assets = serde_json::from_str(&text);
    assets.map_err(|error| {
        format!(
            "{} is not valid: {error}. Build the panel again.",
            path.display()
        )
        .into()
    })
}
