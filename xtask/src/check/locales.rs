//! Texts of the interface: complete in all languages, used, and with generated functions that are up to date.

use anyhow::Result;

use super::{Verdict, judge};
use crate::{texts, workspace::Workspace};

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let mut problems = texts::problems(workspace)?;
    problems.extend(texts::outdated(workspace)?);
    judge(&problems)
}
