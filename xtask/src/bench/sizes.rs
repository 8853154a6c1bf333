//! How much a browser is sent.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::client::Client;
use crate::{files, program::Program};

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
/// The list that the build keeps, beside the first module, of the others that the screens need.
const PARTS: &str = "parts.json";
/// The page with the list of people, and what its modules are listed under.
const PAGE: (&str, &str) = ("/users", "users");

/// Asks for the page and for the files that it loads, in every encoding.
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
            for module in modules(client, path)? {
                sum = sum.and(&sizes(client, name, &module)?);
            }
        }
        all.push(sum);
    }
    all.push(sizes(client, "html", PAGE.0)?);
    Ok(all)
}

/// The paths of the modules that the page needs beside the first one.
fn modules(client: &Client, first: &str) -> Result<Vec<String>> {
    let (folder, _) = first.rsplit_once('/').context("the wasm is in no folder")?;
    let parts = client.get(&format!("{folder}/{PARTS}"))?.body()?;
    let mut parts: BTreeMap<String, Vec<String>> = serde_json::from_slice(&parts)?;
    let modules = parts
        .remove(PAGE.1)
        .with_context(|| format!("{PARTS} does not name {}", PAGE.1))?;
    let path = |module: &String| format!("{folder}/{module}.wasm");
    Ok(modules.iter().map(path).collect())
}

impl Sizes {
    /// Both together.
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
