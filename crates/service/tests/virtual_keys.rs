//! Virtual keys: creation, rotation, blocks, and the models and limits of uses with them.

use domain::{
    access_tokens::{
        IssuedKey, KeyDraft, RotationDraft, TOKENS_MAX, TokenKind, TokenState, VirtualKeyEdit,
        list::TokensQuery,
    },
    error::{Conflict, Forbidden},
    limits::{AllowedModelsDraft, LimitStatus, LimitSubject, LimitsAnswer, SubjectKind},
    policy::Denied,
    usage::{ReleaseDraft, ReserveDraft, UsageEventDraft, UseDraft},
    users::detail::UserRef,
};
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{AccessRead, Caller, LimitsConsume, Origin, UsersRead, operator},
    access_check, access_tokens, account,
    guard::TargetRef,
    limits, usage, users,
};
use sqlx::PgPool;
use testing::{
    groups::group,
    roles::{assign, role},
};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    own::{Own, set_password},
    services,
    users::{add, count},
};

fn draft(changes: Value) -> KeyDraft {
    let mut json = json!({ "name": "lab" });
    for (name, value) in changes.as_object().unwrap() {
        json[name] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

async fn create(services: &Services, user: Uuid, changes: Value) -> IssuedKey {
    access_tokens::create_key(services, &operator(), user, &draft(changes))
        .await
        .unwrap()
}

async fn rotate(services: &Services, id: Uuid, overlap_hours: u16) -> Result<IssuedKey, Error> {
    let draft = RotationDraft { overlap_hours };
    access_tokens::rotate(services, &operator(), id, &draft).await
}

async fn find(services: &Services, text: &str) -> Result<Caller, Error> {
    access_tokens::find_caller(services, text, &Origin::default()).await
}

/// Returns whether a key is accepted.
async fn works(services: &Services, text: &str) -> bool {
    match find(services, text).await {
        Ok(_) => true,
        Err(Error::Unauthenticated(_) | Error::Forbidden(Forbidden::KeyBlocked)) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// Asks for a use with a token as a host application.
async fn consume(
    services: &Services,
    user: Uuid,
    token: Option<Uuid>,
    model: Option<&str>,
) -> Result<LimitsAnswer, Error> {
    let mut used = json!({ "user": user });
    if let Some(token) = token {
        used["token"] = json!(token);
    }
    if let Some(model) = model {
        used["model"] = json!(model);
    }
    let draft: UseDraft = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &draft).await
}

#[testing::test]
async fn key_has_the_same_rights_whatever_roles_its_owner_has(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let key = create(&services, root, json!({})).await;
    assert!(key.token.starts_with("sk-") && key.token.len() == 41);
    assert_eq!(key.prefix, key.token[..11]);
    let caller = find(&services, &key.token).await.unwrap();
    assert!(caller.require::<LimitsConsume>().is_ok());
    assert!(caller.require::<AccessRead>().is_ok());
    assert!(matches!(
        caller.require::<UsersRead>(),
        Err(Error::OutOfScope(_))
    ));
    assert!(caller.session().is_err());
    let stored = "select count(*) from access_tokens where kind = 'key' and scopes = '{}'";
    assert_eq!(count(&pool, stored).await, 1);
}

#[testing::test]
async fn key_of_a_user_with_more_permissions_is_denied(pool: PgPool) {
    let services = services(&pool);
    let (root, ada) = (
        add(&pool, "root", &["admin"]).await,
        add(&pool, "ada", &["user"]).await,
    );
    role("desk")
        .permissions(&["tokens:write"])
        .rank(5)
        .insert(&pool)
        .await;
    assign(&pool, ada, &["desk"]).await;
    let desk = caller(ada, &["tokens:write"]).require().unwrap();
    let denied = access_tokens::create_key(&services, &desk, root, &draft(json!({}))).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    let created = access_tokens::create_key(&services, &admin(root), ada, &draft(json!({}))).await;
    let created = created.unwrap();
    run(
        &pool,
        "update users set deleted_at = now() where username = 'ada'",
    )
    .await;
    assert!(!works(&services, &created.token).await);
    let denied = rotate(&services, created.id, 1).await;
    assert!(matches!(
        denied,
        Err(Error::Conflict(Conflict::UserDeleted))
    ));
    access_tokens::block(&services, &operator(), created.id)
        .await
        .unwrap();
}

#[testing::test]
async fn group_of_a_key_is_one_of_its_owner(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let own = group("Own").members(&[ada]).insert(&pool).await;
    let other = group("Other").insert(&pool).await;
    for unknown in [other, Uuid::from_u128(1)] {
        let draft = draft(json!({ "group": unknown }));
        let denied = access_tokens::create_key(&services, &operator(), ada, &draft).await;
        assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
    }
    let key = create(
        &services,
        ada,
        json!({ "group": own, "allowedModels": ["gpt"], "metadata": { "team": "a" } }),
    )
    .await;
    let listed = access_tokens::find(&services, &operator(), key.id)
        .await
        .unwrap();
    assert_eq!(listed.kind, TokenKind::Key);
    let details = listed.key.unwrap();
    assert_eq!(
        (details.group, details.group_name.as_deref()),
        (Some(own), Some("Own"))
    );
    assert_eq!(details.allowed_models, Some(vec!["gpt".to_owned()]));
    assert_eq!(Value::Object(details.metadata), json!({ "team": "a" }));
    assert!(works(&services, &key.token).await);
}

#[testing::test]
async fn previous_secret_expires_at_the_end_of_the_overlap(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let first = create(&services, ada, json!({})).await;
    let second = rotate(&services, first.id, 2).await.unwrap();
    assert_eq!(second.id, first.id);
    assert_eq!(second.expires_at, first.expires_at);
    assert!(second.previous_until.is_some() && second.token != first.token);
    let hours = "select round(extract(epoch from previous_until - now()) / 3600)::bigint from access_tokens";
    assert_eq!(count(&pool, hours).await, 2);
    for key in [&first, &second] {
        let caller = find(&services, &key.token).await.unwrap();
        assert_eq!(caller.principal.id.0, ada);
    }
    // A minute before the end and at the end, by the clock of the database.
    run(
        &pool,
        "update access_tokens set previous_until = now() + interval '1 minute'",
    )
    .await;
    assert!(works(&services, &first.token).await);
    run(&pool, "update access_tokens set previous_until = now()").await;
    assert!(!works(&services, &first.token).await);
    assert!(works(&services, &second.token).await);
    // A secret works for one rotation only.
    let third = rotate(&services, first.id, 168).await.unwrap();
    let fourth = rotate(&services, first.id, 168).await.unwrap();
    for (key, is_accepted) in [
        (&first, false),
        (&second, false),
        (&third, true),
        (&fourth, true),
    ] {
        assert_eq!(works(&services, &key.token).await, is_accepted);
    }
    // Without an overlap the present one ends at once.
    let fifth = rotate(&services, first.id, 0).await.unwrap();
    assert_eq!(fifth.previous_until, None);
    for (key, is_accepted) in [(&third, false), (&fourth, false), (&fifth, true)] {
        assert_eq!(works(&services, &key.token).await, is_accepted);
    }
    assert!(matches!(
        rotate(&services, first.id, 169).await,
        Err(Error::Invalid(_))
    ));
}

#[testing::test]
async fn keys_are_no_access_tokens_in_the_counts_of_a_user(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    create(&services, ada, json!({})).await;
    let user = service::users::get(&services, &operator(), &UserRef::Id(ada))
        .await
        .unwrap();
    assert_eq!((user.token_count, user.virtual_key_count), (0, 1));
}

#[testing::test]
async fn previous_secret_is_ended_early(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let first = create(&services, ada, json!({})).await;
    let end = async || access_tokens::end_previous(&services, &operator(), first.id).await;
    let none = end().await;
    assert!(
        matches!(none, Err(Error::Conflict(Conflict::KeyNoPrevious))),
        "{none:?}"
    );
    let second = rotate(&services, first.id, 2).await.unwrap();
    end().await.unwrap();
    assert!(!works(&services, &first.token).await);
    assert!(works(&services, &second.token).await);
    assert!(matches!(
        end().await,
        Err(Error::Conflict(Conflict::KeyNoPrevious))
    ));
}

#[testing::test]
async fn both_secrets_end_with_the_key(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for end in [
        "update access_tokens set expires_at = now()",
        "update access_tokens set revoked_at = now()",
        "update users set status = 'suspended'",
        "delete from access_tokens",
    ] {
        run(
            &pool,
            "update users set status = 'active'; delete from access_tokens",
        )
        .await;
        let first = create(&services, ada, json!({})).await;
        let second = rotate(&services, first.id, 24).await.unwrap();
        assert!(works(&services, &first.token).await && works(&services, &second.token).await);
        run(&pool, end).await;
        for key in [&first, &second] {
            let denied = find(&services, &key.token).await;
            assert!(matches!(denied, Err(Error::Unauthenticated(_))), "{end}");
        }
    }
}

#[testing::test]
async fn rotations_at_once_leave_two_secrets(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = create(&services, ada, json!({})).await.id;
    let rotations = (0..8).map(|_| {
        let services = services.clone();
        tokio::spawn(async move { rotate(&services, id, 24).await.unwrap().token })
    });
    let mut tokens = vec![];
    for rotation in rotations.collect::<Vec<_>>() {
        tokens.push(rotation.await.unwrap());
    }
    let mut working = 0;
    for token in &tokens {
        working += u32::from(works(&services, token).await);
    }
    assert_eq!(working, 2);
}

#[testing::test]
async fn blocked_key_is_denied_in_words_until_it_is_unblocked(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let first = create(&services, ada, json!({})).await;
    let second = rotate(&services, first.id, 24).await.unwrap();
    access_tokens::block(&services, &operator(), first.id)
        .await
        .unwrap();
    for key in [&first, &second] {
        let denied = find(&services, &key.token).await;
        assert!(matches!(
            denied,
            Err(Error::Forbidden(Forbidden::KeyBlocked))
        ));
    }
    let denied = consume(&services, ada, Some(first.id), None).await;
    assert!(matches!(denied, Err(Error::Conflict(Conflict::KeyBlocked))));
    let again = access_tokens::block(&services, &operator(), first.id).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::KeyBlocked))));
    let blocked = TokensQuery {
        state: Some(TokenState::Blocked),
        kind: Some(TokenKind::Key),
        ..TokensQuery::newest(10)
    };
    let listed = access_tokens::list(&services, &operator(), &blocked).await;
    assert_eq!(listed.unwrap().page.rows.len(), 1);
    access_tokens::unblock(&services, &operator(), first.id)
        .await
        .unwrap();
    assert!(works(&services, &first.token).await && works(&services, &second.token).await);
    consume(&services, ada, Some(first.id), None).await.unwrap();
    let again = access_tokens::unblock(&services, &operator(), first.id).await;
    assert!(matches!(
        again,
        Err(Error::Conflict(Conflict::KeyNotBlocked))
    ));
}

