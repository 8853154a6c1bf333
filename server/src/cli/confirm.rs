//! Confirmation of a deletion, after a look at its effect.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

/// A deletion that has succeeded, in the format of the API.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deleted {
    success: bool,
    /// The id of the job of the server that continues it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job_id: Option<Uuid>,
}

impl Deleted {
    /// A deletion that is complete.
    pub(super) const COMPLETE: Self = Self {
        success: true,
        job_id: None,
    };

    /// Prints that the object was deleted, or that its deletion was started.
    pub(super) fn print(&self, output: Output, name: &str) -> Result<(), BoxError> {
        output.print(self, || match self.job_id {
            Some(job) => format!("Started the deletion of {name}: job {job}."),
            None => format!("Deleted {name}."),
        })
    }
}

/// Formats a number of things.
pub(super) fn counted(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}
