//! Allowed dependencies between packages, as described in docs/ARCHITECTURE.md.

use anyhow::Result;
use cargo_metadata::{Dependency, DependencyKind, Metadata};

use super::{Verdict, graph, judge};
use crate::workspace::Workspace;

/// Workspace packages that each workspace package may depend on, except in tests. A package that is not listed may
/// depend on none.
const LAYERS: &[(&str, &[&str])] = &[
    ("api", &["domain", "service"]),
    ("app", &["domain", "service"]),
    ("db", &["domain"]),
    ("dialects", &["domain", "service"]),
    ("frontend", &["app"]),
    ("server", &["api", "app", "dialects", "domain", "service"]),
    ("service", &["db", "domain"]),
    ("testing", &["testing-macros"]),
    ("xtask", &["recordings"]),
];

/// External packages that only certain workspace packages may depend on, or only in tests.
const RESTRICTED: &[Restricted] = &[
    // Only one crate of the product contains SQL. Tests query rows directly; `testing`, on which only tests depend, creates
    // their databases and inserts rows.
    Restricted {
        name: "sqlx",
        users: &["db", "testing"],
        testers: &["service", "server"],
    },
    // Only one crate hashes passwords.
    Restricted {
        name: "argon2",
        users: &["service"],
        testers: &[],
    },
    // The same crate encrypts values that must be readable later.
    Restricted {
        name: "chacha20poly1305",
        users: &["service"],
        testers: &[],
    },
];

/// Packages that must not be linked into a package, directly or indirectly.
const FORBIDDEN_PACKAGES: &[ForbiddenPackage] = &[
    ForbiddenPackage {
        package: "frontend",
        target: "wasm32-unknown-unknown",
        names: &[
            "api",
            "db",
            "service",
            "sqlx",
            "sqlx-core",
            "tokio",
            "unicode-normalization",
        ],
    },
    ForbiddenPackage {
        package: "api",
        target: "x86_64-unknown-linux-gnu",
        names: &["app", "leptos"],
    },
    ForbiddenPackage {
        package: "dialects",
        target: "x86_64-unknown-linux-gnu",
        names: &["app", "leptos", "leptos_axum"],
    },
    ForbiddenPackage {
        package: "domain",
        target: "x86_64-unknown-linux-gnu",
        names: &["sqlx", "sqlx-core", "tokio", "web-sys"],
    },
];

struct Restricted {
    name: &'static str,
    users: &'static [&'static str],
    testers: &'static [&'static str],
}

struct ForbiddenPackage {
    package: &'static str,
    target: &'static str,
    names: &'static [&'static str],
}

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let metadata = graph::metadata(workspace)?;
    let mut errors = direct_violations(&metadata);
    errors.extend(doubled_leptos(&metadata));
    for rule in FORBIDDEN_PACKAGES {
        let linked = graph::linked_into(workspace, rule.package, rule.target)?;
        for name in rule.names.iter().filter(|name| linked.contains(**name)) {
            errors.push(format!(
                "{name} is linked into {} for {}",
                rule.package, rule.target
            ));
        }
    }
    judge(&errors)
}

fn direct_violations(metadata: &Metadata) -> Vec<String> {
    let own = graph::own(metadata);
    let is_ours = |name: &str| own.iter().any(|package| package.name == name);
    own.iter()
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .filter(|dependency| !allowed(&package.name, dependency, is_ours(&dependency.name)))
                .map(|dependency| {
                    format!("{} must not depend on {}", package.name, dependency.name)
                })
        })
        .collect()
}

fn allowed(package: &str, dependency: &Dependency, is_ours: bool) -> bool {
    let for_tests = dependency.kind == DependencyKind::Development;
    let name = dependency.name.as_str();
    if is_ours {
        return for_tests || layer(package).contains(&name);
    }
    RESTRICTED
        .iter()
        .filter(|rule| rule.name == name)
        .all(|rule| rule.users.contains(&package) || (for_tests && rule.testers.contains(&package)))
}

fn layer(package: &str) -> &'static [&'static str] {
    LAYERS
        .iter()
        .find(|(name, _)| *name == package)
        .map_or(&[], |(_, below)| below)
}

/// Reports several versions of leptos. They compile together, but a context provided with one is not found with the
/// other.
fn doubled_leptos(metadata: &Metadata) -> Option<String> {
    let versions: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| package.name == "leptos")
        .map(|package| package.version.to_string())
        .collect();
    (versions.len() > 1).then(|| format!("several versions of leptos: {}", versions.join(", ")))
}