#[testing::test]
async fn access_token_is_no_key(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let draft = serde_json::from_value(json!({ "name": "script", "scopes": ["account"] })).unwrap();
    let token = access_tokens::create(&services, &operator(), ada, &draft)
        .await
        .unwrap();
    for denied in [
        access_tokens::block(&services, &operator(), token.id).await,
        access_tokens::unblock(&services, &operator(), token.id).await,
        rotate(&services, token.id, 1).await.map(drop),
    ] {
        assert!(matches!(denied, Err(Error::NotFound(_))), "{denied:?}");
    }
    let keys = TokensQuery {
        kind: Some(TokenKind::Key),
        ..TokensQuery::newest(10)
    };
    let listed = access_tokens::list(&services, &operator(), &keys).await;
    assert!(listed.unwrap().page.rows.is_empty());
    access_tokens::revoke(&services, &operator(), token.id)
        .await
        .unwrap();
    let denied = consume(&services, ada, Some(token.id), None).await;
    assert!(matches!(
        denied,
        Err(Error::Conflict(Conflict::TokenRevoked))
    ));
}

#[testing::test]
async fn keys_and_tokens_are_limited_together(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for _ in 0..TOKENS_MAX {
        create(&services, ada, json!({})).await;
    }
    let denied = access_tokens::create_key(&services, &operator(), ada, &draft(json!({}))).await;
    assert!(matches!(
        denied,
        Err(Error::Conflict(Conflict::AccessTokensMax))
    ));
}

