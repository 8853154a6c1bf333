//! Access tokens: creation, scopes, and revocation.

use std::sync::Arc;

use domain::{
    access_tokens::{
        CreatedToken, OpenToken, TOKENS_MAX, TokenDraft, TokenState, list::TokensQuery,
    },
    account::OwnEdit,
    users::{detail::UserRef, edit::UserEdit},
};
use service::{
    Error, Services,
    access::{Credential, Origin, operator},
    access_tokens, account,
    reset::{self, Choice},
    settings::Settings,
    users,
};
use sqlx::PgPool;
use testing::roles::{assign, role};
use uuid::Uuid;

use crate::support::{
    callers::{self, admin},
    chosen,
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

fn draft(scopes: &[&str], days: Option<u16>) -> TokenDraft {
    TokenDraft {
        name: "nightly".into(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        days,
        current_password: PASSWORD.into(),
    }
}

/// Creates a token as the operator.
async fn create(services: &Services, user: Uuid, days: Option<u16>) -> CreatedToken {
    let draft = draft(&["account"], days);
    access_tokens::create(services, &operator(), user, &draft)
        .await
        .unwrap()
}

/// Returns whether a token is accepted.
async fn works(services: &Services, token: &CreatedToken) -> bool {
    let text = &token.issued.token;
    let found = access_tokens::find_caller(services, text, &Origin::default()).await;
    match found {
        Ok(_) => true,
        Err(Error::Unauthenticated(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Creates Ada and signs her in.
async fn ada(pool: &PgPool, roles: &[&str]) -> (Services, Own) {
    let services = services(pool);
    add(pool, "ada", roles).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    (services, own)
}

#[testing::test]
async fn token_has_the_permissions_its_owner_still_has(pool: PgPool) {
    let (services, own) = ada(&pool, &["auditor", "user"]).await;
    let token_draft = draft(&["users:read", "audit:read"], Some(30));
    let created = account::create_token(&services, &own.caller, &token_draft)
        .await
        .unwrap();
    let find = async || {
        let text = &created.issued.token;
        let caller = access_tokens::find_caller(&services, text, &Origin::default()).await;
        let caller = caller.unwrap();
        let Credential::Token(token_grant) = &caller.credential else {
            panic!("authenticated by a session");
        };
        assert_eq!(
            (token_grant.token, caller.principal.id),
            (created.id, own.caller.principal.id)
        );
        caller.principal.permissions
    };
    use domain::permission::Permission::{AuditRead, SessionsRead, UsersRead};
    let rights = find().await;
    assert!(rights.include(UsersRead) && rights.include(AuditRead));
    assert!(
        !rights.include(SessionsRead),
        "the role has the permission, the token lacks the scope"
    );
    sqlx::query(
        "update roles set permissions = '{audit:read,sessions:read}' where name = 'auditor'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let rights = find().await;
    assert!(
        rights.include(AuditRead) && !rights.include(UsersRead) && !rights.include(SessionsRead)
    );
}

#[testing::test]
async fn creating_a_token_requires_password_and_session(pool: PgPool) {
    let (services, own) = ada(&pool, &["user"]).await;
    let with = |password: &str| TokenDraft {
        current_password: password.into(),
        ..draft(&["account"], Some(1))
    };
    for (password, code) in [
        ("", "CurrentPasswordRequired"),
        ("other", "CurrentPasswordWrong"),
    ] {
        let denied = account::create_token(&services, &own.caller, &with(password)).await;
        assert_eq!(format!("{:?}", denied.unwrap_err()), code);
    }
    account::revoke_session(&services, &own.caller, own.caller.session().unwrap())
        .await
        .unwrap();
    let denied = account::create_token(&services, &own.caller, &with(PASSWORD)).await;
    assert!(matches!(denied, Err(Error::Unauthenticated(_))));
    assert_eq!(count(&pool, "select count(*) from access_tokens").await, 0);
}

#[testing::test]
async fn panel_creates_tokens_only_for_oneself(pool: PgPool) {
    let services = services(&pool);
    let (root, bob) = (
        add(&pool, "root", &["admin"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    let draft = draft(&["account"], Some(1));
    let denied = access_tokens::create(&services, &admin(root), bob, &draft).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))));
    let beyond = TokenDraft {
        scopes: vec!["users:read".into()],
        ..draft
    };
    let denied = access_tokens::create(&services, &operator(), bob, &beyond).await;
    assert!(
        matches!(denied, Err(Error::Invalid(_))),
        "scopes beyond the owner's permissions are rejected"
    );
    assert_eq!(count(&pool, "select count(*) from access_tokens").await, 0);
}

#[testing::test]
async fn tokens_per_user_are_limited(pool: PgPool) {
    let services = services(&pool);
    let bob = add(&pool, "bob", &["user"]).await;
    for _ in 1..TOKENS_MAX {
        create(&services, bob, Some(1)).await;
    }
    let all = (0..8).map(|_| {
        let services = services.clone();
        tokio::spawn(async move {
            let draft = draft(&["account"], Some(1));
            access_tokens::create(&services, &operator(), bob, &draft)
                .await
                .is_ok()
        })
    });
    let mut created = 0;
    for one in all.collect::<Vec<_>>() {
        created += u32::from(one.await.unwrap());
    }
    assert_eq!(created, 1, "only one of eight gets the last free place");
    sqlx::query("update access_tokens set revoked_at = now() where id = (select max(id::text)::uuid from access_tokens)")
        .execute(&pool)
        .await
        .unwrap();
    create(&services, bob, Some(1)).await;
}

#[testing::test]
async fn every_state_is_filtered(pool: PgPool) {
    let mut services = services(&pool);
    services.settings = Arc::new(Settings {
        token_max_days: 0,
        ..Settings::default()
    });
    let (ada, bob) = (
        add(&pool, "ada", &["user"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    let live = create(&services, ada, None).await;
    let expiring = create(&services, ada, Some(7)).await;
    let later = create(&services, ada, Some(8)).await;
    let expired = create(&services, ada, Some(1)).await;
    let revoked = create(&services, ada, Some(1)).await;
    let blocked = create(&services, bob, Some(1)).await;
    for (sql, id) in [
        (
            "update access_tokens set expires_at = now() where id = $1",
            expired.id,
        ),
        (
            "update access_tokens set revoked_at = now() where id = $1",
            revoked.id,
        ),
        (
            "update users set must_change_password = true where id = $1",
            bob,
        ),
    ] {
        sqlx::query(sql).bind(id).execute(&pool).await.unwrap();
    }
    for (state, tokens, work) in [
        (TokenState::Live, &[&later, &live][..], true),
        (TokenState::Expiring, &[&expiring], true),
        (TokenState::Blocked, &[&blocked], false),
        (TokenState::Expired, &[&expired], false),
        (TokenState::Revoked, &[&revoked], false),
    ] {
        let query = TokensQuery {
            state: Some(state),
            ..TokensQuery::newest(10)
        };
        let listed = access_tokens::list(&services, &operator(), &query).await;
        let page = listed.unwrap().page;
        let found: Vec<_> = page
            .rows
            .iter()
            .map(|token| (token.id, token.state))
            .collect();
        let expected: Vec<_> = tokens.iter().map(|token| (token.id, state)).collect();
        assert_eq!(
            (found, page.page_info.total.count),
            (expected, tokens.len() as u64),
            "{state:?}"
        );
        for token in tokens {
            assert_eq!(works(&services, token).await, work, "{state:?}");
        }
    }
    let of_bob = TokensQuery {
        user: Some(UserRef::Name("BOB".into())),
        ..TokensQuery::newest(10)
    };
    let listed = access_tokens::list(&services, &operator(), &of_bob).await;
    assert_eq!(listed.unwrap().page.rows.len(), 1);
}

#[testing::test]
async fn tokens_end_with_account_changes(pool: PgPool) {
    let (services, own) = ada(&pool, &["user"]).await;
    let id = own.caller.principal.id.0;
    let token = create(&services, id, Some(30)).await;
    // Not revoked by the user's own new password, by signing out everywhere, or by the end of a suspension.
    let edit = OwnEdit {
        password: Some("copper lantern under rain".into()),
        current_password: Some(PASSWORD.into()),
        ..OwnEdit::default()
    };
    account::edit(&services, &own.caller, &own.session, edit)
        .await
        .unwrap();
    assert!(works(&services, &token).await);
    users::revoke_sessions(&services, &operator(), id)
        .await
        .unwrap();
    let suspension = domain::users::suspension::SuspensionDraft {
        reason: "test".into(),
        ..Default::default()
    };
    users::suspend(&services, &operator(), id, suspension)
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
    users::unsuspend(&services, &operator(), id).await.unwrap();
    assert!(works(&services, &token).await);
    users::delete(&services, &operator(), id, &Default::default())
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
    users::restore(&services, &operator(), id).await.unwrap();
    assert!(works(&services, &token).await);
    // A temporary password set by an administrator blocks the tokens; revoking the sessions too revokes them.
    for (revoke_sessions, state) in [(false, "blocked"), (true, "revoked")] {
        let edit = UserEdit {
            password: Some("temporary".into()),
            revoke_sessions,
            ..UserEdit::default()
        };
        users::edit(&services, &operator(), id, edit).await.unwrap();
        assert!(!works(&services, &token).await);
        let now: String = sqlx::query_scalar("select state from listed_tokens")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(now, state);
    }
    let query = "select count(*) from audit_events where action = 'user.updated' and changes -> 'tokens' = '[1, 0]'";
    assert_eq!(count(&pool, query).await, 1);
}

#[testing::test]
async fn reset_lists_and_revokes_active_tokens(pool: PgPool) {
    let (services, own) = ada(&pool, &["user"]).await;
    let id = own.caller.principal.id.0;
    let bob = add(&pool, "bob", &["user"]).await;
    let of_bob = create(&services, bob, Some(1)).await;
    let (first, second) = (
        create(&services, id, Some(30)).await,
        create(&services, id, Some(30)).await,
    );
    let over = create(&services, id, Some(1)).await;
    access_tokens::revoke(&services, &operator(), over.id)
        .await
        .unwrap();
    let prefixes = |tokens: &[OpenToken]| -> Vec<String> {
        tokens.iter().map(|token| token.prefix.clone()).collect()
    };
    for (revoke_tokens, password) in [
        (false, "copper lantern under rain"),
        (true, "copper lantern under snow"),
    ] {
        let link = reset::create_link(&services, &operator(), id)
            .await
            .unwrap();
        let token = link.url.rsplit('/').next().unwrap();
        let open = reset::open_link(&services, token, &Origin::default())
            .await
            .unwrap();
        assert_eq!(
            prefixes(&open.tokens),
            [second.prefix.clone(), first.prefix.clone()]
        );
        let choice = Choice {
            revoke_tokens,
            ..chosen(password)
        };
        reset::choose_password(&services, token, choice, Origin::default())
            .await
            .unwrap();
        for token in [&first, &second] {
            assert_eq!(works(&services, token).await, !revoke_tokens);
        }
    }
    assert!(works(&services, &of_bob).await);
    let query = "select count(*) from audit_events where action = 'user.password_chosen' and changes -> 'tokens' = '[2, 0]'";
    assert_eq!(count(&pool, query).await, 1);
}

#[testing::test]
async fn fewer_permissions_cannot_revoke_a_token(pool: PgPool) {
    let services = services(&pool);
    let (root, clerk) = (
        add(&pool, "root", &["admin"]).await,
        add(&pool, "clerk", &["user"]).await,
    );
    let token = create(&services, root, Some(1)).await;
    let authorized = callers::caller(clerk, &["tokens:write"]).require().unwrap();
    role("clerk")
        .permissions(&["tokens:write"])
        .insert(&pool)
        .await;
    assign(&pool, clerk, &["clerk"]).await;
    let denied = access_tokens::revoke(&services, &authorized, token.id).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    assert!(works(&services, &token).await);
    access_tokens::revoke(&services, &admin(root), token.id)
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
}
