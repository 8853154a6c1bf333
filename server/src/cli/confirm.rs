//! Confirmation of a deletion, after a look at its effect.

use serde::Serialize;

use super::user::print::Output;
use crate::failure::BoxError;

/// Option that confirms a deletion.
#[derive(Debug, clap::Args)]
pub(super) struct ConfirmArg {
    /// Delete. Not set: print the effect of the deletion only.
    #[arg(long)]
    yes: bool,
}

impl ConfirmArg {
    /// Prints the effect of a deletion that is not confirmed, and fails.
    pub(super) fn check(
        &self,
        output: Output,
        effect: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), BoxError> {
        if self.yes {
            return Ok(());
        }
        output.print(effect, text)?;
        Err("Nothing was deleted. Pass --yes to delete.".into())
    }
}

/// Formats the message about a deletion, which can be a job of the server.
pub(super) fn deleted(name: &str, is_job: bool) -> String {
    if is_job {
        format!("Deleting {name} in the background.")
    } else {
        format!("Deleted {name}.")
    }
}

/// Formats a number of things.
pub(super) fn counted(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}
