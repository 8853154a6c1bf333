//! Provider API keys: selection, permissions, and rotation of the encryption key.

use domain::{
    keys::{ApiKey, KeyEdit},
    list::Total,
    policy::Denied,
    users::{deletion::Deletion, suspension::SuspensionDraft},
};
use secrecy::ExposeSecret;
use service::{
    Error, Services,
    access::{ApiKeysResolve, Authorized, operator},
    account, keys, users,
};
use sqlx::PgPool;
use testing::roles::{assign, role};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    key_ring::{NEW, OLD, draft, with_keys},
    own::{Own, set_password},
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// Creates a user and signs in.
async fn signed_in(services: &Services, username: &str) -> (Uuid, Own) {
    let id = add(&services.pool, username, &["user"]).await;
    set_password(services, PASSWORD).await;
    let own = Own::sign_in(services, username, PASSWORD).await;
    assert!(own.session.id().is_some());
    (id, own)
}

/// Builds an edit that enables or disables a key.
fn toggled(on: bool) -> KeyEdit {
    KeyEdit {
        is_active: Some(on),
        ..KeyEdit::default()
    }
}

async fn own_key(services: &Services, own: &Own, provider: &str, key: &str) -> ApiKey {
    account::create_key(services, &own.caller, draft(provider, key))
        .await
        .unwrap()
}

async fn system_key(services: &Services, provider: &str, key: &str) -> ApiKey {
    keys::create_system(services, &operator(), draft(provider, key))
        .await
        .unwrap()
}

/// Resolves the OPENAI key of a user. None if there is no key.
async fn resolved(services: &Services, user: Uuid) -> Option<String> {
    resolved_of(services, user, "OPENAI").await
}

async fn resolved_of(services: &Services, user: Uuid, provider: &str) -> Option<String> {
    match keys::resolve(services, &operator(), provider, Some(user)).await {
        Ok(key) => {
            let source = if key.is_own { "user" } else { "system" };
            Some(format!("{source} {}", key.text.expose_secret()))
        }
        Err(Error::NotFound(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// Returns the content of the audit log and of all stored keys as one text.
async fn everything_written(pool: &PgPool) -> String {
    let sql = "select coalesce(string_agg(row_to_json(e)::text, ' '), '') from audit_events e
        union all select coalesce(string_agg(row_to_json(k)::text, ' '), '') from api_keys k";
    let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
    texts.join(" ")
}

#[testing::test]
async fn own_key_precedes_the_newest_system_key(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let (ada, own) = signed_in(&services, "ada").await;
    let bob = add(&pool, "bob", &["user"]).await;
    assert_eq!(resolved(&services, ada).await, None);

    let first = system_key(&services, "OPENAI", "sk-system-1").await;
    system_key(&services, "GOOGLE", "sk-google").await;
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("system sk-system-1")
    );
    let second = system_key(&services, "OPENAI", "sk-system-2").await;
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("system sk-system-2")
    );

    let mine = own_key(&services, &own, "openai", "sk-mine").await;
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("user sk-mine")
    );
    assert_eq!(
        resolved(&services, bob).await.as_deref(),
        Some("system sk-system-2")
    );
    assert_eq!(
        resolved_of(&services, ada, " google ").await.as_deref(),
        Some("system sk-google"),
        "the name of the provider is not case-sensitive"
    );

    account::edit_key(&services, &own.caller, mine.id, toggled(false))
        .await
        .unwrap();
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("system sk-system-2")
    );
    keys::edit_system(&services, &operator(), second.id, toggled(false))
        .await
        .unwrap();
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("system sk-system-1")
    );
    keys::delete_system(&services, &operator(), first.id)
        .await
        .unwrap();
    assert_eq!(resolved(&services, ada).await, None);
    account::edit_key(&services, &own.caller, mine.id, toggled(true))
        .await
        .unwrap();
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("user sk-mine")
    );
    for nothing in ["ANTHROPIC", "", "no provider", "OPENAI\0"] {
        assert_eq!(
            resolved_of(&services, ada, nothing).await,
            None,
            "{nothing:?}"
        );
    }
}

#[testing::test]
async fn inactive_user_gets_no_key(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let boss = add(&pool, "boss", &["admin"]).await;
    let (ada, own) = signed_in(&services, "ada").await;
    own_key(&services, &own, "OPENAI", "sk-mine").await;
    system_key(&services, "OPENAI", "sk-system").await;

    let suspension = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    users::suspend(&services, &admin(boss), ada, suspension)
        .await
        .unwrap();
    assert_eq!(resolved(&services, ada).await, None);
    users::unsuspend(&services, &admin(boss), ada)
        .await
        .unwrap();
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("user sk-mine")
    );

    users::delete(&services, &admin(boss), ada, &Deletion::default())
        .await
        .unwrap();
    assert_eq!(resolved(&services, ada).await, None);
    users::restore(&services, &admin(boss), ada).await.unwrap();
    assert_eq!(
        resolved(&services, ada).await.as_deref(),
        Some("user sk-mine")
    );

    run(
        &pool,
        "update users set status = 'pending' where username = 'ada'",
    )
    .await;
    assert_eq!(resolved(&services, ada).await, None);
    assert_eq!(resolved(&services, Uuid::nil()).await, None);
}

