//! How much a browser is sent.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::{client::Client, server::Program};
use crate::files;

/// The sizes of a file as it is sent, in bytes.
pub(super) struct Sizes {
    pub(super) name: &'static str,
    pub(super) raw: u64,
    /// None where the server does not send it so.
    pub(super) gzip: Option<u64>,
    /// None where the server does not send it so.
    pub(super) brotli: Option<u64>,
}

/// The list that the build keeps of the files that a page loads.
const LIST: &str = "assets.json";
/// Their keys there, which are also what they are called here.
const ASSETS: [&str; 3] = ["wasm", "js", "css"];
/// The page with the list of people.
const PAGE: &str = "/users";

/// Asks for the page and for the files that it loads, in every encoding.
pub(super) fn measure(client: &Client, program: &Program) -> Result<Vec<Sizes>> {
    let list: BTreeMap<String, String> =
        serde_json::from_str(&files::text(&program.site.join(LIST))?)?;
    let mut all = Vec::new();
    for name in ASSETS {
        let path = list
            .get(name)
            .with_context(|| format!("{LIST} does not name the {name}"))?;
        all.push(sizes(client, name, path)?);
    }
    all.push(sizes(client, "html", PAGE)?);
    Ok(all)
}

fn sizes(client: &Client, name: &'static str, path: &str) -> Result<Sizes> {
    let raw = client.get(path)?.body()?.len() as u64;
    let encoded = |encoding| -> Result<Option<u64>> {
        let answer = client.get_encoded(path, encoding)?;
        let is_encoded = answer.header("content-encoding") == Some(encoding);
        let size = answer.body()?.len() as u64;
        Ok(is_encoded.then_some(size))
    };
    Ok(Sizes {
        name,
        raw,
        gzip: encoded("gzip")?,
        brotli: encoded("br")?,
    })
}
