//! Whether the record is as it was when it was sealed.

use std::fmt::{self, Display, Formatter};

use db::audit::seals::{self, Seal, Sealable};

use super::digest;
use crate::{
    Error, Services,
    access::{Granted, ReadAudit},
};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries that fit.
    pub entries: u64,
    /// Seals that fit.
    pub seals: u64,
    /// Entries that are not yet sealed.
    pub unsealed: u64,
    /// The root of the last seal that fits: noted elsewhere, it shows later that nothing before it was made anew.
    pub root: Option<Vec<u8>>,
    /// The first thing that does not fit.
    pub fault: Option<Fault>,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An entry is another one.
    Changed(i64),
    /// An entry is gone.
    Removed(i64),
    /// An entry was not there.
    Inserted(i64),
    /// A seal is another one, or those before it are.
    Seal {
        /// The first id under it.
        from_id: i64,
        /// The last one.
        to_id: i64,
    },
    /// There is no seal with the root that was noted.
    NotedRoot,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(id) => write!(f, "Entry {id} was changed after it was sealed."),
            Self::Removed(id) => write!(f, "Entry {id} was removed after it was sealed."),
            Self::Inserted(id) => write!(f, "Entry {id} was put among sealed ones."),
            Self::Seal { from_id, to_id } => write!(
                f,
                "The seal of the entries {from_id} to {to_id} was changed, or one before it was."
            ),
            Self::NotedRoot => write!(
                f,
                "No seal has the root that was noted: seals were removed or made anew."
            ),
        }
    }
}

/// Computes every seal anew from the entries, up to the first thing that does not fit. `noted` is the root of a seal as it
/// was once shown.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn verify(
    services: &Services,
    _: &Granted<ReadAudit>,
    noted: Option<&[u8]>,
) -> Result<Verification, Error> {
    let mut found = Verification::default();
    let mut is_noted_missing = noted.is_some();
    let mut before: Option<Seal> = None;
    // No entry has an id below 1.
    let stray = seals::list_entries(&services.pool, i64::MIN, 0, 1).await?;
    found.fault = stray.first().map(|entry| Fault::Inserted(entry.id));
    while found.fault.is_none() {
        let after = before.as_ref().map_or(i64::MIN, |before| before.from_id);
        let Some(seal) = seals::find_next(&services.pool, after).await? else {
            break;
        };
        found.fault = examine(services, &seal, before.as_ref(), &mut found).await?;
        is_noted_missing &= noted != Some(seal.root.as_slice());
        before = Some(seal);
    }
    if is_noted_missing && found.fault.is_none() {
        found.fault = Some(Fault::NotedRoot);
    }
    let last = seals::find_last(&services.pool).await?;
    let sealed = last.map_or(0, |last| last.to_id);
    found.unsealed = seals::count_after(&services.pool, sealed).await?;
    Ok(found)
}

/// Looks at one seal and what is under it.
async fn examine(
    services: &Services,
    seal: &Seal,
    before: Option<&Seal>,
    found: &mut Verification,
) -> Result<Option<Fault>, Error> {
    if !follows(seal, before) {
        return Ok(Some(Fault::Seal {
            from_id: seal.from_id,
            to_id: seal.to_id,
        }));
    }
    let sealed = digest::of_seal(seal).count();
    // One more, to see whether there are more.
    let most = i64::try_from(sealed + 1).unwrap_or(i64::MAX);
    let entries = seals::list_entries(&services.pool, seal.from_id, seal.to_id, most).await?;
    let fault = misfit(seal, &entries);
    if fault.is_none() {
        found.entries += u64::try_from(sealed).unwrap_or_default();
        found.seals += 1;
        found.root = Some(seal.root.clone());
    }
    Ok(fault)
}

/// Whether a seal is whole, and the one after another.
fn follows(seal: &Seal, before: Option<&Seal>) -> bool {
    let (from_id, prev_root) = match before {
        Some(before) => (before.to_id + 1, Some(&before.root)),
        None => (1, None),
    };
    seal.from_id == from_id
        && seal.prev_root.as_ref() == prev_root
        && seal.root == digest::root(seal)
}

/// The first entry that is not as its seal has it.
fn misfit(seal: &Seal, entries: &[Sealable]) -> Option<Fault> {
    let mut entries = entries.iter();
    for (id, digest) in digest::of_seal(seal) {
        match entries.next() {
            Some(entry) if entry.id < id => return Some(Fault::Inserted(entry.id)),
            Some(entry) if entry.id == id && digest::of_entry(entry) == digest => {}
            Some(entry) if entry.id == id => return Some(Fault::Changed(id)),
            _ => return Some(Fault::Removed(id)),
        }
    }
    entries.next().map(|entry| Fault::Inserted(entry.id))
}
