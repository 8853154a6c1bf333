//! Links, temporary passwords and invitations created by an access token: limited to its scopes, and invalid once it is
//! revoked or expired.

use domain::{
    access_tokens::TokenDraft,
    credentials::SignInDraft,
    invitations::{InvitationDraft, InvitationState},
    users::edit::UserEdit,
};
use service::{
    Error, Services,
    access::{Authorized, Origin, RequiredPermission, UsersWrite, operator},
    access_tokens, auth, invitations, reset, users,
};
use sqlx::PgPool;
use testing::roles::assign;
use uuid::Uuid;

use crate::support::{
    browser::browser,
    callers::admin,
    services,
    users::{add, count},
};

const TEMPORARY: &str = "handed over on paper";

/// Creates an access token of a user. Returns its id and the proof of its permission.
async fn create_token<R: RequiredPermission>(
    services: &Services,
    owner: Uuid,
    scopes: &[&str],
) -> (Uuid, Authorized<R>) {
    let draft = TokenDraft {
        name: "nightly".into(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        days: Some(1),
        current_password: String::new(),
    };
    let created = access_tokens::create(services, &operator(), owner, &draft)
        .await
        .unwrap();
    let text = &created.issued.token;
    let caller = access_tokens::find_caller(services, text, &Origin::default()).await;
    (created.id, caller.unwrap().require().unwrap())
}

async fn set_temporary(services: &Services, authorized: &Authorized<UsersWrite>, user: Uuid) {
    let edit = UserEdit {
        password: Some(TEMPORARY.into()),
        ..UserEdit::default()
    };
    users::edit(services, authorized, user, edit).await.unwrap();
}

/// Returns whether the temporary password of a user leads to a link.
async fn leads_on(services: &Services, username: &str) -> bool {
    let draft = SignInDraft {
        username: username.into(),
        password: TEMPORARY.into(),
        remember: false,
    };
    let session = browser(&services.pool, None);
    let signed_in = auth::sign_in(services, &session, draft, Origin::default()).await;
    assert!(signed_in.is_err(), "a temporary password started a session");
    matches!(signed_in, Err(Error::PasswordChangeRequired(_)))
}

async fn opens(services: &Services, url: &str) -> bool {
    let token = url.rsplit('/').next().unwrap();
    reset::open_link(services, token, &Origin::default())
        .await
        .is_ok()
}

async fn state(services: &Services, invitation: Uuid) -> InvitationState {
    let found = invitations::find(services, &operator(), invitation).await;
    found.unwrap().state
}

#[testing::test]
async fn temporary_password_is_limited_by_the_token(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let (_, by_token) = create_token(&services, root, &["users:write"]).await;
    set_temporary(&services, &by_token, ada).await;
    let link = reset::create_link(&services, &by_token, ada).await.unwrap();
    assert!(leads_on(&services, "ada").await && !opens(&services, &link.url).await);
    let link = reset::create_link(&services, &by_token, ada).await.unwrap();
    assert!(opens(&services, &link.url).await);
    // The token's owner could still do it, the token could not. The service function would revoke both.
    assign(&pool, ada, &["admin"]).await;
    assert!(!leads_on(&services, "ada").await);
    assert!(!opens(&services, &link.url).await);
}

#[testing::test]
async fn credentials_created_by_a_token_end_with_it(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    for (number, end) in [
        "update access_tokens set revoked_at = now() where id = $1",
        "update access_tokens set expires_at = now() where id = $1",
        "delete from access_tokens where id = $1",
    ]
    .into_iter()
    .enumerate()
    {
        let (first, second) = (format!("ada{number}"), format!("bob{number}"));
        let ada = add(&pool, &first, &["user"]).await;
        let bob = add(&pool, &second, &["user"]).await;
        let (token, by_token) = create_token(&services, root, &["users:write"]).await;
        set_temporary(&services, &by_token, ada).await;
        let link = reset::create_link(&services, &by_token, bob).await.unwrap();
        assert!(leads_on(&services, &first).await, "{end}");
        assert!(opens(&services, &link.url).await, "{end}");
        sqlx::query(end).bind(token).execute(&pool).await.unwrap();
        assert!(!leads_on(&services, &first).await, "{end}");
        assert!(!opens(&services, &link.url).await, "{end}");
        let shown = users::reset_links(&services, &operator(), bob).await;
        assert!(!shown.unwrap()[0].is_backed, "{end}");
    }
}

#[testing::test]
async fn invitation_ends_with_its_token(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let (token, by_token) = create_token(&services, root, &["registrations:write"]).await;
    let created = invitations::create(&services, &by_token, InvitationDraft::default()).await;
    let created = created.unwrap();
    let secret = created.link.url.rsplit('/').next().unwrap();
    let origin = Origin::default();
    invitations::open(&services, secret, &origin).await.unwrap();
    assert_eq!(state(&services, created.id).await, InvitationState::Open);
    access_tokens::revoke(&services, &operator(), token)
        .await
        .unwrap();
    assert_eq!(
        state(&services, created.id).await,
        InvitationState::Unbacked
    );
    let dead = invitations::open(&services, secret, &origin).await;
    assert!(matches!(dead, Err(Error::NotFound(_))), "{dead:?}");
    // Sent again by a signed-in user, the invitation depends on that user.
    let again = invitations::resend(&services, &admin(root), created.id).await;
    assert_eq!(state(&services, created.id).await, InvitationState::Open);
    let again = again.unwrap();
    let secret = again.url.rsplit('/').next().unwrap();
    invitations::open(&services, secret, &origin).await.unwrap();
}

#[testing::test]
async fn new_role_voids_a_temporary_password_of_another_user(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    set_temporary(&services, &admin(root), ada).await;
    assert!(leads_on(&services, "ada").await);
    let roles = |roles: &[&str]| UserEdit {
        roles: Some(roles.iter().map(ToString::to_string).collect()),
        ..UserEdit::default()
    };
    let promoted = users::edit(&services, &operator(), ada, roles(&["user", "admin"])).await;
    assert!(promoted.unwrap().must_change_password);
    assert!(!leads_on(&services, "ada").await);
    let noted = "select count(*) from audit_events
        where action = 'user.updated' and changes -> 'password' = '[\"temporary\", null]'";
    assert_eq!(count(&pool, noted).await, 1);
    // A temporary password that is set with the new role, or after it, stays valid.
    let demoted = users::edit(&services, &operator(), ada, roles(&["user"])).await;
    demoted.unwrap();
    let both = UserEdit {
        password: Some(TEMPORARY.into()),
        ..roles(&["user", "admin"])
    };
    users::edit(&services, &admin(root), ada, both)
        .await
        .unwrap();
    assert!(leads_on(&services, "ada").await);
}
