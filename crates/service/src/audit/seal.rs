//! Seals over audit events, by which a later change of one is detected. Sealing never blocks a transaction that writes
//! (decision 14).

use db::audit::{
    Audited,
    horizon::{self, Horizon},
    seals::{self, Seal},
};

use super::digest;
use crate::{Error, Services};

/// Number of entries under one seal.
const BATCH: i64 = 1_000;
/// Maximum number of seals in one run: a long unsealed backlog is spread over several runs, so that it does not delay the
/// other jobs.
const MOST: usize = 100;

/// Seals the entries that are complete. Does nothing while another server holds the lock. A crash loses only the seal that
/// was not yet committed.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn seal(services: &Services) -> Result<(), Error> {
    for _ in 0..MOST {
        if !seal_batch(services).await? {
            break;
        }
    }
    Ok(())
}

/// Stores one seal. Returns whether there is more to seal.
async fn seal_batch(services: &Services) -> Result<bool, Error> {
    let mut transaction = seals::begin(&services.pool).await?;
    if !seals::try_lock(&mut transaction).await? {
        return Ok(false);
    }
    let finished = advance(&mut transaction).await?;
    let last = seals::find_last(&mut *transaction).await?;
    let from_id = last.as_ref().map_or(1, |last| last.to_id + 1);
    let entries = seals::list_entries(&mut *transaction, from_id, finished, BATCH).await?;
    let more = i64::try_from(entries.len()).is_ok_and(|found| found == BATCH);
    if let Some(latest) = entries.last() {
        let mut seal = Seal {
            from_id,
            to_id: if more { latest.id } else { finished },
            digests: entries.iter().flat_map(digest::of_entry).collect(),
            root: Vec::new(),
            prev_root: last.map(|last| last.root),
        };
        seal.root = digest::root(&seal);
        seals::insert(&mut transaction, &seal).await?;
    }
    db::commit(transaction, Audited::not_needed("a seal is not a change")).await?;
    Ok(more)
}

/// Determines and stores the id up to which no entry can still appear.
async fn advance(connection: &mut db::PgConnection) -> Result<i64, Error> {
    let known = horizon::find(&mut *connection).await?;
    // The id is read before the writers: a transaction with a smaller id is among them.
    let last = horizon::find_last_id(&mut *connection).await?;
    let writers = horizon::list_writers(&mut *connection).await?;
    let next = next(&known, last, writers);
    if next != known {
        horizon::set(connection, &next).await?;
    }
    Ok(next.finished)
}

/// Returns the horizon after another look: `last` is the last assigned id, `writers` are the transactions that were writing
/// right after it was read.
fn next(known: &Horizon, last: i64, writers: Vec<String>) -> Horizon {
    let finished = match &known.pending {
        _ if writers.is_empty() => last,
        Some((id, waited_for)) if is_done(waited_for, &writers) => *id,
        _ => known.finished,
    };
    let finished = finished.max(known.finished);
    let pending = known.pending.clone().filter(|(id, _)| *id > finished);
    let fresh = (last > finished).then_some((last, writers));
    Horizon {
        finished,
        pending: pending.or(fresh),
    }
}

/// Returns whether all transactions of `waited_for` are done, given those that are writing now. A transaction prepared for
/// a two-phase commit continues under another name (`-1/…`), so any prepared one counts as not done.
pub(super) fn is_done(waited_for: &[String], writers: &[String]) -> bool {
    let is_waited_for = |writer: &String| writer.starts_with("-1/") || waited_for.contains(writer);
    !writers.iter().any(is_waited_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn horizon(finished: i64, pending: Option<(i64, &[&str])>) -> Horizon {
        Horizon {
            finished,
            pending: pending.map(|(id, writers)| (id, names(writers))),
        }
    }

    #[test]
    fn horizon_advances_when_writers_finish() {
        for (known, last, writers, expected) in [
            // No transaction is writing: everything is complete.
            (horizon(0, None), 0, &[][..], horizon(0, None)),
            (horizon(3, None), 9, &[], horizon(9, None)),
            (horizon(3, Some((7, &["3/1"]))), 9, &[], horizon(9, None)),
            // A transaction is writing: its end is waited for.
            (
                horizon(3, None),
                9,
                &["3/1"],
                horizon(3, Some((9, &["3/1"]))),
            ),
            // Others have started, but one of those waited for is still writing.
            (
                horizon(3, Some((9, &["3/1", "4/1"]))),
                20,
                &["4/1", "5/1"],
                horizon(3, Some((9, &["3/1", "4/1"]))),
            ),
            // Those waited for are done, others are not.
            (
                horizon(3, Some((9, &["3/1", "4/1"]))),
                20,
                &["5/1"],
                horizon(9, Some((20, &["5/1"]))),
            ),
            // The same connection is in another transaction.
            (
                horizon(3, Some((9, &["3/1"]))),
                20,
                &["3/2"],
                horizon(9, Some((20, &["3/2"]))),
            ),
            // One of those waited for can be a prepared transaction by now.
            (
                horizon(3, Some((9, &["3/1"]))),
                20,
                &["-1/771"],
                horizon(3, Some((9, &["3/1"]))),
            ),
            // A transaction is writing, but no id was assigned since the last look.
            (horizon(9, None), 9, &["3/1"], horizon(9, None)),
            // The sequence of a restored database starts again at a lower id.
            (horizon(9, None), 2, &[], horizon(9, None)),
        ] {
            assert_eq!(next(&known, last, names(writers)), expected, "{known:?}");
        }
    }
}