#[testing::test]
async fn expired_key_is_denied_in_words(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = create(&services, ada, json!({ "days": 1 })).await;
    run(&pool, "update access_tokens set expires_at = now()").await;
    let denied = consume(&services, ada, Some(key.id), None).await;
    assert!(matches!(
        denied,
        Err(Error::Conflict(Conflict::TokenExpired))
    ));
    let denied = rotate(&services, key.id, 1).await;
    assert!(matches!(
        denied,
        Err(Error::Conflict(Conflict::TokenExpired))
    ));
}

/// A list that allows nothing.
const NO_MODELS: &[&str] = &[];

async fn allow(services: &Services, user: Uuid, models: Option<&[&str]>) {
    let draft = AllowedModelsDraft {
        allowed_models: models.map(|models| models.iter().map(ToString::to_string).collect()),
    };
    limits::set_models(services, &operator(), user, &draft)
        .await
        .unwrap();
}

/// Returns the subject whose allowed models deny a use, and checks that a question has the same answer.
async fn denied_by(
    services: &Services,
    user: Uuid,
    token: Uuid,
    model: Option<&str>,
) -> Option<SubjectKind> {
    let mut used = json!({ "user": user, "token": token });
    if let Some(model) = model {
        used["model"] = json!(model);
    }
    let asked: UseDraft = serde_json::from_value(used.clone()).unwrap();
    let answer = limits::check(services, &operator(), &asked).await.unwrap();
    let reserved: ReserveDraft = serde_json::from_value(used).unwrap();
    let reserved = limits::reserve(services, &operator(), &reserved).await;
    let denied = match consume(services, user, Some(token), model).await {
        Err(Error::ModelDenied(denied)) => Some(denied.by),
        other => {
            other.unwrap();
            None
        }
    };
    assert_eq!(answer.model_denied_by, denied);
    assert_eq!(answer.allowed, denied.is_none());
    assert_eq!(
        matches!(reserved, Err(Error::ModelDenied(_))),
        denied.is_some()
    );
    denied
}

