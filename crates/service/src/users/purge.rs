//! Removing for good what is due, a piece at a time: a kill loses nothing, and nobody waits for it.

use db::{
    purge::Purge,
    users::account::{self, Account},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::Author,
    record::{self, Change, Changes},
};

/// Accounts queued in one go.
const QUEUED_AT_ONCE: i64 = 1_000;
/// Things removed in one transaction: few enough to be done in some tens of milliseconds.
const PIECE: i64 = 2_000;
/// Things removed in one transaction where more take too long.
const SMALLEST_PIECE: i64 = 2;
/// How often in a row even the smallest piece may take too long: some minutes.
const PUT_OFFS_MAX: i16 = 10;

const TOO_SLOW: &str = "Even a small part of it takes longer to remove than the database may take. Another table may refer to it \
                        without an index on what refers, or keep it locked.";

/// Queues what is due, and removes what is queued. Several replicas may do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time.
pub async fn run(services: &Services) -> Result<(), Error> {
    db::purge::queue_due(&services.pool, QUEUED_AT_ONCE).await?;
    let mut put_off = Vec::new();
    let mut size = PIECE;
    let mut done = Ok(());
    loop {
        match piece(services, None, &put_off, &mut size).await? {
            Piece::None => return done,
            Piece::Done | Piece::Refused(_) => {}
            Piece::PutOff(job, error) => {
                put_off.push(job);
                done = done.and(Err(error));
            }
        }
    }
}

/// Removes one account that is queued.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time. [`Error::Internal`] when
/// it refuses, and the removal has failed.
pub async fn run_of(services: &Services, id: Uuid) -> Result<(), Error> {
    let mut size = PIECE;
    loop {
        match piece(services, Some(id), &[], &mut size).await? {
            Piece::None => return Ok(()),
            Piece::Done => {}
            Piece::Refused(error) | Piece::PutOff(_, error) => return Err(error),
        }
    }
}

/// What became of a piece.
enum Piece {
    /// There is none to remove.
    None,
    /// It is removed, or a smaller one is to be tried, and there may be more.
    Done,
    /// It cannot be removed, and the removal has failed.
    Refused(Error),
    /// It took too long, or lost against others: this removal goes on next time, so that it holds up none of the others.
    PutOff(Uuid, Error),
}

/// Removes one piece of somebody's, or of anybody's but of the removals that were put off. One that takes too long makes those
/// after it smaller.
async fn piece(
    services: &Services,
    of: Option<Uuid>,
    put_off: &[Uuid],
    size: &mut i64,
) -> Result<Piece, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(purge) = db::purge::take(&mut transaction, of, put_off).await? else {
        return Ok(Piece::None);
    };
    let done = match advance(&mut transaction, &purge, *size).await {
        Ok(()) => db::commit(transaction).await.map_err(Error::from),
        Err(error) => {
            // What it has locked is needed to note the failure.
            db::rollback(transaction).await?;
            Err(error)
        }
    };
    let Err(error) = done else {
        return Ok(Piece::Done);
    };
    let why = match cause(&error) {
        Some(cause) if cause.is_too_late() && *size > SMALLEST_PIECE => {
            *size /= 10;
            return Ok(Piece::Done);
        }
        Some(cause) if cause.is_passing() => {
            *size = PIECE;
            tracing::warn!(job = %purge.id, user = %purge.user_id, %cause, "a removal is put off");
            if !cause.is_too_late() || !is_put_off_too_often(services, &purge).await? {
                return Ok(Piece::PutOff(purge.id, error));
            }
            TOO_SLOW.to_owned()
        }
        Some(db::Error::Constraint { constraint }) => format!(
            "The database refuses to remove something: it would break the rule {constraint}. Another table may refer to it."
        ),
        _ => "The database failed. The log of the server has the cause, with the id of this job."
            .to_owned(),
    };
    let cause = cause(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(job = %purge.id, user = %purge.user_id, cause, "a removal has failed");
    db::jobs::set_failed(&services.pool, purge.id, Some(purge.done), &why).await?;
    Ok(Piece::Refused(error))
}

/// What the database said.
fn cause(error: &Error) -> Option<&db::Error> {
    std::error::Error::source(error).and_then(|cause| cause.downcast_ref())
}

/// Notes that a removal is put off. Whether it has been so often in a row that a person should look.
async fn is_put_off_too_often(services: &Services, purge: &Purge) -> Result<bool, Error> {
    let times = db::jobs::put_off(&services.pool, purge.id).await?;
    Ok(times.is_some_and(|times| times >= PUT_OFFS_MAX))
}

/// Does a piece of a removal that is taken.
async fn advance(transaction: &mut db::Transaction, purge: &Purge, size: i64) -> Result<(), Error> {
    match account::lock(transaction, purge.user_id).await? {
        Some(account) if account.deleted_at.is_some() => {
            db::jobs::set_running(transaction, purge.id).await?;
            remove(transaction, purge, &account, size).await
        }
        // Restored in the moment in which the job was queued.
        Some(_) => Ok(db::purge::withdraw(transaction, purge.id).await?),
        None => Ok(db::jobs::set_done(&mut **transaction, purge.id).await?),
    }
}

/// Removes some of what a person owns, and the account itself once there is nothing.
async fn remove(
    transaction: &mut db::Transaction,
    purge: &Purge,
    account: &Account,
    size: i64,
) -> Result<(), Error> {
    let removed = db::purge::delete_owned(transaction, account.id, size).await?;
    if removed > 0 {
        let removed = i64::try_from(removed).unwrap_or_default();
        return Ok(db::jobs::add_done(transaction, purge.id, removed).await?);
    }
    db::purge::delete_user(transaction, account.id).await?;
    let change = Change {
        action: "user.purged",
        user: (account.id, &account.username),
        changes: Changes::default().with("removed", json!(null), purge.done),
        reason: None,
    };
    record::write(transaction, &Author::job(), change).await?;
    Ok(db::jobs::set_done(&mut **transaction, purge.id).await?)
}