#[testing::test]
async fn each_use_is_counted_and_audited_without_the_key(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let program = add(&pool, "program", &["application"]).await;
    let (ada, own) = signed_in(&services, "ada").await;
    let mine = own_key(&services, &own, "OPENAI", "sk-very-secret-abcd").await;
    assert_eq!((mine.usage_count, mine.last_used_at), (0, None));
    let authorized: Authorized<ApiKeysResolve> =
        caller(program, &["api-keys:resolve"]).require().unwrap();
    for _ in 0..3 {
        let key = keys::resolve(&services, &authorized, "OPENAI", Some(ada))
            .await
            .unwrap();
        assert_eq!(
            (key.id, key.text.expose_secret()),
            (mine.id, "sk-very-secret-abcd")
        );
        assert!(!format!("{key:?}").contains("sk-very"));
    }
    let listed = &account::keys(&services, &own.caller).await.unwrap().keys[0];
    assert_eq!(listed.usage_count, 3);
    assert!(listed.last_used_at.is_some());
    assert_eq!(listed.updated_at, mine.updated_at, "a use is not an update");
    let uses: Vec<String> = sqlx::query_scalar(
        "select actor_label || ' ' || target_label || ' ' || (changes ->> 'uses')
        from audit_events where action = 'api_key.resolved' and target_id = $1 order by id",
    )
    .bind(ada)
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        uses,
        ["asker ada [0, 1]", "asker ada [1, 2]", "asker ada [2, 3]"]
    );
    let edit = KeyEdit {
        api_key: Some("sk-another-secret-abcd".into()),
        ..KeyEdit::default()
    };
    account::edit_key(&services, &own.caller, mine.id, edit)
        .await
        .unwrap();
    let (history, _) = users::history(&services, &operator(), ada, None)
        .await
        .unwrap();
    assert_eq!(history[0].action, "api_key.updated");
    assert!(
        history[0].changes.contains_key("secret"),
        "a new value with the same last characters is audited"
    );
    account::delete_key(&services, &own.caller, mine.id)
        .await
        .unwrap();
    let written = everything_written(&pool).await;
    assert!(written.contains("abcd"), "the last characters are stored");
    assert!(!written.contains("secret-abcd"), "{written}");
}

#[testing::test]
async fn resolve_permission_is_checked_per_request(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let program = add(&pool, "program", &["application"]).await;
    system_key(&services, "OPENAI", "sk-system").await;
    assert!(matches!(
        caller(program, &["*"]).require::<ApiKeysResolve>(),
        Err(Error::Forbidden(_))
    ));
    let authorized: Authorized<ApiKeysResolve> =
        caller(program, &["api-keys:resolve"]).require().unwrap();
    let own = keys::resolve(&services, &authorized, "OPENAI", None)
        .await
        .unwrap();
    assert!(!own.is_own, "the default user is the caller");
    run(&pool, "delete from user_roles").await;
    assert!(matches!(
        keys::resolve(&services, &authorized, "OPENAI", None).await,
        Err(Error::Forbidden(_))
    ));
    assert_eq!(
        count(&pool, "select sum(usage_count)::bigint from api_keys").await,
        1
    );
}

#[testing::test]
async fn user_has_one_key_per_provider_and_sees_no_others(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let (ada, own) = signed_in(&services, "ada").await;
    let (_, other) = signed_in(&services, "bob").await;
    let mine = own_key(&services, &own, "OPENAI", "sk-mine").await;
    let again = account::create_key(&services, &own.caller, draft("openai", "sk-2")).await;
    assert_eq!(
        again.unwrap_err().to_string(),
        "API key for this provider already exists"
    );
    own_key(&services, &other, "OPENAI", "sk-his").await;
    let system = system_key(&services, "OPENAI", "sk-system").await;
    system_key(&services, "OPENAI", "sk-system").await;

    let own_keys = account::keys(&services, &own.caller).await.unwrap();
    assert_eq!(own_keys.keys, std::slice::from_ref(&mine));
    assert_eq!(own_keys.providers.len(), 3);
    for id in [mine.id, system.id] {
        assert!(matches!(
            account::edit_key(&services, &other.caller, id, toggled(false)).await,
            Err(Error::NotFound(entity)) if entity.message() == "API key not found"
        ));
        assert!(matches!(
            account::delete_key(&services, &other.caller, id).await,
            Err(Error::NotFound(entity)) if entity.message() == "API key not found"
        ));
    }
    assert!(matches!(
        keys::edit_system(&services, &operator(), mine.id, toggled(false)).await,
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        keys::delete_system(&services, &operator(), mine.id).await,
        Err(Error::NotFound(_))
    ));
    let counted = "select api_keys::bigint from user_stats s join users u on u.id = s.user_id where username = 'ada'";
    assert_eq!(count(&pool, counted).await, 1);
    let preview = users::preview(&services, &operator(), ada).await.unwrap();
    assert_eq!(preview.counts.api_keys, 1);
    account::delete_key(&services, &own.caller, mine.id)
        .await
        .unwrap();
    assert_eq!(count(&pool, counted).await, 0);
}