#[testing::test]
async fn models_of_user_and_key_both_bind(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let any = create(&services, ada, json!({})).await.id;
    let gpt = create(&services, ada, json!({ "allowedModels": ["gpt"] }))
        .await
        .id;
    let none = create(&services, ada, json!({ "allowedModels": [] }))
        .await
        .id;
    let by_user = Some(SubjectKind::User);
    let by_key = Some(SubjectKind::Token);
    for (allowed, key, model, expected) in [
        (None, any, Some("gpt"), None),
        (None, any, None, None),
        (None, gpt, Some("gpt"), None),
        (None, gpt, Some("llama"), by_key),
        (None, none, Some("gpt"), by_key),
        (None, none, None, by_key),
        (Some(&["llama"][..]), any, Some("llama"), None),
        (Some(&["llama"][..]), any, Some("gpt"), by_user),
        (Some(&["llama"][..]), gpt, Some("gpt"), by_user),
        (Some(&["llama"][..]), gpt, Some("llama"), by_key),
        (Some(NO_MODELS), any, None, by_user),
        (Some(NO_MODELS), any, Some("gpt"), by_user),
    ] {
        allow(&services, ada, allowed).await;
        let denied = denied_by(&services, ada, key, model).await;
        assert_eq!(denied, expected, "{allowed:?} {model:?}");
        let stored = limits::find_models(&services, &operator(), ada).await;
        let stored = stored.unwrap().allowed_models;
        let allowed: Option<Vec<String>> =
            allowed.map(|models| models.iter().map(ToString::to_string).collect());
        assert_eq!(stored, allowed);
    }
    // A denied use is not counted, and the event can be sent again.
    let counted = "select count(*) from usage_events where model = 'gpt' and token_id is not null";
    let before = count(&pool, counted).await;
    assert!(
        consume(&services, ada, Some(any), Some("gpt"))
            .await
            .is_err()
    );
    assert_eq!(count(&pool, counted).await, before);
}

