//! Signed-in test users.

use domain::{audit::Via, credentials::SignInDraft};
use service::{
    Services,
    access::{Caller, Origin},
    auth,
    passwords::Asker,
    sessions,
};
use tower_sessions::Session;

use super::browser::browser;

/// Sets the password of all users.
pub(crate) async fn set_password(services: &Services, password: &str) {
    let hash = services
        .hasher
        .hash(Asker::Operator, password.into())
        .await
        .unwrap();
    sqlx::query("update users set password_hash = $1")
        .bind(hash)
        .execute(&services.pool)
        .await
        .unwrap();
}

/// Signed-in user with the browser's session.
pub(crate) struct Own {
    pub(crate) caller: Caller,
    pub(crate) session: Session,
}

impl Own {
    /// Signs in with a new browser.
    pub(crate) async fn sign_in(services: &Services, username: &str, password: &str) -> Self {
        let session = browser(&services.pool, None);
        let draft = SignInDraft {
            username: username.to_owned(),
            password: password.to_owned(),
            remember: false,
        };
        auth::sign_in(services, &session, draft, Origin::default())
            .await
            .unwrap();
        let caller = Self::find(services, &session).await.unwrap();
        Self { caller, session }
    }

    /// Returns the actor of the browser's current cookie. None if its session has ended.
    pub(crate) async fn find(services: &Services, session: &Session) -> Option<Caller> {
        let session = browser(&services.pool, session.id());
        sessions::find_caller(services, &session, Via::Ui, &Origin::default())
            .await
            .unwrap()
    }
}
