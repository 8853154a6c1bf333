//! The server process: listening, housekeeping, and a shutdown that loses no request.

use std::{net::SocketAddr, time::Duration};

use app::shell::Assets;
use axum::Router;
use secrecy::ExposeSecret;
use service::{
    Error, Services, conversations, deletions, failed_sign_ins, housekeeping, last_seen,
    registrations, sessions, setup, users,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

use crate::{
    config::Config,
    connections::{self, Capacity, Listener},
    failure::BoxError,
    limits::Limits,
    metrics,
    middleware::stalled::DatabaseState,
    output::{ignore_closed_pipe, say},
    router,
};

/// Interval of housekeeping, which ends what has expired and removes old data.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// Maximum time for open requests to finish after the signal.
const GRACE: Duration = Duration::from_secs(30);

/// Serves until the process receives a signal to stop.
pub(crate) async fn run(
    config: Config,
    services: Services,
    assets: Assets,
) -> Result<(), BoxError> {
    let limits = Limits::per_minute(config.api_rate_limit);
    let (database, answers) = watch::channel(true);
    let site = router::Site {
        trusted_proxies: config.trusted_proxies.clone(),
        limits: limits.clone(),
        root: config.site_root.clone(),
        dialects: config.dialects.clone(),
        database: DatabaseState::new(answers),
    };
    let listeners = listen(&config, &site, &services, assets).await?;
    if let Err(error) = housekeeping::prepare(&services).await {
        tracing::warn!(%error, "cannot create a partition of the audit log; retrying");
    }
    let (stop, stopped) = watch::channel(false);
    let measured = match config.metrics {
        Some(address) => Some(metrics::serve(address, services.clone(), stopped.clone()).await?),
        None => None,
    };
    // The server runs without a reader of its output.
    ignore_closed_pipe(announce(&config, &services).await)?;
    let housekeeper = tokio::spawn(run_housekeeping(services.clone(), limits, stopped.clone()));
    let seen = tokio::spawn(note_seen(services.clone(), stopped.clone()));
    let failed = tokio::spawn(note_failed(services.clone(), stopped.clone()));
    let watchers = tokio::spawn(notify_watchers(services.clone(), stopped.clone()));
    let deleted = tokio::spawn(purge_deleted(services.clone(), stopped.clone()));
    let searched = tokio::spawn(prepare_search(services.clone(), stopped.clone()));
    let watched = tokio::spawn(watch_database(services.clone(), database, stopped.clone()));
    let capacity = Capacity::of_process(config.pool.max_connections).shared_by(listeners.len());
    let serve = |(listener, app)| {
        let proxies = config.trusted_proxies.clone();
        let served = connections::serve(listener, app, capacity, proxies, stopped.clone());
        tokio::spawn(served)
    };
    let servers: Vec<JoinHandle<()>> = listeners.into_iter().map(serve).collect();
    wait_for_signal().await?;
    tracing::info!("stopping: finishing open requests, accepting no new ones");
    stop.send_replace(true);
    // Event streams would hold their connections open without limit.
    services.live.stop();
    if tokio::time::timeout(GRACE, finish(servers)).await.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
    housekeeper.await?;
    seen.await?;
    failed.await?;
    watchers.await?;
    deleted.await?;
    searched.await?;
    watched.await?;
    if let Some(measured) = measured {
        measured.await?;
    }
    // The last requests have noted data that is still in memory.
    if let Err(error) = last_seen::write(&services).await {
        tracing::warn!(%error, "cannot save when sessions were last seen");
    }
    if let Err(error) = failed_sign_ins::write(&services).await {
        tracing::warn!(%error, "cannot save the latest failed sign-ins; they are in the log only");
    }
    Ok(())
}

/// Binds the address of the server and those of dialects, each with its routes.
async fn listen(
    config: &Config,
    site: &router::Site,
    services: &Services,
    assets: Assets,
) -> Result<Vec<(Listener, Router)>, BoxError> {
    let listener = bind("LEPTOS_SITE_ADDR", config.listen).await?;
    let app = router::build(site, services.clone(), assets);
    let mut listeners = vec![(listener, app)];
    for at in &config.dialect_addresses {
        let listener = bind(&at.setting, at.listen).await?;
        let app = router::build_dialect(site, services, &at.dialect);
        listeners.push((listener, app));
    }
    Ok(listeners)
}

async fn bind(setting: &str, address: SocketAddr) -> Result<Listener, BoxError> {
    Listener::bind(address).await.map_err(|error| {
        format!("Cannot listen on {address}: {error}. Choose another {setting}.").into()
    })
}

/// Waits until all servers have finished their requests.
async fn finish(servers: Vec<JoinHandle<()>>) {
    for server in servers {
        if let Err(error) = server.await {
            tracing::error!(%error, "a server ended with a panic");
        }
    }
}

async fn announce(config: &Config, services: &Services) -> Result<(), BoxError> {
    say(&format!("Rollcall is listening on {}", config.public_url))?;
    for at in &config.dialect_addresses {
        let name = at.dialect.name();
        say(&format!(
            "The dialect {name} is listening on http://{}",
            at.listen
        ))?;
    }
    if let Some(warning) = config.settings.guess_warning() {
        tracing::warn!("{warning}");
    }
    match setup::create_link(services).await {
        Ok(token) => say(&format!(
            "There is no admin yet. Open this link within 1 hour to create one:\n{}/setup/{}",
            config.public_url,
            token.expose_secret()
        )),
        Err(Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn run_housekeeping(services: Services, limits: Limits, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {
                limits.forget();
                warn(housekeeping::run(&services).await, "housekeeping");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Writes the times at which sessions were last seen, at intervals.
async fn note_seen(services: Services, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(last_seen::EVERY) => {
                warn(last_seen::write(&services).await, "saving when sessions were last seen");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Writes failed sign-ins, at intervals.
async fn note_failed(services: Services, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(failed_sign_ins::EVERY) => {
                warn(failed_sign_ins::write(&services).await, "saving failed sign-ins");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Notifies the watchers of sessions of changes.
async fn notify_watchers(services: Services, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = sessions::live::run(&services) => {}
        _ = stopped.changed() => {}
    }
}

/// Resolves unverified email addresses, purges deleted users, and deletes roles, groups and features, at intervals and as soon as there is
/// work. It may be dropped anywhere: unfinished work continues at the next start.
async fn purge_deleted(services: Services, mut stopped: watch::Receiver<bool>) {
    let work = async {
        loop {
            let resolved = registrations::resolve_unverified_emails(&services).await;
            warn(resolved, "resolving unverified email addresses");
            warn(
                users::purge::run(&services).await,
                "permanently deleting users",
            );
            warn(
                deletions::run(&services).await,
                "deleting roles, groups and features",
            );
            tokio::select! {
                () = tokio::time::sleep(HOUSEKEEPING) => {}
                () = services.work.notified() => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        _ = stopped.changed() => {}
    }
}

/// Creates or drops the index for searching messages. It may be dropped anywhere: PostgreSQL completes the index, or the next start does.
async fn prepare_search(services: Services, mut stopped: watch::Receiver<bool>) {
    let work = async {
        loop {
            match conversations::prepare_search(&services).await {
                Ok(true) => return,
                // Another replica is at work, and can be stopped before it is done.
                Ok(false) => {}
                Err(error) => warn(Err(error), "preparing the search for words of messages"),
            }
            tokio::time::sleep(HOUSEKEEPING).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = stopped.changed() => {}
    }
}

/// Reports whether the database answers.
async fn watch_database(
    services: Services,
    database: watch::Sender<bool>,
    mut stopped: watch::Receiver<bool>,
) {
    let report = |answers| {
        if answers {
            tracing::info!("the database answers again");
        } else {
            tracing::error!(
                "the database does not answer; requests that need it are answered with 503"
            );
        }
        database.send_replace(answers);
    };
    tokio::select! {
        () = service::watch_database(&services.pool, report) => {}
        _ = stopped.changed() => {}
    }
}

fn warn(done: Result<(), Error>, what: &str) {
    if let Err(error) = done {
        // The message is a sentence for operators; the cause is in the chain of sources.
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(%error, cause = cause.unwrap_or_default(), "{what} failed; retrying");
    }
}

async fn wait_for_signal() -> Result<(), BoxError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
