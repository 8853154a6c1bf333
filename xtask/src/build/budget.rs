//! Transfer sizes of the browser files and their limits.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::{
    Mode,
    compress::{BROTLI, GZIP},
    publish::{Asset, Assets},
};
use crate::report::kilobytes;

/// Maximum transfer size by key, in bytes; from the design of the interface.
const BUDGET: &[(&str, u64)] = &[("css", 20_000), ("font", 60_000), ("texts_de", 34_000)];
/// Maximum transfer size of the WebAssembly of each part of the app with everything it needs, in bytes: a little more than
/// it has, so that a change of one part is seen. The design has 380 kB: decision 8.
const PARTS: &[(&str, u64)] = &[
    ("users", 369_000),
    ("public", 425_000),
    ("user", 438_000),
    ("lists", 443_000),
    ("dialogs", 512_000),
    ("access", 454_000),
    ("groups", 506_000),
    ("metering", 494_000),
];

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
            part_budget(part).map_or("-".to_owned(), kilobytes)
        );
    }
    over.extend(parts_over(&assets.parts));
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

/// Returns the limit of a part; `None` if the table does not have it.
fn part_budget(part: &str) -> Option<u64> {
    let mut parts = PARTS.iter();
    parts
        .find(|(name, _)| *name == part)
        .map(|(_, bytes)| *bytes)
}

/// Lists the parts over their limits, those without a limit, and those of the table that were not built.
fn parts_over(built: &BTreeMap<String, u64>) -> Vec<&str> {
    let over = built.iter();
    let over = over.filter(|(part, bytes)| part_budget(part).is_none_or(|limit| **bytes > limit));
    let missing = PARTS.iter().map(|(part, _)| *part);
    let missing = missing.filter(|part| !built.contains_key(*part));
    over.map(|(part, _)| part.as_str()).chain(missing).collect()
}

fn budget(asset: &Asset) -> u64 {
    BUDGET
        .iter()
        .find(|(key, _)| *key == asset.key)
        .map_or(u64::MAX, |(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(change: impl Fn(&str, u64) -> Option<u64>) -> BTreeMap<String, u64> {
        let parts = PARTS.iter().filter_map(|(part, limit)| {
            let bytes = change(part, *limit)?;
            Some(((*part).to_owned(), bytes))
        });
        parts.collect()
    }

    #[test]
    fn each_part_has_its_own_limit() {
        assert!(parts_over(&built(|_, limit| Some(limit))).is_empty());
        let one = |part: &str, limit: u64| Some(limit + u64::from(part == "users"));
        assert_eq!(parts_over(&built(one)), ["users"]);
    }

    #[test]
    fn a_part_needs_a_limit_and_a_limit_a_part() {
        let mut parts = built(|part, limit| (part != "lists").then_some(limit));
        parts.insert("reports".to_owned(), 1);
        assert_eq!(parts_over(&parts), ["reports", "lists"]);
    }

    /// Checks that the parts of the app are those of the table.
    #[test]
    fn the_parts_of_the_app_have_limits() {
        let parts = include_str!("../../../app/src/parts.rs");
        let names = parts.lines().filter_map(|line| {
            let (before, _) = line.trim().split_once(" by load_")?;
            let (_, module) = before.split_once(" in ")?;
            Some(module)
        });
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let mut known: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
