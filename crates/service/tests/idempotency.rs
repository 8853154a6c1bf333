//! Idempotency: concurrent and repeated attempts at a request with a key.

use domain::owned::PersonaDraft;
use service::{
    Error, Services,
    access::Caller,
    idempotency::{self, Begun, Key, Request},
    owned::{Writer, personas},
};
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

/// Creates Ada and signs her in.
async fn prepare(pool: &PgPool) -> (Services, Own) {
    let services = services(pool);
    add(pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    (services, own)
}

async fn begin(services: &Services, caller: &Caller) -> Result<Begun, Error> {
    let key = Key::parse(b"key").unwrap();
    let request = Request {
        method: "POST",
        target: "/api/personas",
        body: b"{}",
    };
    idempotency::begin(services, caller, &key, &request).await
}

async fn first(services: &Services, caller: &Caller) -> Uuid {
    match begin(services, caller).await.unwrap() {
        Begun::First(attempt) => attempt,
        Begun::Again(answer) => panic!("{answer:?}"),
    }
}

/// Executes the request as the given attempt.
async fn work(services: &Services, caller: &Caller, attempt: Uuid) -> Result<(), Error> {
    let mut caller = caller.clone();
    caller.origin.attempt = Some(attempt);
    let draft = PersonaDraft {
        name: Some("Analyst".into()),
        role: Some("Analyst".into()),
        information_need: Some("Boats".into()),
        ..PersonaDraft::default()
    };
    let writer = Writer::own(caller)?;
    personas::create(services, &writer, None, draft)
        .await
        .map(drop)
}

/// Lets the lease of all attempts expire.
async fn lapse(pool: &PgPool) {
    let sql = "update idempotency_keys
        set created_at = created_at - interval '1 minute', expires_at = expires_at - interval '1 minute'";
    sqlx::query(sql).execute(pool).await.unwrap();
}

async fn done(pool: &PgPool) -> (i64, i64) {
    let personas = count(pool, "select count(*) from personas").await;
    let entries = "select count(*) from audit_events where action = 'persona.created'";
    (personas, count(pool, entries).await)
}

#[testing::test]
async fn overtaken_attempt_changes_nothing(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let slow = first(&services, &ada.caller).await;
    let denied = begin(&services, &ada.caller).await;
    assert!(matches!(denied, Err(Error::InProgress)), "{denied:?}");
    lapse(&pool).await;
    let quick = first(&services, &ada.caller).await;
    let denied = work(&services, &ada.caller, slow).await;
    assert!(matches!(denied, Err(Error::Conflict(_))), "{denied:?}");
    assert_eq!(done(&pool).await, (0, 0));
    work(&services, &ada.caller, quick).await.unwrap();
    let denied = work(&services, &ada.caller, slow).await;
    assert!(matches!(denied, Err(Error::Conflict(_))), "{denied:?}");
    assert_eq!(done(&pool).await, (1, 1));
}

#[testing::test]
async fn completed_request_without_answer_is_not_repeated(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.caller).await;
    work(&services, &ada.caller, attempt).await.unwrap();
    // Releasing the key of an attempt that is done has no effect.
    idempotency::release(&services, attempt).await.unwrap();
    let soon = begin(&services, &ada.caller).await;
    assert!(matches!(soon, Err(Error::InProgress)), "{soon:?}");
    lapse(&pool).await;
    let found = Own::find(&services, &ada.session).await.unwrap();
    let later = begin(&services, &found).await;
    assert!(
        matches!(later, Err(Error::AlreadyCompleted(_))),
        "{later:?}"
    );
}

#[testing::test]
async fn request_without_changes_frees_its_key(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.caller).await;
    idempotency::release(&services, attempt).await.unwrap();
    assert_ne!(first(&services, &ada.caller).await, attempt);
}

/// Commits the change of an attempt whose lease has expired while the next attempt begins.
#[testing::test]
async fn overtaking_waits_for_a_commit(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.caller).await;
    lapse(&pool).await;
    let mut committing = pool.begin().await.unwrap();
    let sql = "update idempotency_keys set done_at = now(), expires_at = now() + interval '1 day' where attempt = $1";
    let noted = sqlx::query(sql).bind(attempt);
    noted.execute(&mut *committing).await.unwrap();
    let (begun, committed) = tokio::join!(begin(&services, &ada.caller), committing.commit());
    committed.unwrap();
    assert!(
        matches!(begun, Err(Error::AlreadyCompleted(_))),
        "{begun:?}"
    );
}

#[testing::test]
async fn one_of_many_concurrent_requests_overtakes(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    first(&services, &ada.caller).await;
    lapse(&pool).await;
    let mut begun = JoinSet::new();
    for _ in 0..32 {
        let (services, ada) = (services.clone(), ada.caller.clone());
        begun.spawn(async move { begin(&services, &ada).await });
    }
    let begun = begun.join_all().await;
    let (first, others): (Vec<_>, Vec<_>) = begun.iter().partition(|begun| begun.is_ok());
    assert_eq!((first.len(), others.len()), (1, 31));
    for other in others {
        assert!(matches!(other, Err(Error::InProgress)), "{other:?}");
    }
}

#[testing::test]
async fn stored_answers_per_user_are_limited(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let answer = idempotency::Answer {
        status: 201,
        content_type: None,
        location: None,
        etag: None,
        body: b"{}".to_vec(),
    };
    // Many requests with short responses count too.
    for (rows, body, is_stored) in [
        (0, 0, true),
        (60, 65_536, true),
        (64, 65_536, false),
        (8_000, 2, true),
        (8_192, 2, false),
    ] {
        sqlx::query("delete from idempotency_keys")
            .execute(&pool)
            .await
            .unwrap();
        sqlx::query(
            "insert into idempotency_keys (
                user_id, key_hash, attempt, expires_at, done_at, answered_at, status, body, created_at
            )
            select
                $1, sha256(n::text::bytea), gen_random_uuid(), now() + interval '1 day', now(), now(), 201,
                convert_to(repeat('x', $3), 'UTF8'), now()
            from generate_series(1, $2) n",
        )
        .bind(ada.caller.principal.id.0)
        .bind(rows)
        .bind(body)
        .execute(&pool)
        .await
        .unwrap();
        let attempt = first(&services, &ada.caller).await;
        work(&services, &ada.caller, attempt).await.unwrap();
        idempotency::store(&services, attempt, answer.clone())
            .await
            .unwrap();
        let again = begin(&services, &ada.caller).await;
        let label = format!("{rows} of {body}: {again:?}");
        match again {
            Ok(Begun::Again(same)) => assert!(is_stored && same == answer, "{label}"),
            Err(Error::AlreadyCompleted(_)) => assert!(!is_stored, "{label}"),
            _ => panic!("{label}"),
        }
    }
}
