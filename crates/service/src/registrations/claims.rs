//! Addresses that people have given for themselves. Nobody can tell from an answer or its time what was found: for whoever
//! makes an account they are looked at later, for whoever has one the same is done and written for either finding.

use db::registrations::{self, Claim};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::Author,
    record::{self, Change, Changes},
};

/// Makes claimed addresses those of their accounts, as far as nobody else has them. Several replicas may do so at once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached; what is not done now is done next time.
pub async fn settle(services: &Services) -> Result<(), Error> {
    while next(services, None).await? {}
    Ok(())
}

/// Looks at the one of a person who has just claimed it, so that the account is not changed once more under whoever goes on to
/// edit it. What fails is done later.
pub(crate) async fn settle_own(services: &Services, id: Uuid) {
    if let Err(error) = next(services, Some(id)).await {
        drop(error.into_problem());
        services.work.notify_one();
    }
}

/// Looks at one, of one person or of anybody. Returns whether there may be more.
async fn next(services: &Services, of: Option<Uuid>) -> Result<bool, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(claim) = registrations::take_claim(&mut transaction, of).await? else {
        return Ok(false);
    };
    match registrations::settle(&mut transaction, &claim).await {
        Ok(free) => record(&mut transaction, &claim, free).await?,
        // Somebody got it at this very moment: that is found next time.
        Err(db::Error::Constraint { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    db::commit(transaction).await?;
    Ok(true)
}

/// Either finding is an entry: that of a taken address tells whoever looks after people of it, and takes as long.
async fn record(transaction: &mut db::Transaction, claim: &Claim, free: bool) -> Result<(), Error> {
    let (action, changes) = if free {
        let changes = Changes::default();
        let changes = changes.with("email", claim.known_as.as_deref(), claim.email.as_str());
        ("user.email_settled", changes)
    } else {
        ("user.email_contested", Changes::default())
    };
    let change = Change {
        action,
        user: (claim.user_id, &claim.username),
        changes,
        reason: None,
    };
    record::write(transaction, &Author::job(), change).await
}
