//! Transfer sizes of the browser files and their limits.

use anyhow::{Result, bail};

use super::{
    Mode,
    compress::{BROTLI, GZIP},
    publish::{Asset, Assets},
};
use crate::report::kilobytes;

/// Maximum transfer size by key, in bytes; from the design of the interface.
const BUDGET: &[(&str, u64)] = &[("css", 20_000), ("font", 60_000), ("texts_de", 24_000)];
/// Maximum transfer size of the WebAssembly of a screen with everything it needs, in bytes. The design has 380 kB:
/// decision 8.
const PART_BUDGET: u64 = 530_000;

/// Prints the sizes.
///
/// # Errors
/// A file is over its budget in a release build.
pub(super) fn report(assets: &Assets, mode: Mode) -> Result<()> {
    println!();
    println!(
        "{:<32}{:>12}{:>12}{:>12}{:>12}",
        "file", "raw", "gzip", "brotli", "budget"
    );
    let mut over: Vec<&str> = Vec::new();
    for asset in &assets.loaded {
        println!("{}", line(asset));
        if sent(asset) > budget(asset) {
            over.push(&asset.published_name);
        }
    }
    for (part, bytes) in &assets.parts {
        println!(
            "{:<32}{:>12}{:>12}{:>12}{:>12}",
            format!("wasm for {part}"),
            "",
            "",
            kilobytes(*bytes),
            kilobytes(PART_BUDGET)
        );
        if *bytes > PART_BUDGET {
            over.push(part);
        }
    }
    println!();
    if mode == Mode::Release && !over.is_empty() {
        bail!("over budget: {}", over.join(", "));
    }
    Ok(())
}

fn line(asset: &Asset) -> String {
    let size = |suffix| asset.size(suffix).map_or("-".to_owned(), kilobytes);
    let limit = match budget(asset) {
        u64::MAX => "-".to_owned(),
        bytes => kilobytes(bytes),
    };
    format!(
        "{:<32}{:>12}{:>12}{:>12}{:>12}",
        asset.published_name,
        size(""),
        size(GZIP),
        size(BROTLI),
        limit
    )
}

/// Returns the size of the smallest copy: brotli if there is one.
fn sent(asset: &Asset) -> u64 {
    asset.size(BROTLI).or_else(|| asset.size("")).unwrap_or(0)
}

fn budget(asset: &Asset) -> u64 {
    BUDGET
        .iter()
        .find(|(key, _)| *key == asset.key)
        .map_or(u64::MAX, |(_, bytes)| *bytes)
}
