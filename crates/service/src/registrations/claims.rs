//! Addresses that people have given for themselves. Nobody waits while they are looked at, so that nobody can tell from an
//! answer or its time what was found.

use db::registrations::{self, Claim};
use serde_json::Value;

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
    while next(services).await? {}
    Ok(())
}

/// Looks at one. Returns whether there may be more.
async fn next(services: &Services) -> Result<bool, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let Some(claim) = registrations::take_claim(&mut transaction).await? else {
        return Ok(false);
    };
    match registrations::settle(&mut transaction, &claim).await {
        Ok(true) => record(&mut transaction, &claim).await?,
        // It stays what the person says of themselves.
        Ok(false) => {}
        // Somebody got it at this very moment: that is found next time.
        Err(db::Error::Constraint { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    db::commit(transaction).await?;
    Ok(true)
}

async fn record(transaction: &mut db::Transaction, claim: &Claim) -> Result<(), Error> {
    let change = Change {
        action: "user.email_settled",
        user: (claim.user_id, &claim.username),
        changes: Changes::default().with("email", Value::Null, claim.email.as_str()),
        reason: None,
    };
    record::write(transaction, &Author::job(), change).await
}
