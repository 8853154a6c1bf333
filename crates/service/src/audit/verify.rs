//! Verification of the audit log against its seals.

use std::fmt::{self, Display, Formatter};

use db::audit::seals::{self, Seal, Sealable};

use super::digest;
use crate::{
    Error, Services,
    access::{AuditRead, Authorized},
};

/// Result of a verification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Number of entries that match their seal.
    pub entries: u64,
    /// Number of seals that match their entries.
    pub seals: u64,
    /// Number of entries that are not sealed yet.
    pub unsealed: u64,
    /// Root of the last seal that matches. Stored elsewhere, it proves later that no seal up to it was recomputed.
    pub root: Option<Vec<u8>>,
    /// First mismatch; None if everything matches.
    pub error: Option<VerifyError>,
}

/// Mismatch between the audit log and its seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyError {
    /// Id of an entry that was changed after it was sealed.
    Changed(i64),
    /// Id of an entry that was removed after it was sealed.
    Removed(i64),
    /// Id of an entry that was inserted among sealed ones.
    Inserted(i64),
    /// Seal that was changed, or whose predecessor was.
    Seal {
        /// First id of its range.
        from_id: i64,
        /// Last id of its range.
        to_id: i64,
    },
    /// Missing seal with the expected root.
    KnownRoot,
}

impl Display for VerifyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(id) => write!(f, "Entry {id} was changed after it was sealed."),
            Self::Removed(id) => write!(f, "Entry {id} was removed after it was sealed."),
            Self::Inserted(id) => write!(f, "Entry {id} was inserted among sealed ones."),
            Self::Seal { from_id, to_id } => write!(
                f,
                "The seal of entries {from_id} to {to_id}, or an earlier one, was changed."
            ),
            Self::KnownRoot => write!(
                f,
                "No seal has the given root: seals were removed or recreated."
            ),
        }
    }
}

/// Recomputes every seal from the entries, up to the first mismatch. `noted` is the root of a seal as an earlier
/// verification showed it; one of the seals must have it.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn verify(
    services: &Services,
    _: &Authorized<AuditRead>,
    noted: Option<&[u8]>,
) -> Result<Verification, Error> {
    let mut found = Verification::default();
    let mut is_noted_missing = noted.is_some();
    let mut before: Option<Seal> = None;
    // Ids start at 1: an entry below would be under no seal.
    let stray = seals::list_entries(&services.pool, i64::MIN, 0, 1).await?;
    found.error = stray.first().map(|entry| VerifyError::Inserted(entry.id));
    while found.error.is_none() {
        let after = before.as_ref().map_or(i64::MIN, |before| before.from_id);
        let Some(seal) = seals::find_next(&services.pool, after).await? else {
            break;
        };
        found.error = examine(services, &seal, before.as_ref(), &mut found).await?;
        is_noted_missing &= noted != Some(seal.root.as_slice());
        before = Some(seal);
    }
    if is_noted_missing && found.error.is_none() {
        found.error = Some(VerifyError::KnownRoot);
    }
    let last = seals::find_last(&services.pool).await?;
    let sealed = last.map_or(0, |last| last.to_id);
    found.unsealed = seals::count_after(&services.pool, sealed).await?;
    Ok(found)
}

/// Checks one seal and the entries in its range, and adds them to the counts of `found` if they match.
async fn examine(
    services: &Services,
    seal: &Seal,
    before: Option<&Seal>,
    found: &mut Verification,
) -> Result<Option<VerifyError>, Error> {
    if !follows(seal, before) {
        return Ok(Some(VerifyError::Seal {
            from_id: seal.from_id,
            to_id: seal.to_id,
        }));
    }
    let sealed = digest::of_seal(seal).count();
    // One more than the seal has, to detect an inserted entry.
    let most = i64::try_from(sealed + 1).unwrap_or(i64::MAX);
    let entries = seals::list_entries(&services.pool, seal.from_id, seal.to_id, most).await?;
    let error = misfit(seal, &entries);
    if error.is_none() {
        found.entries += u64::try_from(sealed).unwrap_or_default();
        found.seals += 1;
        found.root = Some(seal.root.clone());
    }
    Ok(error)
}

/// Returns whether the root of a seal is correct and its range follows the seal before it.
fn follows(seal: &Seal, before: Option<&Seal>) -> bool {
    let (from_id, prev_root) = match before {
        Some(before) => (before.to_id + 1, Some(&before.root)),
        None => (1, None),
    };
    seal.from_id == from_id
        && seal.prev_root.as_ref() == prev_root
        && seal.root == digest::root(seal)
}

/// Returns the first entry that differs from its seal.
fn misfit(seal: &Seal, entries: &[Sealable]) -> Option<VerifyError> {
    let mut entries = entries.iter();
    for (id, digest) in digest::of_seal(seal) {
        match entries.next() {
            Some(entry) if entry.id < id => return Some(VerifyError::Inserted(entry.id)),
            Some(entry) if entry.id == id && digest::of_entry(entry) == digest => {}
            Some(entry) if entry.id == id => return Some(VerifyError::Changed(id)),
            _ => return Some(VerifyError::Removed(id)),
        }
    }
    entries.next().map(|entry| VerifyError::Inserted(entry.id))
}
