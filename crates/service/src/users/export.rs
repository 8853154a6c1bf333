//! All that a person owns, as one JSON file that is made while it is sent.

use std::convert::identity;

use db::export::{self, Kind};
use domain::{access::Permission, json::StoredJson, users::detail::UserDetail};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::detail;
use crate::{
    Error, Services,
    access::{Author, Granted, ReadUsers},
    exports::{self, Pieces},
    record::{self, Change, Changes},
};

/// Things read at once.
const PIECE: i64 = 500;

/// An export on its way: the pieces of one JSON text. A last piece that is an error means that the file is not whole.
#[derive(Debug)]
pub struct Export {
    /// Whose.
    pub username: String,
    /// The pieces.
    pub pieces: Pieces,
}

/// Begins to export all that a user owns, but for what the caller lacks the permission to read elsewhere. That it was done is
/// audited first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::TooManyAtOnce`] when too many are being written.
pub async fn export(
    services: &Services,
    granted: &Granted<ReadUsers>,
    id: Uuid,
) -> Result<Export, Error> {
    let permissions = &granted.author().doer.permissions;
    let kinds = Kind::ALL.into_iter();
    let kinds = kinds.filter(|kind| permission(*kind).is_none_or(|one| permissions.include(one)));
    begin(services, granted.author(), id, (kinds.collect(), identity)).await
}

/// The permission that a kind takes beside that to read users.
const fn permission(kind: Kind) -> Option<Permission> {
    match kind {
        Kind::Personas | Kind::Ontologies | Kind::Annotations => None,
        Kind::Sessions => Some(Permission::SessionsRead),
        Kind::ApiKeys => Some(Permission::ApiKeysRead),
        Kind::Tokens => Some(Permission::TokensRead),
    }
}

/// Begins to export some kinds, with the account as the caller sees it.
pub(crate) async fn begin(
    services: &Services,
    author: &Author,
    id: Uuid,
    (kinds, view): (Vec<Kind>, fn(UserDetail) -> UserDetail),
) -> Result<Export, Error> {
    let slot = services.exports.reserve(author)?;
    let mut transaction = db::begin(&services.pool).await?;
    let user = view(detail::find(&mut transaction, id).await?);
    let change = Change {
        action: "user.exported",
        user: (id, &user.summary.username),
        changes: Changes::default(),
        reason: None,
    };
    record::write(&mut transaction, author, change).await?;
    db::commit(transaction).await?;
    let username = user.summary.username.clone();
    let pool = services.pool.clone();
    let pieces = exports::spawn(slot, |sender| async move {
        send(&pool, &user, &kinds, &sender).await
    });
    Ok(Export { username, pieces })
}

async fn send(
    pool: &db::PgPool,
    user: &UserDetail,
    kinds: &[Kind],
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let text = |value: serde_json::Result<String>| value.map_err(|e| Error::Internal(e.into()));
    let mut piece = format!("{{\"user\":{}", text(serde_json::to_string(user))?);
    for &kind in kinds {
        piece.push_str(&format!(",\n\"{}\":[", kind.name()));
        let (mut after, mut first) = (Uuid::nil(), true);
        loop {
            let found = export::list(pool, kind, user.summary.id.0, after, PIECE).await?;
            let Some((last, _)) = found.last() else { break };
            after = *last;
            for (_, value) in found {
                piece.push_str(if first { "\n" } else { ",\n" });
                // One that no reader could read would break the whole file.
                piece.push_str(StoredJson::from(value).as_str());
                first = false;
            }
            if sender.send(Ok(std::mem::take(&mut piece))).await.is_err() {
                return Ok(());
            }
        }
        piece.push(']');
    }
    piece.push_str("\n}\n");
    drop(sender.send(Ok(piece)).await);
    Ok(())
}