#[testing::test]
async fn equal_edit_is_no_change(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let created = system_key(&services, "OPENAI", "sk-system").await;
    let same = KeyEdit {
        key_name: Some(" Work ".into()),
        ..toggled(true)
    };
    for edit in [same, KeyEdit::default()] {
        let stored = keys::edit_system(&services, &operator(), created.id, edit).await;
        let unchanged = keys::EditedKey {
            key: created.clone(),
            is_changed: false,
        };
        assert_eq!(stored.unwrap(), unchanged);
    }
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 1);
}

#[testing::test]
async fn keys_of_users_with_more_permissions_cannot_be_revoked(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    role("keeper")
        .permissions(&["users:read", "api-keys:read", "api-keys:write"])
        .insert(&pool)
        .await;
    let keeper = add(&pool, "keeper", &["keeper"]).await;
    let may = |id| caller(id, &["users:read", "api-keys:read", "api-keys:write"]);
    let (boss, boss_own) = signed_in(&services, "boss").await;
    assign(&pool, boss, &["admin"]).await;
    let (ada, own) = signed_in(&services, "ada").await;
    let key = own_key(&services, &boss_own, "OPENAI", "sk-boss").await;
    let hers = own_key(&services, &own, "OPENAI", "sk-ada").await;
    let authorized = may(keeper).require().unwrap();
    assert!(matches!(
        keys::revoke_key(&services, &authorized, boss, key.id).await,
        Err(Error::Denied(Denied::MoreRights))
    ));
    assert!(matches!(
        keys::revoke_key(&services, &authorized, ada, key.id).await,
        Err(Error::NotFound(_))
    ));
    let shown = keys::list_of(&services, &may(keeper).require().unwrap(), ada).await;
    assert_eq!(shown.unwrap(), std::slice::from_ref(&hers));
    keys::revoke_key(&services, &authorized, ada, hers.id)
        .await
        .unwrap();
    assert!(
        account::keys(&services, &own.caller)
            .await
            .unwrap()
            .keys
            .is_empty()
    );
    run(
        &pool,
        "delete from user_roles where user_id = (select id from users where username = 'keeper')",
    )
    .await;
    assert!(matches!(
        keys::create_system(&services, &authorized, draft("OPENAI", "sk")).await,
        Err(Error::Forbidden(_))
    ));
}

#[testing::test]
async fn users_with_own_keys_are_counted(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    for (name, status) in [("ada", "active"), ("bob", "active"), ("sue", "suspended")] {
        let (id, own) = signed_in(&services, name).await;
        let key = own_key(&services, &own, "OPENAI", "sk-mine").await;
        if name == "bob" {
            own_key(&services, &own, "GOOGLE", "sk-mine").await;
            account::edit_key(&services, &own.caller, key.id, toggled(false))
                .await
                .unwrap();
        }
        sqlx::query("update users set status = $2 where id = $1")
            .bind(id)
            .bind(status)
            .execute(&pool)
            .await
            .unwrap();
    }
    // A provider that is no longer configured.
    run(
        &pool,
        "insert into api_keys (id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
        values (gen_random_uuid(), 'OLDER', 'x', '', '', 1, 'abcd', now(), now())",
    )
    .await;
    let list = keys::list_system(&services, &operator()).await.unwrap();
    let users: Vec<_> = list
        .providers
        .iter()
        .map(|of| (of.provider.as_str(), of.users))
        .collect();
    let exactly = |n| Some(Total::exact(n));
    assert_eq!(
        users,
        [
            ("ANTHROPIC", exactly(0)),
            ("OPENAI", exactly(1)),
            ("GOOGLE", exactly(1)),
            ("OLDER", exactly(0))
        ]
    );
}