#[testing::test]
async fn limits_of_key_and_user_both_bind(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = create(&services, ada, json!({})).await.id;
    for (subject, amount) in [(json!({ "user": ada }), 3), (json!({ "token": key }), 1)] {
        let limit = json!({
            "subject": subject, "metric": "requests", "amount": amount, "period": "1d",
        });
        let limit = serde_json::from_value(limit).unwrap();
        limits::put(&services, &operator(), limit).await.unwrap();
    }
    consume(&services, ada, Some(key), None).await.unwrap();
    let denied = consume(&services, ada, Some(key), None).await;
    assert!(matches!(denied, Err(Error::LimitReached(_))));
    for _ in 0..2 {
        consume(&services, ada, None, None).await.unwrap();
    }
    let denied = consume(&services, ada, None, None).await;
    assert!(matches!(denied, Err(Error::LimitReached(_))));
}

#[testing::test]
async fn used_part_of_the_limits_of_keys_is_shown(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let own = caller(ada, &[]);
    let key = create(&services, ada, json!({})).await;
    let revoked = create(&services, ada, json!({})).await;
    let subjects = [
        (json!("default"), 9),
        (json!({ "token": key.id }), 2),
        (json!({ "token": revoked.id }), 3),
    ];
    for (subject, amount) in subjects {
        let limit = json!({
            "subject": subject, "metric": "requests", "amount": amount, "period": "total",
        });
        let limit = serde_json::from_value(limit).unwrap();
        limits::put(&services, &operator(), limit).await.unwrap();
    }
    access_tokens::revoke(&services, &operator(), revoked.id)
        .await
        .unwrap();
    consume(&services, ada, Some(key.id), None).await.unwrap();
    consume(&services, ada, None, None).await.unwrap();

    let shown = |statuses: Vec<LimitStatus>| -> Vec<(LimitSubject, i64)> {
        let statuses = statuses.iter();
        statuses.map(|it| (it.subject, it.used.units())).collect()
    };
    let of_user = (LimitSubject::Default, 2);
    let of_key = (LimitSubject::Token(key.id), 1);
    let by_key = find(&services, &key.token).await.unwrap();
    let answer = limits::list_own(&services, &by_key).await.unwrap();
    let mut answer = shown(answer);
    answer.sort_unstable();
    assert_eq!(answer, [of_user, of_key]);
    let answer = limits::list_own(&services, &own).await.unwrap();
    assert_eq!(shown(answer), [of_user]);
    let all = limits::list_with_tokens(&services, &operator(), ada).await;
    assert_eq!(shown(all.unwrap()), [of_user, of_key]);
    for of_tokens in [
        limits::list_of_tokens(&services, &operator(), ada).await,
        limits::list_own_of_tokens(&services, &own).await,
    ] {
        let found = of_tokens.unwrap();
        let names = found.iter().map(|(_, name)| name.as_deref());
        assert_eq!(names.collect::<Vec<_>>(), [Some("lab")]);
        let statuses = found.into_iter().map(|(status, _)| status);
        assert_eq!(shown(statuses.collect()), [of_key]);
    }
}

