//! Logs to standard error: text for people, JSON for programs.

use tracing_subscriber::EnvFilter;

use crate::{
    cli::Failure,
    config::{Config, LogFormat},
};

/// Begins to log.
pub(crate) fn start(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_level).map_err(|error| {
        format!("LOG_LEVEL is not understood: {error}. Use error, warn, info, debug or trace.")
    })?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}
