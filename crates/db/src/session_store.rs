//! Session store for tower-sessions. It reads and writes the same rows that the list of sessions shows, so that there is one source of
//! truth.

use std::{collections::HashMap, time::Duration};

use domain::{
    action::{Action, TargetKind},
    client_address::ClientAddress,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error as StoreError, Result as StoreResult},
};
use uuid::Uuid;

use crate::{Error, audit, sessions, users};

/// Key of the owner in a loaded record: see [`Owner`].
pub const OWNER: &str = "owner";
/// Key of the sign-in in a record to be created: see [`SignIn`].
pub const SIGN_IN: &str = "sign_in";
/// Key of the data that is already in the row of a record just created. It is never stored.
const WRITTEN: &str = "written";
/// Error of a sign-in that was overtaken: after the password check the account was suspended, deleted or given another password.
pub const OVERTAKEN: &str = "the user was changed during sign-in";
/// Maximum number of characters of a `User-Agent` header that is stored.
const USER_AGENT_MAX: usize = 512;

/// The owner of a session as of this request. It is added to every loaded record and never stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Owner {
    /// Public id of the session.
    pub session_id: Uuid,
    /// The signed-in user, with the permissions as of now.
    pub principal: domain::access::Principal,
    /// Whether there are flash messages that were not shown yet.
    pub has_flashes: bool,
}

/// Properties of a new session. The store writes them into columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The id of the user who signs in.
    pub user_id: Uuid,
    /// Time at which the checked password was set.
    #[serde(with = "time::serde::rfc3339::option")]
    pub password_changed_at: Option<OffsetDateTime>,
    /// Username at the time, for the audit log.
    pub username: String,
    /// IP address of the client.
    pub ip: Option<ClientAddress>,
    /// `User-Agent` header of the browser.
    pub user_agent: Option<String>,
    /// Browser and operating system, in words.
    pub device: String,
    /// Maximum number of sessions of the user, above which the oldest are revoked; 0 for no limit.
    pub limit: u32,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<Uuid>,
    /// Time without a request after which the session expires.
    pub idle: Duration,
    /// Time after which the session expires at the latest.
    pub lifetime: Duration,
}

/// Returns the hash under which a cookie's value is stored.
#[must_use]
pub fn token_hash(id: &Id) -> [u8; 32] {
    Sha256::digest(id.to_string().as_bytes()).into()
}

/// Session store in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgSessionStore {
    pool: PgPool,
}

impl PgSessionStore {
    /// Creates a store over a pool.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Inserts the session, the sign-in and its audit log entry, in one transaction. Returns false if the account has changed since the
    /// password check, in which case nothing is stored.
    async fn start(&self, record: &Record, sign_in: &SignIn) -> Result<bool, Error> {
        // PostgreSQL stores no NUL in a text.
        let user_agent: Option<String> = sign_in.user_agent.as_ref().map(|agent| {
            agent
                .chars()
                .filter(|c| *c != '\0')
                .take(USER_AGENT_MAX)
                .collect()
        });
        let actor = audit::Actor {
            id: Some(sign_in.user_id),
            label: sign_in.username.clone(),
            via: "self",
            token: None,
            ip: sign_in.ip,
            request_id: sign_in.request_id,
            parent_id: None,
        };
        let session = sessions::NewSession {
            id: Uuid::now_v7(),
            token_hash: &token_hash(&record.id),
            user_id: sign_in.user_id,
            data: stored(&record.data),
            ip: sign_in.ip,
            user_agent: user_agent.as_deref(),
            device: &sign_in.device,
            idle: sign_in.idle,
            lifetime: sign_in.lifetime,
        };
        let mut transaction = self.pool.begin().await?;
        // Locks the user's row before the sessions, as every transaction that needs both, so that two of them cannot deadlock.
        let password = sign_in.password_changed_at;
        if !users::set_last_login(&mut transaction, sign_in.user_id, password).await? {
            return Ok(false);
        }
        sessions::insert(&mut transaction, &session).await?;
        let replaced =
            sessions::retention::set_replaced(&mut transaction, &session, sign_in.limit).await?;
        let mut changes = Map::new();
        if replaced > 0 {
            changes.insert("sessions_replaced".to_owned(), json!([0, replaced]));
        }
        let entry = audit::Entry {
            action: Action::SessionStarted,
            target_kind: TargetKind::Session,
            target_id: Some(session.id),
            target_label: &sign_in.username,
            changes: Value::Object(changes),
            reason: None,
        };
        audit::insert(&mut transaction, &actor, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Returns the part of a record's data that is stored in the row.
fn stored(data: &HashMap<String, Value>) -> Value {
    data.iter()
        .filter(|(key, _)| ![OWNER, SIGN_IN, WRITTEN].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

#[async_trait::async_trait]
impl SessionStore for PgSessionStore {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        let sign_in = record
            .data
            .remove(SIGN_IN)
            .ok_or_else(|| StoreError::Encode("a session needs a sign-in".to_owned()))?;
        let sign_in: SignIn = serde_json::from_value(sign_in)
            .map_err(|error| StoreError::Encode(error.to_string()))?;
        if self.start(record, &sign_in).await.map_err(backend)? {
            let written = stored(&record.data);
            record.data.insert(WRITTEN.to_owned(), written);
            return Ok(());
        }
        Err(StoreError::Backend(OVERTAKEN.to_owned()))
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let data = stored(&record.data);
        // The session layer saves again after a sign-in. Nothing has changed then, so the save is skipped, and its failure cannot fail the
        // sign-in.
        if record.data.get(WRITTEN) == Some(&data) {
            return Ok(());
        }
        let known = sessions::set_data(&self.pool, &token_hash(&record.id), &data).await;
        known.map(|_| ()).map_err(backend)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let Some(live) = sessions::find_live(&self.pool, &token_hash(id))
            .await
            .map_err(backend)?
        else {
            return Ok(None);
        };
        let owner = Owner {
            session_id: live.id,
            principal: live.principal,
            has_flashes: live.has_flashes,
        };
        let owner =
            serde_json::to_value(owner).map_err(|error| StoreError::Decode(error.to_string()))?;
        let mut data: HashMap<String, Value> = match live.data {
            Value::Object(map) => map.into_iter().collect(),
            _ => HashMap::new(),
        };
        data.insert(OWNER.to_owned(), owner);
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date: live.expires_at,
        }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        sessions::set_logged_out(&self.pool, &token_hash(id))
            .await
            .map_err(backend)
    }
}

fn backend(error: Error) -> StoreError {
    StoreError::Backend(error.to_string())
}