#[testing::test]
async fn key_counts_for_its_owner_only(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let key = create(&services, ada, json!({})).await;
    let other = create(&services, ada, json!({})).await;
    let caller = find(&services, &key.token).await.unwrap();
    let authorized = caller.require::<LimitsConsume>().unwrap();
    let draft =
        |user: Uuid| -> UseDraft { serde_json::from_value(json!({ "user": user })).unwrap() };
    limits::consume(&services, &authorized, &draft(ada))
        .await
        .unwrap();
    let of_key: Uuid = sqlx::query_scalar("select token_id from usage_events")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(of_key, key.id);
    let is_denied = |result: Result<LimitsAnswer, Error>| {
        matches!(result, Err(Error::Forbidden(Forbidden::KeyOwnerRequired)))
    };
    assert!(is_denied(
        limits::consume(&services, &authorized, &draft(bob)).await
    ));
    assert!(is_denied(
        limits::check(&services, &authorized, &draft(bob)).await
    ));
    let with_other = UseDraft {
        token: Some(other.id),
        ..draft(ada)
    };
    assert!(is_denied(
        limits::consume(&services, &authorized, &with_other).await
    ));
    let reserved = |user: Uuid| -> ReserveDraft {
        serde_json::from_value(json!({ "user": user, "eventId": "e" })).unwrap()
    };
    assert!(is_denied(
        limits::reserve(&services, &authorized, &reserved(bob)).await
    ));
    // A lease of the host application, without the key, cannot be ended with it.
    let lease = limits::reserve(&services, &operator(), &reserved(ada)).await;
    let lease = lease.unwrap().lease.unwrap();
    let released = limits::release(&services, &authorized, ReleaseDraft { lease }).await;
    assert!(matches!(released, Err(Error::Invalid(_))));
    let event: UsageEventDraft =
        serde_json::from_value(json!({ "user": bob, "eventId": "e" })).unwrap();
    let stored = usage::store(&services, &authorized, &[event]).await;
    assert!(matches!(stored, Err(Error::Forbidden(_))));
    let access = caller.require::<AccessRead>().unwrap();
    for (user, is_answered) in [(ada, true), (bob, false)] {
        let question = json!({ "user": user, "object": { "feature": "chat.call" } });
        let question = serde_json::from_value(question).unwrap();
        let answered = access_check::check(&services, &access, &[question]).await;
        assert_eq!(answered.is_ok(), is_answered);
    }
}

#[testing::test]
async fn changes_of_the_limits_of_a_key_are_in_the_history_of_its_owner(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let key = create(&services, ada, json!({})).await;
    let set = async |amount: i64| {
        let limit = json!({ "subject": { "token": key.id }, "metric": "rpm", "amount": amount });
        let limit = serde_json::from_value(limit).unwrap();
        limits::put(&services, &operator(), limit).await.unwrap()
    };
    set(1).await;
    let limit = set(2).await;
    limits::delete(&services, &operator(), limit.id)
        .await
        .unwrap();
    let entries = async |user: Uuid| {
        let (history, _) = users::history(&services, &operator(), user, None)
            .await
            .unwrap();
        let of_limits = history
            .into_iter()
            .filter(|entry| entry.target_kind == "limit");
        let entries = of_limits.map(|entry| (entry.action, entry.target));
        entries.collect::<Vec<(String, String)>>()
    };
    let entry = |action: &str| (action.to_owned(), "token lab: rpm".to_owned());
    let expected = ["limit.deleted", "limit.stored", "limit.stored"].map(entry);
    assert_eq!(entries(ada).await, expected);
    assert!(entries(bob).await.is_empty());
}

#[testing::test]
async fn own_key_requires_password_and_session(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, "correct horse").await;
    let own = Own::sign_in(&services, "ada", "correct horse").await;
    let create = async |by: &Caller, password: &str| {
        let draft = json!({ "name": "lab", "currentPassword": password });
        let draft = serde_json::from_value(draft).unwrap();
        account::create_virtual_key(&services, by, &draft).await
    };
    for (password, code) in [
        ("", "CurrentPasswordRequired"),
        ("other", "CurrentPasswordWrong"),
    ] {
        let denied = create(&own.caller, password).await;
        assert_eq!(format!("{:?}", denied.unwrap_err()), code);
    }
    let key = create(&own.caller, "correct horse").await.unwrap();
    let by_key = find(&services, &key.token).await.unwrap();
    assert_eq!(by_key.principal.id, own.caller.principal.id);
    let denied = create(&by_key, "correct horse").await;
    assert!(matches!(denied, Err(Error::TokenNotAllowed)));
}

