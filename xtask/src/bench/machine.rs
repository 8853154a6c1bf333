//! Description of the machine that is measured.

use std::{fs, num::NonZero, thread};

use anyhow::Result;

use crate::database::Sibling;

/// Returns one line with processor, memory, PostgreSQL version and current load.
pub(super) fn describe(database: &Sibling<'_>) -> Result<String> {
    let cores = thread::available_parallelism().map_or(0, NonZero::get);
    let memory = first_value("/proc/meminfo", "MemTotal").unwrap_or_default();
    let gigabytes = memory
        .trim_end_matches(" kB")
        .parse::<f64>()
        .map_or(0.0, |kibibytes| kibibytes * 1024.0 / 1e9);
    let model =
        first_value("/proc/cpuinfo", "model name").unwrap_or("unknown processor".to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let postgres = database.query("show server_version")?;
    Ok(format!(
        "{cores} cores of {model}, {gigabytes:.0} GB of memory, PostgreSQL {postgres}; load before the run {load}"
    ))
}

/// Returns the value of the first line `name : value` of a file.
fn first_value(file: &str, name: &str) -> Option<String> {
    fs::read_to_string(file)
        .ok()?
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}
