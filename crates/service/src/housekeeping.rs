//! Periodic maintenance of the database.

use domain::{access_tokens, jobs, sessions::HISTORY_DAYS};

use crate::{Error, Services, audit, device, failed_sign_ins, known_device, usage, users};

/// Number of rows in one statement: few, so that it holds no lock for long.
const BATCH: i64 = 1_000;

/// Creates the partitions of the audit log and of usage of this month and the next two, before the first request. After
/// a long pause they are missing, and an entry stored outside them would prevent the partition of its month from being
/// created.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn prepare(services: &Services) -> Result<(), Error> {
    db::schema::ensure_audit_partitions(&services.pool).await?;
    Ok(db::usage::ensure_partitions(&services.pool).await?)
}

/// Runs all maintenance tasks: expires sessions; deletes ended sessions, access tokens and jobs after their retention;
/// fills in missing device descriptions; deletes old sign-in attempts, failed sign-ins, known browsers, idempotency
/// keys and shown messages; deletes ended leases, unspent rates and old usage events; merges totals of usage; creates
/// the partitions of the next months; seals the audit log; lifts suspensions that are over. A failed task does not stop the others.
///
/// # Errors
/// The first error, such as [`Error::Unavailable`]; the next run does the rest.
pub async fn run(services: &Services) -> Result<(), Error> {
    let results = [
        expire(services).await,
        forget_ended(services).await,
        forget_tokens(services).await,
        forget_jobs(services).await,
        name_devices(services).await,
        forget_failures(services).await,
        forget_requests(services).await,
        forget_flashes(services).await,
        forget_leases(services).await,
        usage::forget(services, BATCH).await,
        usage::merge_totals(services, BATCH).await,
        prepare(services).await,
        audit::seal(services).await,
        users::clear_expired_suspensions(services).await.map(drop),
    ];
    // All tasks have run by now; this returns the first error.
    results.into_iter().collect()
}

async fn expire(services: &Services) -> Result<(), Error> {
    while db::sessions::set_expired(&services.pool, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}

async fn forget_ended(services: &Services) -> Result<(), Error> {
    let pool = &services.pool;
    while db::sessions::retention::delete_ended(pool, HISTORY_DAYS, BATCH).await?
        == BATCH.unsigned_abs()
    {}
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

/// Describes the devices of sessions that an older version stored without a description.
async fn name_devices(services: &Services) -> Result<(), Error> {
    loop {
        let unnamed = db::sessions::retention::list_without_device(&services.pool, BATCH).await?;
        let (ids, devices): (Vec<_>, Vec<_>) = unnamed
            .into_iter()
            .map(|(id, agent)| (id, device::describe(agent.as_deref())))
            .unzip();
        if ids.is_empty() {
            return Ok(());
        }
        db::sessions::retention::set_devices(&services.pool, &ids, &devices).await?;
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

/// Deletes reservations and rates that limit nothing any more.
async fn forget_leases(services: &Services) -> Result<(), Error> {
    let pool = &services.pool;
    while db::limits::leases::delete_over(pool, BATCH).await? == BATCH.unsigned_abs() {}
    while db::limits::rates::delete_over(pool, BATCH).await? == BATCH.unsigned_abs() {}
    Ok(())
}