/// Checks that a session is not enough for a secret of the own account, which outlives it.
#[testing::test]
async fn own_key_is_no_matter_of_administration(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let second = add(&pool, "second", &["admin"]).await;
    let key = create(&services, root, json!({})).await;
    let rotation = RotationDraft { overlap_hours: 1 };
    let denied = access_tokens::create_key(&services, &admin(root), root, &draft(json!({}))).await;
    assert!(matches!(denied, Err(Error::Denied(Denied::OwnKey))));
    let denied = access_tokens::rotate(&services, &admin(root), key.id, &rotation).await;
    assert!(matches!(denied, Err(Error::Denied(Denied::OwnKey))));
    assert!(works(&services, &key.token).await);
    let stored = "select count(*) from access_tokens where previous_hash is not null";
    assert_eq!(count(&pool, stored).await, 0);
    // Blocking gives nothing away, and others can do all of it.
    access_tokens::block(&services, &admin(root), key.id)
        .await
        .unwrap();
    access_tokens::unblock(&services, &admin(root), key.id)
        .await
        .unwrap();
    let rotated = access_tokens::rotate(&services, &admin(second), key.id, &rotation).await;
    assert_eq!(rotated.unwrap().id, key.id);
}

fn edit(changes: Value) -> VirtualKeyEdit {
    serde_json::from_value(changes).unwrap()
}

#[testing::test]
async fn edit_changes_what_is_given_and_nothing_else(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = create(
        &services,
        ada,
        json!({ "allowedModels": ["gpt"], "metadata": { "team": "a" } }),
    )
    .await;
    let put = async |changes: Value| {
        let edit = edit(changes);
        access_tokens::edit_key(&services, &operator(), key.id, &edit).await
    };
    let entries = "select count(*) from audit_events where action = 'user.virtual_key_updated'";
    let same = put(json!({ "name": "lab", "allowedModels": ["gpt"] })).await;
    assert_eq!(same.unwrap().version, 1);
    assert_eq!(count(&pool, entries).await, 0);

    let renamed = put(json!({ "name": "Notebook" })).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.version), ("Notebook", 2));
    assert_eq!(renamed.expires_at, key.expires_at);
    let details = renamed.key.unwrap();
    assert_eq!(details.allowed_models, Some(vec!["gpt".to_owned()]));
    let changed = put(json!({ "days": 1, "allowedModels": [], "metadata": {} }));
    let changed = changed.await.unwrap();
    assert!(changed.expires_at < key.expires_at);
    let details = changed.key.unwrap();
    assert_eq!(details.allowed_models, Some(Vec::new()));
    assert!(details.metadata.is_empty());
    let all = put(json!({ "allowedModels": null })).await.unwrap();
    assert_eq!(all.key.unwrap().allowed_models, None);
    assert_eq!(count(&pool, entries).await, 3);
    assert!(works(&services, &key.token).await);
}

#[testing::test]
async fn edit_of_an_outdated_or_expired_key_is_denied(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = create(&services, ada, json!({})).await;
    let put = async |version: i32| {
        let target = TargetRef::from(key.id).at_version(version);
        let edit = edit(json!({ "name": format!("version {version}") }));
        access_tokens::edit_key(&services, &operator(), target, &edit).await
    };
    assert_eq!(put(1).await.unwrap().version, 2);
    let outdated = put(1).await;
    let Err(Error::Outdated(current)) = outdated else {
        panic!("{outdated:?}");
    };
    assert_eq!(current.version(), 2);
    run(
        &pool,
        "update access_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 day'",
    )
    .await;
    let expired = put(2).await;
    assert!(
        matches!(expired, Err(Error::Conflict(Conflict::TokenExpired))),
        "{expired:?}"
    );
}

#[testing::test]
async fn revoked_key_is_not_audited_as_an_access_token(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let key = create(&services, ada, json!({})).await;
    let revoked = access_tokens::revoke(&services, &operator(), key.id).await;
    assert_eq!(revoked.unwrap(), TokenKind::Key);
    let entries = "select count(*) from audit_events where action = 'user.virtual_key_revoked'";
    assert_eq!(count(&pool, entries).await, 1);
    let entries = "select count(*) from audit_events where action = 'user.token_revoked'";
    assert_eq!(count(&pool, entries).await, 0);
}
