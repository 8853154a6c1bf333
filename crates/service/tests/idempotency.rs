//! Idempotency: concurrent and repeated attempts at a request with a key.

use domain::owned::PersonaDraft;
use service::{
    Error, Services,
    access::Actor,
    idempotency::{self, Begun, Key, Request},
    owned::{Writer, personas},
};
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    own::{Own, set_password},
    people::{add, count},
    services,
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

async fn begin(services: &Services, actor: &Actor) -> Result<Begun, Error> {
    let key = Key::parse(b"key").unwrap();
    let request = Request {
        method: "POST",
        target: "/api/personas",
        body: b"{}",
    };
    idempotency::begin(services, actor, &key, &request).await
}

async fn first(services: &Services, actor: &Actor) -> Uuid {
    match begin(services, actor).await.unwrap() {
        Begun::First(attempt) => attempt,
        Begun::Again(answer) => panic!("{answer:?}"),
    }
}

/// Executes the request as the given attempt.
async fn work(services: &Services, actor: &Actor, attempt: Uuid) -> Result<(), Error> {
    let mut actor = actor.clone();
    actor.origin.attempt = Some(attempt);
    let draft = PersonaDraft {
        name: Some("Analyst".into()),
        role: Some("Analyst".into()),
        information_need: Some("Boats".into()),
        ..PersonaDraft::default()
    };
    let writer = Writer::own(actor)?;
    personas::create(services, &writer, None, draft)
        .await
        .map(drop)
}

/// Lets the lease of all attempts expire.
async fn lapse(pool: &PgPool) {
    let sql = "update idempotency_keys
        set created_at = created_at - interval '1 minute', kept_until = kept_until - interval '1 minute'";
    sqlx::query(sql).execute(pool).await.unwrap();
}

async fn done(pool: &PgPool) -> (i64, i64) {
    let personas = count(pool, "select count(*) from personas").await;
    let entries = "select count(*) from audit_events where action = 'persona.created'";
    (personas, count(pool, entries).await)
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_attempt_that_was_overtaken_changes_nothing(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let slow = first(&services, &ada.actor).await;
    let refused = begin(&services, &ada.actor).await;
    assert!(matches!(refused, Err(Error::UnderWay)), "{refused:?}");
    lapse(&pool).await;
    let quick = first(&services, &ada.actor).await;
    let refused = work(&services, &ada.actor, slow).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(done(&pool).await, (0, 0));
    work(&services, &ada.actor, quick).await.unwrap();
    let refused = work(&services, &ada.actor, slow).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(done(&pool).await, (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_done_is_not_begun_again_though_its_answer_was_lost(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.actor).await;
    work(&services, &ada.actor, attempt).await.unwrap();
    // Releasing the key of an attempt that is done has no effect.
    idempotency::release(&services, attempt).await.unwrap();
    let soon = begin(&services, &ada.actor).await;
    assert!(matches!(soon, Err(Error::UnderWay)), "{soon:?}");
    lapse(&pool).await;
    let found = Own::find(&services, &ada.session).await.unwrap();
    let later = begin(&services, &found).await;
    assert!(matches!(later, Err(Error::DoneBefore(_))), "{later:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_changed_nothing_frees_its_key(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.actor).await;
    idempotency::release(&services, attempt).await.unwrap();
    assert_ne!(first(&services, &ada.actor).await, attempt);
}

/// Commits the change of an attempt whose lease has expired while the next attempt begins.
#[sqlx::test(migrations = "../../migrations")]
async fn who_would_overtake_waits_for_what_is_being_committed(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let attempt = first(&services, &ada.actor).await;
    lapse(&pool).await;
    let mut committing = pool.begin().await.unwrap();
    let sql = "update idempotency_keys set done_at = now(), kept_until = now() + interval '1 day' where attempt = $1";
    let noted = sqlx::query(sql).bind(attempt);
    noted.execute(&mut *committing).await.unwrap();
    let (begun, committed) = tokio::join!(begin(&services, &ada.actor), committing.commit());
    committed.unwrap();
    assert!(matches!(begun, Err(Error::DoneBefore(_))), "{begun:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_many_who_would_overtake_one_does(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    first(&services, &ada.actor).await;
    lapse(&pool).await;
    let mut begun = JoinSet::new();
    for _ in 0..32 {
        let (services, ada) = (services.clone(), ada.actor.clone());
        begun.spawn(async move { begin(&services, &ada).await });
    }
    let begun = begun.join_all().await;
    let (first, others): (Vec<_>, Vec<_>) = begun.iter().partition(|begun| begun.is_ok());
    assert_eq!((first.len(), others.len()), (1, 31));
    for other in others {
        assert!(matches!(other, Err(Error::UnderWay)), "{other:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_the_answers_to_one_user_so_many_bytes_are_kept(pool: PgPool) {
    let (services, ada) = prepare(&pool).await;
    let answer = idempotency::Answer {
        status: 201,
        content_type: None,
        location: None,
        etag: None,
        body: b"{}".to_vec(),
    };
    // Many requests with short responses count too.
    for (rows, body, is_kept) in [
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
                user_id, key_hash, attempt, kept_until, done_at, answered_at, status, body, created_at
            )
            select
                $1, sha256(n::text::bytea), gen_random_uuid(), now() + interval '1 day', now(), now(), 201,
                convert_to(repeat('x', $3), 'UTF8'), now()
            from generate_series(1, $2) n",
        )
        .bind(ada.actor.principal.id.0)
        .bind(rows)
        .bind(body)
        .execute(&pool)
        .await
        .unwrap();
        let attempt = first(&services, &ada.actor).await;
        work(&services, &ada.actor, attempt).await.unwrap();
        idempotency::keep(&services, attempt, answer.clone())
            .await
            .unwrap();
        let again = begin(&services, &ada.actor).await;
        let label = format!("{rows} of {body}: {again:?}");
        match again {
            Ok(Begun::Again(same)) => assert!(is_kept && same == answer, "{label}"),
            Err(Error::DoneBefore(_)) => assert!(!is_kept, "{label}"),
            _ => panic!("{label}"),
        }
    }
}
