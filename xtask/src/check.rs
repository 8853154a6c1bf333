//! Static checks, which do not run the product.

mod circles;
mod graph;
mod imports;
mod layers;
mod licences;
mod lints;
mod locales;
mod migrations;
mod openings;
mod settings;
mod shell;
mod sizes;
mod texts;
mod unused;
mod walls;
mod words;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;

use crate::{openapi, queries, report::seconds, schema, workspace::Workspace};

/// Result of a check that found no problem.
pub(crate) enum Verdict {
    Ok,
    /// Not checked, with the reason.
    Skipped(&'static str),
}

type Check = fn(&Workspace) -> Result<Verdict>;

/// All checks, fast ones first. The lints compile the queries from `.sqlx`; the last check builds the server.
const CHECKS: &[(&str, Check)] = &[
    ("format", lints::format),
    ("Leptos settings in agreement", settings::check),
    ("file lengths", sizes::check),
    ("forbidden text", texts::check),
    ("texts in all languages", locales::check),
    ("words of the glossary", words::check),
    ("openings of doc comments", openings::check),
    ("imports between layers of the app", layers::check),
    ("dependencies between packages", walls::check),
    ("circles of imports", circles::check),
    ("migrations without long locks", migrations::check),
    ("licences", licences::check),
    ("unused dependencies", unused::check),
    ("shell scripts", shell::check),
    (".sqlx up to date", recorded_queries),
    ("schema in docs up to date", described_schema),
    ("lints, server", lints::native),
    ("lints, browser", lints::wasm),
    ("openapi.json in docs up to date", described_api),
];

/// Runs every check, or those whose name contains `only`, even after a failure, and prints one line for each.
pub(crate) fn check(workspace: &Workspace, only: Option<&str>) -> ExitCode {
    let mut failed = Vec::new();
    let chosen = CHECKS
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| name.contains(only)));
    let count = chosen.clone().count();
    if count == 0 {
        println!("no check has such a name");
        return ExitCode::FAILURE;
    }
    for (name, check) in chosen {
        let started = Instant::now();
        let result = check(workspace);
        let took = seconds(started.elapsed());
        match result {
            Ok(Verdict::Ok) => println!("ok       {name} ({took})"),
            Ok(Verdict::Skipped(reason)) => println!("skipped  {name}: {reason}"),
            Err(error) => {
                println!("FAILED   {name} ({took})\n{error:#}\n");
                failed.push(*name);
            }
        }
    }
    if failed.is_empty() {
        println!("\n{count} of {count} checks passed");
        return ExitCode::SUCCESS;
    }
    println!(
        "\n{} of {} checks failed: {}",
        failed.len(),
        count,
        failed.join(", ")
    );
    ExitCode::FAILURE
}

fn recorded_queries(workspace: &Workspace) -> Result<Verdict> {
    queries::verify(workspace).map(|()| Verdict::Ok)
}

fn described_schema(workspace: &Workspace) -> Result<Verdict> {
    schema::verify(workspace).map(|()| Verdict::Ok)
}

fn described_api(workspace: &Workspace) -> Result<Verdict> {
    openapi::verify(workspace).map(|()| Verdict::Ok)
}

/// Returns an error that lists all problems, or `Ok` if there are none.
fn judge(errors: &[String]) -> Result<Verdict> {
    if errors.is_empty() {
        Ok(Verdict::Ok)
    } else {
        Err(anyhow::Error::msg(errors.join("\n")))
    }
}
