//! Dialects, as administrators see them. The requests to them are the server's.

use domain::dialects::DialectState;

use crate::{
    Error, Services,
    access::{AuditRead, Authorized},
};

/// Lists all dialects of this version, on or off, with the time of the last use by any server.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<AuditRead>,
) -> Result<Vec<DialectState>, Error> {
    let stored = db::dialects::list_used(&services.pool).await?;
    let mut dialects = services.settings.dialects.to_vec();
    for dialect in &mut dialects {
        // The use of the last minute is in memory only.
        let noted = services.last_seen.of_dialect(&dialect.name);
        dialect.last_used_at = noted.max(stored.get(&dialect.name).copied());
    }
    Ok(dialects)
}
