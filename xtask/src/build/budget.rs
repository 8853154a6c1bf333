//! The sizes of what a browser loads, and their limits.

use anyhow::{Result, bail};

use super::{
    Mode,
    compress::{BROTLI, GZIP},
    publish::{Asset, Assets},
};
use crate::report::kilobytes;

/// The most that a file may weigh as it is sent, in bytes; from the figures of the interface's design.
const BUDGET: &[(&str, u64)] = &[("css", 20_000), ("font", 60_000)];
/// The same of the WebAssembly of a part, with everything that it needs; the design has 380 kB: decision 8.
const PART_BUDGET: u64 = 510_000;

/// Prints the sizes; in release, an error if a file is over its budget.
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

/// The size of what goes over the wire.
fn sent(asset: &Asset) -> u64 {
    asset.size(BROTLI).or_else(|| asset.size("")).unwrap_or(0)
}

fn budget(asset: &Asset) -> u64 {
    BUDGET
        .iter()
        .find(|(key, _)| *key == asset.key)
        .map_or(u64::MAX, |(_, bytes)| *bytes)
}
