//! Export of all data of a user, as a JSON file that is streamed.

use std::convert::identity;

use db::export::{self, Kind};
use domain::{action::Action, json::StoredJson, permission::Permission, users::detail::UserDetail};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::detail;
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersRead},
    audit::{self, Change, Changes},
    exports::{self, Pieces},
};

/// Number of objects that one query reads.
const PIECE: i64 = 500;

/// Running export, in pieces of one JSON text. An error as the last piece means that the file is incomplete.
#[derive(Debug)]
pub struct Export {
    /// Username of the exported account.
    pub username: String,
    /// Pieces of the file, in order.
    pub pieces: Pieces,
}

/// Starts an export of all data of a user, without the kinds that the caller has no permission to read. The export is
/// audited before the first byte.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    id: Uuid,
) -> Result<Export, Error> {
    let permissions = &authorized.actor().subject.permissions;
    let kinds = Kind::ALL.into_iter();
    let kinds = kinds.filter(|kind| permission(*kind).is_none_or(|one| permissions.include(one)));
    begin(
        services,
        authorized.actor(),
        id,
        (kinds.collect(), identity),
    )
    .await
}

/// Returns the permission that a kind requires in addition to reading users.
const fn permission(kind: Kind) -> Option<Permission> {
    match kind {
        Kind::Personas
        | Kind::Ontologies
        | Kind::Annotations
        | Kind::Identifiers
        | Kind::Extensions => None,
        Kind::Conversations | Kind::Messages => Some(Permission::ConversationsRead),
        Kind::Sessions => Some(Permission::SessionsRead),
        Kind::ApiKeys => Some(Permission::ApiKeysRead),
        Kind::Tokens => Some(Permission::TokensRead),
    }
}

/// Starts an export of the given kinds. `view` adapts the account to what the caller can see.
pub(crate) async fn begin(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    (kinds, view): (Vec<Kind>, fn(UserDetail) -> UserDetail),
) -> Result<Export, Error> {
    let slot = services.exports.reserve(actor)?;
    let mut transaction = db::begin(&services.pool).await?;
    let user = view(detail::find(&mut transaction, id).await?);
    let change = Change {
        action: Action::DataExported,
        user: (id, &user.summary.username),
        changes: Changes::default(),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
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
            let last = found.last().map(|(id, _)| *id);
            for (_, value) in found {
                piece.push_str(if first { "\n" } else { ",\n" });
                // Stored JSON that parsers reject is replaced: it would make the whole file unreadable.
                piece.push_str(StoredJson::from(value).as_str());
                first = false;
            }
            if sender.send(Ok(std::mem::take(&mut piece))).await.is_err() {
                return Ok(());
            }
            let Some(last) = last else { break };
            after = last;
        }
        piece.push(']');
    }
    piece.push_str("\n}\n");
    drop(sender.send(Ok(piece)).await);
    Ok(())
}
