//! `rollcall audit verify`: the check of the seals of the audit log.

use std::process::ExitCode;

use serde_json::json;
use service::{
    access::operator,
    audit::{self, Verification},
};

use crate::{
    cli::{backend::Backend, error::CliError, user::print::Output},
    failure::BoxError,
    output::ignore_closed_pipe,
};

/// Length of a root in bytes.
const ROOT: usize = 32;

/// Recompute every seal of the audit log and report the first entry that does not match.
///
/// The printed root covers everything sealed so far. Store it elsewhere and pass it with --root later to detect a log that was
/// rewritten and sealed again.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// Root printed by an earlier run.
    #[arg(long, value_parser = root)]
    root: Option<Root>,
}

/// A root as an argument: 64 hexadecimal digits.
#[derive(Debug, Clone)]
struct Root([u8; ROOT]);

fn root(text: &str) -> Result<Root, String> {
    let wrong = || format!("a root has {} hexadecimal digits", 2 * ROOT);
    let mut bytes = [0; ROOT];
    if text.len() != 2 * ROOT || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(Root(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl VerifyArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<ExitCode, BoxError> {
        let noted = self.root.as_ref().map(|root| root.0.as_slice());
        let found = audit::verify(backend.database()?, &operator(), noted).await;
        let found = found.map_err(CliError::from)?;
        let error = found.error.as_ref().map(ToString::to_string);
        let value = json!({
            "entries": found.entries,
            "seals": found.seals,
            "unsealed": found.unsealed,
            "root": found.root.as_deref().map(hex),
            "error": error,
        });
        // A closed pipe is ignored because the exit status carries the result as well.
        ignore_closed_pipe(output.print(&value, || text(&found, error.as_deref())))?;
        Ok(if error.is_none() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn text(found: &Verification, error: Option<&str>) -> String {
    let mut lines = vec![
        format!("ok    Verified entries: {}.", found.entries),
        format!("ok    Verified seals: {}.", found.seals),
        format!("ok    Entries not yet sealed: {}.", found.unsealed),
    ];
    if let Some(root) = &found.root {
        lines.push(format!("ok    Root: {}", hex(root)));
    }
    if let Some(error) = error {
        lines.push(format!("ERROR {error}"));
    }
    lines.join("\n")
}
