//! Functions for the clients of a host application: pending users, its settings, and lists without pages.

use domain::{
    account::OwnEdit,
    error::{Forbidden, Unauthenticated},
    groups::{GroupDraft, MemberSelection},
    identifiers::Namespace,
    json::JsonLimits,
    users::{Status, create::UserDraft},
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{FeaturesWrite, UsersWrite, operator},
    account, auth,
    groups::{self, GroupActor, whole},
    host_settings,
    owned::{Writer, extensions},
    registrations,
    users::{self, linked},
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    callers::caller,
    own::{Own, set_password},
    services,
    users::add,
};

const PASSWORD: &str = "correct horse ";
const CHOSEN: &str = "copper lantern under rain ";

fn namespace() -> Namespace {
    "openwebui".parse().unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

async fn group_with(services: &Services, name: &str, members: Vec<Uuid>) -> Uuid {
    let draft = GroupDraft {
        name: name.to_owned(),
        data: object(json!({ "secret": 1 })),
        ..GroupDraft::default()
    };
    let group = groups::create(services, &operator(), draft).await.unwrap();
    let actor = GroupActor::from(&operator::<service::access::GroupsWrite>());
    let members = MemberSelection::Ids(members);
    groups::members::add(services, &actor, group.id, members, false)
        .await
        .unwrap();
    group.id
}

#[testing::test]
async fn pending_user_waits_for_approval(pool: PgPool) {
    let services = services(&pool);
    let draft = UserDraft {
        display_name: "Wendy".into(),
        email: "wendy@example.org".into(),
        password: Some(PASSWORD.into()),
        ..UserDraft::default()
    };
    let created = users::create_unnamed(&services, &operator(), draft, Status::Pending, None).await;
    let created = created.unwrap();
    assert_eq!(created.user.summary.status, Status::Pending);
    let id = created.user.summary.id.0;
    let approved = registrations::approve(&services, &operator(), id, "").await;
    let approved = approved.unwrap();
    assert_eq!(approved.summary.status, Status::Active);
    assert_eq!(approved.summary.email.as_deref(), Some("wendy@example.org"));
    let denied = caller(id, &["users:read"]).require::<UsersWrite>();
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
}

#[testing::test]
async fn settings_of_the_host_are_merged_and_limited(pool: PgPool) {
    let services = services(&pool);
    let reader = caller(Uuid::nil(), &[]);
    let stored = host_settings::get(&services, &reader, &namespace()).await;
    assert_eq!(stored.unwrap(), Map::new());
    let merge = async |added: Value| {
        let added = object(added);
        host_settings::merge_into(&services, &operator(), &namespace(), "x", added).await
    };
    for (added, all) in [
        (json!({ "a": 1, "b": [2] }), json!({ "a": 1, "b": [2] })),
        (json!({ "b": null }), json!({ "a": 1, "b": null })),
        (json!({}), json!({ "a": 1, "b": null })),
    ] {
        let all = json!({ "x": all });
        assert_eq!(merge(added).await.unwrap(), object(all.clone()));
        let stored = host_settings::get(&services, &reader, &namespace()).await;
        assert_eq!(stored.unwrap(), object(all));
    }
    let other = host_settings::get(&services, &reader, &"litellm".parse().unwrap()).await;
    assert_eq!(other.unwrap(), Map::new());
    let long = "x".repeat(JsonLimits::EXTENSION.bytes);
    for invalid in [json!({ "c": long }), json!({ "c": "\0" })] {
        let merged = merge(invalid).await;
        assert!(matches!(merged, Err(Error::Invalid(_))), "{merged:?}");
    }
    let denied = caller(Uuid::nil(), &["features:read"]).require::<FeaturesWrite>();
    assert!(matches!(
        denied,
        Err(Error::Forbidden(Forbidden::PermissionRequired(_)))
    ));
    let written: Vec<(String, Option<String>)> = sqlx::query_as(
        "select action, target_label from audit_events where action = 'feature.updated'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let entry = ("feature.updated".to_owned(), Some("openwebui".to_owned()));
    assert_eq!(written, [entry.clone(), entry]);
}

#[testing::test]
async fn groups_and_data_of_users_are_found_together(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["admin"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let eve = add(&pool, "eve", &["user"]).await;
    let writers = group_with(&services, "Writers", vec![ada, bob]).await;
    let editors = group_with(&services, "Editors", vec![bob]).await;
    let writer = Writer::all(operator());
    let data = object(json!({ "bio": "b" }));
    extensions::merge(&services, &writer, Some(bob), &namespace(), data.clone())
        .await
        .unwrap();
    let ids = [ada, bob, eve];
    let proofs = (&operator(), &operator());
    let found = linked::list_linked(&services, proofs, &ids, &namespace())
        .await
        .unwrap();
    let of_bob = found.get(&bob).unwrap();
    let (first, second) = (
        (editors, "Editors".to_owned()),
        (writers, "Writers".to_owned()),
    );
    assert_eq!(of_bob.groups, [first, second]);
    assert_eq!(of_bob.data, data);
    assert_eq!(found.get(&ada).unwrap().data, Map::new());
    assert!(!found.contains_key(&eve));
    let own = linked::find_own(&services, &caller(bob, &[]), &namespace()).await;
    assert_eq!(own.unwrap(), *of_bob);

    let names = |groups: Vec<domain::groups::Group>| -> Vec<String> {
        groups.into_iter().map(|group| group.name).collect()
    };
    let all = whole::list(&services, &operator(), None).await.unwrap();
    assert_eq!(names(all), ["Editors", "Writers"]);
    let of_ada = whole::list(&services, &operator(), Some(ada))
        .await
        .unwrap();
    assert_eq!(names(of_ada), ["Writers"]);
    let own = whole::list_own(&services, &caller(ada, &[])).await.unwrap();
    assert!(own.iter().all(|group| group.data.is_empty()), "{own:?}");
    assert_eq!(names(own), ["Writers"]);

    sqlx::query("update users set deleted_at = now(), purge_after = now() where id = $1")
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    let reader = GroupActor::from(&operator::<service::access::GroupsRead>());
    let members = whole::list_member_ids(&services, &reader, writers).await;
    assert_eq!(members.unwrap(), [bob]);
    let unknown = whole::list_member_ids(&services, &reader, Uuid::nil()).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    let users = linked::list_by_ids(&services, &operator(), &ids).await;
    let users: Vec<String> = users.unwrap().into_iter().map(|u| u.username).collect();
    assert_eq!(users, ["bob", "eve"]);
}

#[testing::test]
async fn new_password_ends_the_session_of_the_token(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let edit = |edit| account::edit_by_token(&services, &own.caller, edit);
    let named = || OwnEdit {
        display_name: Some("Ada L.".into()),
        ..OwnEdit::default()
    };
    assert!(!edit(named()).await.unwrap());
    let with_password = |current: &str| OwnEdit {
        password: Some(CHOSEN.into()),
        current_password: Some(current.to_owned()),
        ..OwnEdit::default()
    };
    let wrong = edit(with_password("wrong horse ")).await;
    assert!(
        matches!(wrong, Err(Error::CurrentPasswordWrong)),
        "{wrong:?}"
    );
    assert!(edit(with_password(PASSWORD)).await.unwrap());
    let ended = edit(named()).await;
    assert!(
        matches!(
            ended,
            Err(Error::Unauthenticated(Unauthenticated::SessionExpired))
        ),
        "{ended:?}"
    );
    let live: i64 = sqlx::query_scalar("select count(*) from sessions where ended_at is null")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(live, 0);
    let session = crate::support::browser::browser(&pool, None);
    let draft = domain::credentials::SignInDraft {
        username: "ada".into(),
        password: CHOSEN.into(),
        remember: false,
    };
    let origin = service::access::Origin::default();
    auth::sign_in(&services, &session, draft, origin)
        .await
        .unwrap();
}
