//! Limits of the data that is stored for one user, and of the part that goes to the audit log.

use std::sync::Arc;

use domain::{
    account::OwnEdit,
    owned::{AnnotationDraft, OntologyDraft, PersonaDraft},
    sessions::revoke::{RevokeFilter, RevokeRequest},
    users::{create::UserDraft, edit::UserEdit, suspension::SuspensionDraft},
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::operator,
    account, audit,
    owned::{Writer, annotations, ontology, personas},
    sessions,
    settings::Settings,
    users,
};
use sqlx::PgPool;
use time::macros::datetime;

use crate::support::{
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

/// Maximum size of an audit event, in bytes.
const ENTRY_MAX: i64 = 4 * 1024;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Returns a persona with the longest texts. The character 𝄞 has four bytes.
fn longest() -> PersonaDraft {
    PersonaDraft {
        name: Some("𝄞".repeat(200)),
        role: Some("\"".repeat(200)),
        information_need: Some("𝄞".repeat(10_000)),
        details: Some("\n".repeat(10_000)),
        is_system_generated: Some(true),
        hidden: Some(true),
    }
}

/// Returns the largest objects that a profile and notification preferences can have.
fn largest() -> [Map<String, Value>; 2] {
    [
        object(json!({ "a": "\"".repeat(4_000) })),
        object(json!({ "a": vec![json!({ "b": 1 }); 499] })),
    ]
}

#[testing::test]
async fn no_entry_exceeds_four_kib(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let writer = Writer::own(own.caller.clone()).unwrap();
    let [one, other] = largest();
    let persona = personas::create(&services, &writer, None, longest())
        .await
        .unwrap();
    for n in 0..3 {
        let details = format!("{n}{}", "𝄞".repeat(9_999));
        let edit = PersonaDraft {
            details: Some(details.clone()),
            information_need: Some(details),
            ..PersonaDraft::default()
        };
        personas::edit(&services, &writer, persona.id, edit)
            .await
            .unwrap();
    }
    for object in [&one, &other] {
        let clients: Vec<i32> = (0..1_000).map(|n| i32::MAX - n).collect();
        let edit = UserEdit {
            display_name: Some(format!("{}{}", "𝄞".repeat(99), object.len())),
            email: Some(Some(format!("{}@example.org", "x".repeat(240)))),
            roles: Some(
                (0..20)
                    .map(|n| format!("{}{n:02}", "r".repeat(48)))
                    .collect(),
            ),
            profile: Some(Some(object.clone())),
            notification_preferences: Some(Some(object.clone())),
            client_list: Some(clients),
            ..UserEdit::default()
        };
        users::edit(&services, &operator(), ada, edit)
            .await
            .unwrap();
    }
    let created = UserDraft {
        username: "g".repeat(50),
        display_name: "𝄞".repeat(100),
        notification_preferences: other.clone(),
        client_list: vec![i32::MIN; 1_000],
        ..UserDraft::default()
    };
    users::create(&services, &operator(), created)
        .await
        .unwrap();
    let suspension = SuspensionDraft {
        reason: "𝄞".repeat(500),
        until: Some(datetime!(2999-01-01 0:00 UTC)),
        show_reason: true,
    };
    users::suspend(&services, &operator(), ada, suspension)
        .await
        .unwrap();
    personas::delete(&services, &Writer::all(operator()), persona.id)
        .await
        .unwrap();
    // Sessions of two users are revoked by one request: an event for each user, and a parent event.
    for username in ["bob", "eve"] {
        add(&pool, username, &["user"]).await;
        set_password(&services, PASSWORD).await;
        Own::sign_in(&services, username, PASSWORD).await;
    }
    let spaces = " ".repeat(60_000);
    let device = |expected| RevokeRequest {
        filter: RevokeFilter {
            device: Some(format!("unknown{spaces}")),
            ..RevokeFilter::default()
        },
        expected,
        ..RevokeRequest::default()
    };
    let found = sessions::revoke_many(&services, &operator(), device(None))
        .await
        .unwrap();
    sessions::revoke_many(&services, &operator(), device(Some(found.sessions)))
        .await
        .unwrap();
    let largest: i64 = sqlx::query_scalar(
        "select max(octet_length(concat_ws(
            ' ', id, at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip,
            request_id, token_id, token_label, created_at
        )))::bigint from audit_events",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(largest <= ENTRY_MAX, "{largest}");
    // A shortened value is represented by its length and hash.
    let (bytes, hash): (i64, String) = sqlx::query_as(
        "select (changes -> 'details' -> 1 ->> 'bytes')::bigint, changes -> 'details' -> 1 ->> 'sha256'
        from audit_events where action = 'persona.updated' order by id desc limit 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let expected: String = sqlx::query_scalar(
        "select encode(sha256(convert_to('2' || repeat('𝄞', 9999), 'UTF8')), 'hex')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!((bytes, hash), (1 + 4 * 9_999, expected));
    audit::seal(&services).await.unwrap();
    let verified = audit::verify(&services, &operator(), None).await.unwrap();
    assert!(
        verified.error.is_none() && verified.entries > 8,
        "{verified:?}"
    );
}

/// Returns services with a quota of one megabyte.
fn small(pool: &PgPool) -> Services {
    let settings = Settings {
        owned_data_max_mb: 1,
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

fn content(bytes: usize) -> Option<domain::json::JsonObject> {
    let text = format!("{{\"a\":\"{}\"}}", "x".repeat(bytes));
    serde_json::from_str(&text).unwrap()
}

#[testing::test]
async fn owned_data_per_user_is_limited(pool: PgPool) {
    let services = small(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let writer = Writer::own(own.caller.clone()).unwrap();
    let analyst = PersonaDraft {
        name: Some("Analyst".into()),
        role: Some("Analyst".into()),
        information_need: Some("Boats".into()),
        ..PersonaDraft::default()
    };
    let persona = personas::create(&services, &writer, None, analyst.clone())
        .await
        .unwrap();
    let mark = |bytes| AnnotationDraft {
        video_id: Some("v1".into()),
        label: Some("A boat".into()),
        content: content(bytes),
    };
    let first = annotations::create(&services, &writer, persona.id, mark(600_000))
        .await
        .unwrap();
    let full = annotations::create(&services, &writer, persona.id, mark(600_000)).await;
    let error = full.unwrap_err();
    assert!(matches!(error, Error::OwnedDataFull(1)), "{error}");
    assert!(error.to_string().contains("1 MB"), "{error}");
    let ontology = OntologyDraft {
        content: content(600_000),
        ..OntologyDraft::default()
    };
    let full = ontology::set(&services, &writer, persona.id, ontology).await;
    assert!(matches!(full, Err(Error::OwnedDataFull(1))));
    let grown = annotations::edit(&services, &writer, first.id, mark(1_047_000)).await;
    assert!(grown.is_ok(), "{grown:?}");
    let full = personas::create(&services, &writer, None, longest()).await;
    assert!(matches!(full, Err(Error::OwnedDataFull(1))));
    let full = personas::edit(&services, &writer, persona.id, longest()).await;
    assert!(matches!(full, Err(Error::OwnedDataFull(1))));
    // The quota applies to administrators too; a change that reduces the data is always possible.
    let all = Writer::all(operator());
    let full = annotations::create(&services, &all, persona.id, mark(600_000)).await;
    assert!(matches!(full, Err(Error::OwnedDataFull(1))));
    annotations::edit(&services, &writer, first.id, mark(10))
        .await
        .unwrap();
    personas::create(&services, &writer, None, analyst)
        .await
        .unwrap();
    annotations::create(&services, &writer, persona.id, mark(600_000))
        .await
        .unwrap();
    // No denied change was stored.
    assert_eq!(count(&pool, "select count(*) from annotations").await, 2);
}

#[testing::test]
async fn transfer_respects_the_limit_of_the_receiver(pool: PgPool) {
    let services = small(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    set_password(&services, PASSWORD).await;
    for username in ["ada", "bob"] {
        let own = Own::sign_in(&services, username, PASSWORD).await;
        let writer = Writer::own(own.caller.clone()).unwrap();
        let draft = PersonaDraft {
            name: Some("Analyst".into()),
            role: Some("Analyst".into()),
            information_need: Some("Boats".into()),
            ..PersonaDraft::default()
        };
        let persona = personas::create(&services, &writer, None, draft).await;
        let mark = AnnotationDraft {
            video_id: Some("v1".into()),
            label: Some("A boat".into()),
            content: content(600_000),
        };
        annotations::create(&services, &writer, persona.unwrap().id, mark)
            .await
            .unwrap();
    }
    let full = users::reassign(&services, &operator(), ada, bob, None).await;
    let error = full.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    let of_ada =
        "select count(*) from personas p join users u on u.id = p.user_id where u.username = 'ada'";
    assert_eq!(count(&pool, of_ada).await, 1, "no persona was transferred");
    let eve = add(&pool, "eve", &["user"]).await;
    let given = users::reassign(&services, &operator(), ada, eve, None).await;
    assert_eq!(given.unwrap().personas, 1);
    // A transfer without data succeeds, however much the receiver owns.
    users::reassign(&services, &operator(), ada, bob, None)
        .await
        .unwrap();
}

#[testing::test]
async fn every_row_and_text_is_counted(pool: PgPool) {
    let services = small(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let writer = Writer::own(own.caller.clone()).unwrap();
    let bytes = async || {
        db::owned::sum_bytes(&pool, own.caller.principal.id.0)
            .await
            .unwrap()
    };
    let draft = PersonaDraft {
        name: Some("é".into()),
        role: Some("abc".into()),
        information_need: Some("abcde".into()),
        details: Some("abcdefg".into()),
        ..PersonaDraft::default()
    };
    let persona = personas::create(&services, &writer, None, draft)
        .await
        .unwrap();
    let of_persona = bytes().await;
    assert!(of_persona >= 200 + 2 + 3 + 5 + 7, "{of_persona}");
    let mark = AnnotationDraft {
        video_id: Some("v".repeat(100)),
        label: Some("l".repeat(100)),
        content: content(0),
    };
    annotations::create(&services, &writer, persona.id, mark)
        .await
        .unwrap();
    let of_annotation = bytes().await - of_persona;
    assert!((400..500).contains(&of_annotation), "{of_annotation}");
    // Rows with hardly any content count towards the quota too.
    sqlx::query(
        "insert into annotations (id, persona_id, user_id, video_id, label)
        select gen_random_uuid(), $1, $2, '', '' from generate_series(1, 6000)",
    )
    .bind(persona.id)
    .bind(own.caller.principal.id.0)
    .execute(&pool)
    .await
    .unwrap();
    let one_more = AnnotationDraft {
        video_id: Some("v".into()),
        label: Some("l".into()),
        content: None,
    };
    let full = annotations::create(&services, &writer, persona.id, one_more).await;
    assert!(matches!(full, Err(Error::OwnedDataFull(1))), "{full:?}");
}

#[testing::test]
async fn own_profile_is_truncated_only_in_its_entry(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let [one, _] = largest();
    let edit = OwnEdit {
        notification_preferences: Some(Some(one.clone())),
        ..OwnEdit::default()
    };
    let edited = account::edit(&services, &own.caller, &own.session, edit)
        .await
        .unwrap();
    assert_eq!(edited.notification_preferences, one);
}
