//! What a command starts with: a runtime, and the services.

use std::sync::Arc;

use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, time_zones::TimeZones, usage::Rankings,
};

use crate::{
    config::{self, Config},
    failure::BoxError,
};

/// Runs asynchronous work to its end.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, BoxError>>) -> Result<T, BoxError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Connects to the database and builds the services that every command needs.
pub(super) async fn services(config: &Config) -> Result<Services, BoxError> {
    Ok(Services {
        pool: service::connect(&config.pool).await?,
        hasher: Hasher::start()?,
        settings: Arc::new(config.settings.clone()),
        last_seen: LastSeen::default(),
        failed_sign_ins: Noted::default(),
        live: Live::default(),
        exports: Exports::default(),
        time_zones: TimeZones::default(),
        rankings: Rankings::default(),
        work: Arc::default(),
        clock: config::clock,
    })
}
