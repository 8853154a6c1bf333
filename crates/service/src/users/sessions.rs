//! Revocation of all sessions of a user.

use db::{sessions::EndReason, users::account::Account};
use domain::rules::Deed;

use crate::{
    Error, Services,
    access::{Author, Granted, WriteUsers},
    guard,
    record::{self, Change, Changes},
    target::TargetRef,
};

/// Revokes all sessions of a user. Returns their number.
///
/// # Errors
/// [`Error::Refused`] when the policy denies it, [`Error::NotFound`] when there is no such account.
pub async fn end_all(
    services: &Services,
    granted: &Granted<WriteUsers>,
    target: impl Into<TargetRef>,
) -> Result<u64, Error> {
    let target = target.into();
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, author, Deed::EndSessions, target).await?;
    let ended = apply(&mut transaction, author, &account).await?;
    db::commit(transaction).await?;
    Ok(ended)
}

/// Revokes the sessions of a locked account.
pub(super) async fn apply(
    transaction: &mut db::Transaction,
    author: &Author,
    account: &Account,
) -> Result<u64, Error> {
    let ended =
        db::sessions::set_ended_of(transaction, account.id, EndReason::Revoked, author.id())
            .await?;
    let change = Change {
        action: "user.sessions_ended",
        user: (account.id, &account.username),
        changes: Changes::default().with("sessions", ended, 0),
        reason: None,
    };
    record::write(transaction, author, change).await?;
    Ok(ended)
}