#[testing::test]
async fn without_an_encryption_key_keys_are_listed_and_deleted_only(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let (ada, own) = signed_in(&services, "ada").await;
    let key = own_key(&services, &own, "OPENAI", "sk-mine").await;
    let off = with_keys(&pool, &[]);
    let edit = KeyEdit {
        api_key: Some("sk-2".into()),
        ..KeyEdit::default()
    };
    for denied in [
        account::create_key(&off, &own.caller, draft("GOOGLE", "sk-1"))
            .await
            .map(drop),
        keys::create_system(&off, &operator(), draft("GOOGLE", "sk-1"))
            .await
            .map(drop),
        account::edit_key(&off, &own.caller, key.id, edit)
            .await
            .map(drop),
        keys::resolve(&off, &operator(), "OPENAI", Some(ada))
            .await
            .map(drop),
        keys::rotate(&off, &operator()).await.map(drop),
    ] {
        assert!(matches!(denied, Err(Error::KeysOff)), "{denied:?}");
    }
    assert_eq!(
        account::keys(&off, &own.caller).await.unwrap().keys,
        std::slice::from_ref(&key)
    );
    account::edit_key(&off, &own.caller, key.id, toggled(false))
        .await
        .unwrap();
    account::delete_key(&off, &own.caller, key.id)
        .await
        .unwrap();
}

#[testing::test]
async fn moved_or_undecryptable_key_is_not_resolved(pool: PgPool) {
    let services = with_keys(&pool, &[NEW]);
    let (ada, own) = signed_in(&services, "ada").await;
    own_key(&services, &own, "OPENAI", "sk-mine").await;
    system_key(&services, "OPENAI", "sk-system").await;
    run(
        &pool,
        "update api_keys k set ciphertext = o.ciphertext, nonce = o.nonce from api_keys o
        where k.user_id is not null and o.user_id is null",
    )
    .await;
    let denied = async |services: &Services| {
        let error = keys::resolve(services, &operator(), "OPENAI", Some(ada)).await;
        let text = error.unwrap_err().to_string();
        assert!(text.contains("can't be decrypted"), "{text}");
    };
    denied(&services).await;
    denied(&with_keys(&pool, &[OLD])).await;
    assert_eq!(
        count(&pool, "select sum(usage_count)::bigint from api_keys").await,
        0,
        "a key that was not resolved is not counted as used"
    );
}

#[testing::test]
async fn rotation_reencrypts_all_keys(pool: PgPool) {
    let old = with_keys(&pool, &[OLD]);
    let (ada, own) = signed_in(&old, "ada").await;
    let mine = own_key(&old, &own, "OPENAI", "sk-mine").await;
    system_key(&old, "GOOGLE", "sk-google").await;
    let both = with_keys(&pool, &[NEW, OLD]);
    system_key(&both, "ANTHROPIC", "sk-new").await;
    let rotation = keys::rotate(&both, &operator()).await.unwrap();
    assert_eq!(
        (rotation.reencrypted, rotation.current, rotation.left),
        (2, 3, 0)
    );
    let again = keys::rotate(&both, &operator()).await.unwrap();
    assert_eq!((again.reencrypted, again.current), (0, 3));

    let new = with_keys(&pool, &[NEW]);
    for (provider, key) in [
        ("OPENAI", "user sk-mine"),
        ("GOOGLE", "system sk-google"),
        ("ANTHROPIC", "system sk-new"),
    ] {
        assert_eq!(resolved_of(&new, ada, provider).await.as_deref(), Some(key));
    }
    let stored = account::keys(&new, &own.caller).await.unwrap();
    let stored = stored.keys.iter().find(|key| key.id == mine.id).unwrap();
    assert_eq!(
        stored.updated_at, mine.updated_at,
        "a rotation does not change what users see"
    );
    let left = keys::rotate(&old, &operator()).await.unwrap();
    assert_eq!(
        (left.current, left.left),
        (0, 3),
        "the old encryption key decrypts none of them"
    );
}

#[testing::test]
async fn undecryptable_keys_remain_and_are_reported(pool: PgPool) {
    let old = with_keys(&pool, &[OLD]);
    system_key(&old, "OPENAI", "sk-whole").await;
    system_key(&old, "GOOGLE", "sk-damaged").await;
    run(
        &pool,
        "update api_keys set ciphertext = '\\x00' where provider = 'GOOGLE'",
    )
    .await;
    let rotation = keys::rotate(&with_keys(&pool, &[NEW, OLD]), &operator()).await;
    let rotation = rotation.unwrap();
    assert_eq!(
        (rotation.reencrypted, rotation.current, rotation.left),
        (1, 1, 1)
    );
    let opened = "select count(*) from api_keys a join api_keys b on a.key_version = b.key_version";
    assert_eq!(count(&pool, opened).await, 2, "the key versions differ");
}
