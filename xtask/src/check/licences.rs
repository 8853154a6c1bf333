//! Licences of all packages against the list in `deny.toml`.

use std::collections::HashSet;

use anyhow::{Context, Result, anyhow};
use cargo_metadata::Package;
use spdx::{Expression, LicenseReq, ParseMode};

use super::{Verdict, graph, judge};
use crate::{files, workspace::Workspace};

/// File with the accepted licences, shared with cargo-deny.
const LIST: &str = "deny.toml";

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let accepted = accepted(&files::text(&workspace.root.join(LIST))?)?;
    let metadata = graph::metadata(workspace)?;
    let errors: Vec<String> = metadata
        .packages
        .iter()
        .filter_map(|package| error(package, &accepted))
        .collect();
    judge(&errors)
}

fn accepted(list: &str) -> Result<HashSet<String>> {
    let list: toml::Value = toml::from_str(list)?;
    list.get("licenses")
        .and_then(|licences| licences.get("allow")?.as_array())
        .ok_or_else(|| anyhow!("{LIST} has no list licenses.allow"))?
        .iter()
        .map(|name| {
            name.as_str()
                .map(str::to_owned)
                .context("a licence is not a string")
        })
        .collect()
}

fn error(package: &Package, accepted: &HashSet<String>) -> Option<String> {
    let named = format!("{} {}", package.name, package.version);
    let Some(licence) = &package.license else {
        return Some(format!("{named} has no licence"));
    };
    // Older packages write "MIT/Apache-2.0".
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Some(format!("{named} has the unreadable licence {licence}"));
    };
    let fits = expression.evaluate(|licence| is_accepted(licence, accepted));
    (!fits).then(|| format!("{named} is licensed {licence}, which {LIST} does not accept"))
}

/// Reports whether the list contains a licence. A licence with an exception must be listed with the exception.
fn is_accepted(licence: &LicenseReq, accepted: &HashSet<String>) -> bool {
    accepted.contains(&licence.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(list: &[&str], licence: &str) -> bool {
        let accepted = list.iter().map(|&name| name.to_owned()).collect();
        Expression::parse_mode(licence, ParseMode::LAX)
            .unwrap()
            .evaluate(|licence| is_accepted(licence, &accepted))
    }

    #[test]
    fn one_of_alternative_licences_suffices() {
        assert!(accepts(&["MIT"], "MIT OR GPL-2.0-only"));
        assert!(accepts(&["MIT"], "MIT/Apache-2.0"));
    }

    #[test]
    fn all_combined_licences_are_required() {
        assert!(!accepts(&["MIT"], "MIT AND Zlib"));
        assert!(accepts(&["MIT", "Zlib"], "MIT AND Zlib"));
    }

    #[test]
    fn exception_is_part_of_the_licence() {
        let licence = "Apache-2.0 WITH LLVM-exception";
        assert!(!accepts(&["Apache-2.0"], licence));
        assert!(accepts(&[licence], licence));
    }
}
