//! Digests of audit events and roots of seals. The format must never change: another format gives other hashes, and
//! existing seals would no longer verify.

use db::audit::seals::{Seal, Sealable};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// Length of a digest in bytes: 8 of the id and 32 of the hash.
const DIGEST: usize = 40;
/// Domain separators with the version of the format: the hashed bytes of an entry and of a seal start with them.
const ENTRY: &[u8] = b"rollcall audit entry 1";
const SEAL: &[u8] = b"rollcall audit seal 1";

/// Returns the digest of an entry as it is stored in a seal: its id and its hash.
pub(super) fn of_entry(entry: &Sealable) -> [u8; DIGEST] {
    let mut hash = Sha256::new();
    hash.update(ENTRY);
    hash.update(entry.id.to_be_bytes());
    hash.update(micros(entry.at));
    let uuid = |id: Option<Uuid>| id.map(|id| id.as_bytes().to_vec());
    let text = |text: &str| Some(text.as_bytes().to_vec());
    for part in [
        uuid(entry.actor_id),
        text(&entry.actor_label),
        text(&entry.via),
        uuid(entry.token_id),
        entry.token_label.as_deref().and_then(text),
        text(&entry.action),
        text(&entry.target_kind),
        uuid(entry.target_id),
        text(&entry.target_label),
        text(&entry.changes),
        entry.reason.as_deref().and_then(text),
        entry.ip.as_deref().and_then(text),
        uuid(entry.request_id),
    ] {
        // Each field with its length, so that no two entries have the same bytes; null differs from an empty text.
        match part {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    hash.update(micros(entry.created_at));
    // The parent was added to the format later: entries without one have the hash that they had before.
    if let Some(parent) = entry.parent_id {
        hash.update(parent.to_be_bytes());
    }
    let mut digest = [0; DIGEST];
    let (id, rest) = digest.split_at_mut(8);
    id.copy_from_slice(&entry.id.to_be_bytes());
    rest.copy_from_slice(&hash.finalize());
    digest
}

/// Returns the root of a seal: the hash of the previous root, the range of ids and the digests.
pub(super) fn root(seal: &Seal) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(SEAL);
    hash.update(seal.prev_root.as_deref().unwrap_or_default());
    hash.update(seal.from_id.to_be_bytes());
    hash.update(seal.to_id.to_be_bytes());
    hash.update(&seal.digests);
    hash.finalize().to_vec()
}

/// Lists the entries of a seal: the id of each and its digest.
pub(super) fn of_seal(seal: &Seal) -> impl Iterator<Item = (i64, &[u8])> {
    seal.digests.chunks(DIGEST).map(|digest| {
        let id = digest.first_chunk().map(|id| i64::from_be_bytes(*id));
        (id.unwrap_or_default(), digest)
    })
}

/// Returns a timestamp in microseconds, the precision of PostgreSQL, so that a stored one has the same bytes.
fn micros(timestamp: OffsetDateTime) -> [u8; 16] {
    (timestamp.unix_timestamp_nanos() / 1_000).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::*;

    fn entry() -> Sealable {
        Sealable {
            id: 7,
            at: datetime!(2026-11-21 12:00:00.000001 UTC),
            actor_id: Some(Uuid::from_u128(1)),
            actor_label: "ada".into(),
            via: "ui".into(),
            token_id: None,
            token_label: None,
            action: "user.created".into(),
            target_kind: "user".into(),
            target_id: Some(Uuid::from_u128(2)),
            target_label: "bob".into(),
            changes: "{}".into(),
            reason: None,
            ip: Some("192.0.2.1/32".into()),
            request_id: None,
            created_at: datetime!(2026-11-21 12:00 UTC),
            parent_id: None,
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digest_format_is_stable() {
        let digest = of_entry(&entry());
        assert_eq!(
            hex(&digest),
            "0000000000000007a7c3af60689c3a2ff877fa3bf9f3b44862912ca54351421967576b5aab59df9c"
        );
        let seal = Seal {
            from_id: 1,
            to_id: 9,
            digests: digest.to_vec(),
            root: Vec::new(),
            prev_root: None,
        };
        assert_eq!(
            hex(&root(&seal)),
            "ad660ca15a716e9090e4a862d50ac9e7b84e5cb516724da97d0aa648b225065e"
        );
        assert_eq!(of_seal(&seal).collect::<Vec<_>>(), [(7, &digest[..])]);
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let changes: [fn(&mut Sealable); 22] = [
            |e| e.id = 8,
            |e| e.at += time::Duration::MICROSECOND,
            |e| e.actor_id = None,
            |e| e.actor_id = Some(Uuid::from_u128(3)),
            |e| e.actor_label = "eve".into(),
            |e| e.via = "cli".into(),
            |e| e.token_id = Some(Uuid::nil()),
            |e| e.token_label = Some("nightly".into()),
            |e| e.action = "user.deleted".into(),
            |e| e.target_kind = "role".into(),
            |e| e.target_id = None,
            |e| e.target_label = "eve".into(),
            |e| e.changes = "{\"a\": [1, 2]}".into(),
            |e| e.reason = Some(String::new()),
            |e| e.reason = Some("spam".into()),
            |e| e.ip = None,
            |e| e.request_id = Some(Uuid::nil()),
            |e| e.created_at += time::Duration::MICROSECOND,
            |e| e.parent_id = Some(6),
            |e| e.parent_id = Some(5),
            // A character moves from one field to the next.
            |e| (e.actor_label, e.via) = ("adau".into(), "i".into()),
            |e| (e.reason, e.ip) = (e.ip.take(), None),
        ];
        let mut digests = BTreeSet::from([of_entry(&entry())]);
        for change in changes {
            let mut changed = entry();
            change(&mut changed);
            digests.insert(of_entry(&changed));
        }
        assert_eq!(digests.len(), changes.len() + 1);
    }

    #[test]
    fn every_field_is_in_the_root() {
        let seal = Seal {
            from_id: 1,
            to_id: 9,
            digests: vec![0; DIGEST],
            root: Vec::new(),
            prev_root: Some(vec![0; 32]),
        };
        let changes: [fn(&mut Seal); 4] = [
            |s| s.from_id = 2,
            |s| s.to_id = 10,
            |s| s.digests = vec![1; DIGEST],
            |s| s.prev_root = None,
        ];
        let mut roots = BTreeSet::from([root(&seal)]);
        for change in changes {
            let mut changed = seal.clone();
            change(&mut changed);
            roots.insert(root(&changed));
        }
        assert_eq!(roots.len(), changes.len() + 1);
    }
}
