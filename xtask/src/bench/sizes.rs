//! Transfer sizes of the panel.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::client::Client;
use crate::{files, program::Program};

/// Sizes of a file in bytes.
pub(super) struct Sizes {
    pub(super) name: &'static str,
    pub(super) raw: u64,
    /// `None` if the server does not send it in this encoding.
    pub(super) gzip: Option<u64>,
    /// `None` if the server does not send it in this encoding.
    pub(super) brotli: Option<u64>,
}

/// File of the build that lists the files of a page.
const LIST: &str = "assets.json";
/// Keys in that file, which are also the names in the report.
const ASSETS: [&str; 3] = ["wasm", "js", "css"];
/// Path of the list of users, and the file of its part of the app, beside the first module.
const PAGE: (&str, &str) = ("/users", "users.part");

/// Requests the page and its files in every encoding.
pub(super) fn measure(client: &Client, program: &Program) -> Result<Vec<Sizes>> {
    let list: BTreeMap<String, String> =
        serde_json::from_str(&files::text(&program.site.join(LIST))?)?;
    let mut all = Vec::new();
    for name in ASSETS {
        let path = list
            .get(name)
            .with_context(|| format!("{LIST} does not name the {name}"))?;
        let mut sum = sizes(client, name, path)?;
        if name == "wasm" {
            let (folder, _) = path.rsplit_once('/').context("the wasm is in no folder")?;
            sum = sum.and(&sizes(client, name, &format!("{folder}/{}", PAGE.1))?);
        }
        all.push(sum);
    }
    all.push(sizes(client, "html", PAGE.0)?);
    Ok(all)
}

impl Sizes {
    /// Returns the sums of both.
    fn and(&self, other: &Self) -> Self {
        let sum = |one: Option<u64>, other: Option<u64>| Some(one? + other?);
        Self {
            name: self.name,
            raw: self.raw + other.raw,
            gzip: sum(self.gzip, other.gzip),
            brotli: sum(self.brotli, other.brotli),
        }
    }
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
