//! Sessions of users.

use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

/// Sessions to insert with one statement.
#[derive(Clone, Debug)]
pub struct SessionsBuilder {
    user_id: Uuid,
    number: i32,
    is_browser: bool,
    begun: Duration,
    idle_timeout: Duration,
    lifetime: Duration,
}

/// Returns active sessions of a user that begin now and end after a day, without IP address and device.
#[must_use]
pub fn sessions(user_id: Uuid, number: i32) -> SessionsBuilder {
    SessionsBuilder {
        user_id,
        number,
        is_browser: false,
        begun: Duration::ZERO,
        idle_timeout: Duration::DAY,
        lifetime: Duration::DAY,
    }
}

impl SessionsBuilder {
    /// Sets the IP address 192.0.2.1 and the device "Firefox on Linux".
    #[must_use]
    pub fn browser(self) -> Self {
        Self {
            is_browser: true,
            ..self
        }
    }

    /// Sets the time since the beginning and since the last request.
    #[must_use]
    pub fn begun(self, ago: Duration) -> Self {
        Self { begun: ago, ..self }
    }

    /// Sets the time after the last request at which the sessions expire.
    #[must_use]
    pub fn idle_timeout(self, idle_timeout: Duration) -> Self {
        Self {
            idle_timeout,
            ..self
        }
    }

    /// Sets the time after the beginning at which the sessions expire.
    #[must_use]
    pub fn lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    /// Inserts the sessions. Returns their ids.
    pub async fn insert(self, pool: &PgPool) -> Vec<Uuid> {
        sqlx::query_scalar(
            "insert into sessions (
                id, token_hash, user_id, ip, device, created_at, last_seen_at, idle_expires_at, expires_at
            )
            select
                uuid_v7(at), uuid_send(gen_random_uuid()), $1, case when $3 then inet '192.0.2.1' end,
                case when $3 then 'Firefox on Linux' end, at, at, at + make_interval(secs => $5),
                at + make_interval(secs => $6)
            from generate_series(1, $2), (select now() - make_interval(secs => $4) as at) as times
            returning id",
        )
        .bind(self.user_id)
        .bind(self.number)
        .bind(self.is_browser)
        .bind(self.begun.as_seconds_f64())
        .bind(self.idle_timeout.as_seconds_f64())
        .bind(self.lifetime.as_seconds_f64())
        .fetch_all(pool)
        .await
        .unwrap()
    }
}
