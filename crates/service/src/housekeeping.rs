//! What is done regularly, whoever asks.

use domain::{access_tokens, jobs, sessions::HISTORY_DAYS};

use crate::{Error, Services, audit, device, failed_sign_ins, known_device, users};

/// Sessions ended or removed in one statement: few enough to hold no lock for long.
const BATCH: i64 = 1_000;

/// Makes the audit partitions of this month and the next, before the first request: after a long pause there are none, and
/// an entry that found none for its month would keep that one from being made.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn prepare(services: &Services) -> Result<(), Error> {
    Ok(db::schema::ensure_audit_partitions(&services.pool).await?)
}

/// Ends sessions whose time is over, removes those, access tokens and jobs that ended long ago, puts devices into words, forgets
/// old failures to sign in, failed sign-ins of long ago, browsers that have not come for long, requests that came with an
/// idempotency key, and messages that were shown, makes the audit partitions of the next months, seals what is on record, and
/// lifts suspensions that are over. What fails keeps nothing else from being done.
///
/// # Errors
/// The first failure, such as [`Error::Unavailable`]; what is not done now is done next time.
pub async fn run(services: &Services) -> Result<(), Error> {
    let chores = [
        expire(services).await,
        forget_ended(services).await,
        forget_tokens(services).await,
        forget_jobs(services).await,
        name_devices(services).await,
        forget_failures(services).await,
        forget_requests(services).await,
        forget_flashes(services).await,
        prepare(services).await,
        audit::seal(services).await,
        users::lift_over(services).await.map(drop),
    ];
    chores.into_iter().collect()
}

async fn expire(services: &Services) -> Result<(), Error> {
    while db::sessions::set_expired(&services.pool, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_ended(services: &Services) -> Result<(), Error> {
    let pool = &services.pool;
    while db::sessions::keep::delete_ended(pool, HISTORY_DAYS, BATCH).await? == BATCH.unsigned_abs()
    {
    }
    Ok(())
}

async fn forget_tokens(services: &Services) -> Result<(), Error> {
    let (pool, days) = (&services.pool, access_tokens::HISTORY_DAYS);
    while db::access_tokens::delete_over(pool, days, BATCH).await? >= BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_jobs(services: &Services) -> Result<(), Error> {
    let (pool, days) = (&services.pool, jobs::HISTORY_DAYS);
    while db::jobs::delete_done(pool, days, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}

/// Puts the devices of sessions into words that were started before there were words for them.
async fn name_devices(services: &Services) -> Result<(), Error> {
    loop {
        let unnamed = db::sessions::keep::list_without_device(&services.pool, BATCH).await?;
        let (ids, devices): (Vec<_>, Vec<_>) = unnamed
            .into_iter()
            .map(|(id, agent)| (id, device::describe(agent.as_deref())))
            .unzip();
        if ids.is_empty() {
            return Ok(());
        }
        db::sessions::keep::set_devices(&services.pool, &ids, &devices).await?;
    }
}

async fn forget_failures(services: &Services) -> Result<(), Error> {
    let pool = &services.pool;
    db::login_attempts::delete_old(pool).await?;
    let days = failed_sign_ins::DAYS;
    while db::failed_sign_ins::delete_old(pool, days, BATCH).await? == BATCH.unsigned_abs() {}
    let days = known_device::DAYS;
    while db::known_devices::delete_old(pool, days, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_requests(services: &Services) -> Result<(), Error> {
    while db::idempotency::delete_over(&services.pool, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_flashes(services: &Services) -> Result<(), Error> {
    while db::flashes::delete_over(&services.pool, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}
