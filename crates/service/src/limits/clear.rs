//! Deletion of a limit that is named by its subject and metric.

use db::limits as rows;
use domain::limits::LimitDraft;

use super::{is_zone, remove};
use crate::{
    Error, Services,
    access::{Authorized, LimitsWrite},
    guard,
};

/// Deletes the limit of the same subject, metric and model as a draft, if there is one. The next one in the order of precedence decides
/// then.
///
/// # Errors
/// [`Error::Invalid`] with the field errors.
pub async fn clear(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    draft: LimitDraft,
) -> Result<(), Error> {
    let limit = draft.check(is_zone).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let Some(before) = rows::lock_same(&mut transaction, &limit).await? else {
        return Ok(());
    };
    let audited = remove(&mut transaction, &actor, &before).await?;
    Ok(db::commit(transaction, audited).await?)
}
