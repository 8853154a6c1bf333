//! Identifiers of users in other systems.

use domain::{
    error::Entity,
    identifiers::{IdentifiedFilter, IdentifiedUser, Identifier, Namespace},
    users::deletion::Deletion,
};
use service::{
    Error, Services,
    access::{OperatorKey, Origin, operator},
    identifiers, users,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    callers::admin,
    services,
    users::{add, count},
};

fn namespace(text: &str) -> Namespace {
    text.parse().unwrap()
}

fn identifier(text: &str) -> Identifier {
    text.parse().unwrap()
}

async fn set(services: &Services, user: Uuid, name: &str, value: &str) -> Result<(), Error> {
    let (namespace, identifier) = (namespace(name), identifier(value));
    identifiers::set(services, &operator(), user, &namespace, &identifier).await
}

async fn find(services: &Services, name: &str, value: &str) -> Option<Uuid> {
    let (namespace, identifier) = (namespace(name), identifier(value));
    let found = identifiers::find_user(services, &operator(), &namespace, &identifier).await;
    match found {
        Ok(user) => Some(user.summary.id.0),
        Err(Error::NotFound(Entity::User)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

fn is_taken(result: &Result<(), Error>) -> bool {
    matches!(result, Err(Error::Taken(fields)) if fields.get("identifier").is_some())
}

#[testing::test]
async fn user_is_found_by_the_exact_identifier_in_its_namespace(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    set(&services, ada, "litellm", "U-1+x é").await.unwrap();
    set(&services, bob, "litellm", "u-1+x é").await.unwrap();
    set(&services, bob, "maeser.github", "U-1+x é")
        .await
        .unwrap();
    for (name, value, expected) in [
        ("litellm", "U-1+x é", Some(ada)),
        ("litellm", "u-1+x é", Some(bob)),
        ("maeser.github", "U-1+x é", Some(bob)),
        ("maeser.github", "u-1+x é", None),
        ("litellm", "U-1+x e\u{301}", None),
        ("litellm", "U-1+x é ", None),
        ("scim", "U-1+x é", None),
    ] {
        assert_eq!(
            find(&services, name, value).await,
            expected,
            "{name} {value}"
        );
    }
}

#[testing::test]
async fn identifier_of_another_user_is_denied_and_names_the_field(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    set(&services, ada, "litellm", "one").await.unwrap();
    assert!(is_taken(&set(&services, bob, "litellm", "one").await));
    // An identifier can be set again, replaced, and then used by another user.
    set(&services, ada, "litellm", "one").await.unwrap();
    set(&services, ada, "litellm", "two").await.unwrap();
    assert_eq!(find(&services, "litellm", "one").await, None);
    set(&services, bob, "litellm", "one").await.unwrap();
    assert!(is_taken(&set(&services, ada, "litellm", "one").await));
    set(&services, bob, "litellm", "three").await.unwrap();
    set(&services, ada, "litellm", "one").await.unwrap();
    let written: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', target_label, changes ->> 'identifier') from audit_events order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        written,
        [
            r#"ada [null, "litellm: one"]"#,
            r#"ada ["litellm: one", "litellm: two"]"#,
            r#"bob [null, "litellm: one"]"#,
            r#"bob ["litellm: one", "litellm: three"]"#,
            r#"ada ["litellm: two", "litellm: one"]"#,
        ]
    );
}

#[testing::test]
async fn one_of_two_concurrent_setters_gets_the_identifier(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    for round in 0..10 {
        let value = format!("u-{round}");
        let (first, second) = tokio::join!(
            set(&services, ada, "litellm", &value),
            set(&services, bob, "litellm", &value),
        );
        let winner = match (&first, &second) {
            (Ok(()), denied) if is_taken(denied) => ada,
            (denied, Ok(())) if is_taken(denied) => bob,
            both => panic!("{both:?}"),
        };
        assert_eq!(find(&services, "litellm", &value).await, Some(winner));
    }
}

#[testing::test]
async fn identifier_of_a_deleted_user_stays_reserved_until_the_purge(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    set(&services, ada, "litellm", "one").await.unwrap();
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    assert_eq!(find(&services, "litellm", "one").await, None);
    assert!(is_taken(&set(&services, bob, "litellm", "one").await));
    let permanent = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    users::delete(&services, &operator(), ada, &permanent)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let left = "select count(*) from user_identifiers";
    assert_eq!(count(&pool, left).await, 0);
    set(&services, bob, "litellm", "one").await.unwrap();
}

#[testing::test]
async fn identifier_of_a_user_with_more_permissions_is_denied(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["admin"]).await;
    testing::roles::role("helpdesk")
        .permissions(&["users:write"])
        .insert(&pool)
        .await;
    let helper = add(&pool, "helper", &["helpdesk"]).await;
    let (namespace, identifier) = (namespace("litellm"), identifier("one"));
    let denied = identifiers::set(&services, &admin(helper), ada, &namespace, &identifier).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    let unknown =
        identifiers::set(&services, &operator(), Uuid::nil(), &namespace, &identifier).await;
    assert!(matches!(unknown, Err(Error::NotFound(Entity::User))));
}

#[testing::test]
async fn operator_key_is_audited_by_its_name(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["admin"]).await;
    let key = OperatorKey {
        label: "litellm master key",
        origin: Origin::default(),
    };
    let (namespace, identifier) = (namespace("litellm"), identifier("one"));
    identifiers::set(&services, &key.require(), ada, &namespace, &identifier)
        .await
        .unwrap();
    let written: (Option<Uuid>, String, String) =
        sqlx::query_as("select actor_id, actor_label, via from audit_events")
            .fetch_one(&pool)
            .await
            .unwrap();
    let (label, via) = ("litellm master key".to_owned(), "api".to_owned());
    assert_eq!(written, (None, label, via));
}

#[testing::test]
async fn users_are_listed_once_for_each_identifier(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user", "admin"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let cid = add(&pool, "cid", &[]).await;
    let dee = add(&pool, "dee", &[]).await;
    set(&services, ada, "maeser.github", "ada1").await.unwrap();
    set(&services, ada, "maeser.ldap", "a.da").await.unwrap();
    set(&services, bob, "litellm", "b-1").await.unwrap();
    set(&services, dee, "maeser.github", "dee1").await.unwrap();
    users::delete(&services, &operator(), dee, &Deletion::default())
        .await
        .unwrap();
    sqlx::query("update users set status = 'suspended' where id = $1")
        .bind(cid)
        .execute(&pool)
        .await
        .unwrap();
    let prefix = || IdentifiedFilter {
        prefix: "maeser.".to_owned(),
        ..IdentifiedFilter::default()
    };
    let [ada_1, ada_2] = ["ada maeser.github ada1", "ada maeser.ldap a.da"];
    for (filter, expected) in [
        (prefix(), &[ada_1, ada_2, "bob", "cid"][..]),
        (
            IdentifiedFilter {
                namespaces: vec!["maeser.ldap".to_owned(), "maeser.none".to_owned()],
                ..prefix()
            },
            &[ada_1, ada_2],
        ),
        (
            IdentifiedFilter {
                namespaces: vec!["litellm".to_owned()],
                ..prefix()
            },
            &["bob"],
        ),
        (
            IdentifiedFilter {
                namespaces: vec!["maeser.none".to_owned()],
                ..prefix()
            },
            &[],
        ),
        (
            IdentifiedFilter {
                user: Some(bob),
                ..prefix()
            },
            &["bob"],
        ),
        (
            IdentifiedFilter {
                is_admin: Some(true),
                ..prefix()
            },
            &[ada_1, ada_2],
        ),
        (
            IdentifiedFilter {
                is_admin: Some(false),
                ..prefix()
            },
            &["bob", "cid"],
        ),
        (
            IdentifiedFilter {
                is_suspended: Some(true),
                ..prefix()
            },
            &["cid"],
        ),
        (
            IdentifiedFilter {
                is_admin: Some(false),
                is_suspended: Some(false),
                ..prefix()
            },
            &["bob"],
        ),
    ] {
        let found = identifiers::list_users(&services, &operator(), &filter, None).await;
        let mut found: Vec<String> = found.unwrap().iter().map(described).collect();
        found.sort();
        assert_eq!(found, expected, "{filter:?}");
    }
    // The next page begins after the last user, with all identifiers of each.
    let all = identifiers::list_users(&services, &operator(), &prefix(), None).await;
    let all = all.unwrap();
    let first = all[0].id.0;
    let rest = identifiers::list_users(&services, &operator(), &prefix(), Some(first)).await;
    let others: Vec<_> = all.into_iter().filter(|user| user.id.0 != first).collect();
    assert_eq!(rest.unwrap(), others);
    let last = others.last().unwrap().id.0;
    let none = identifiers::list_users(&services, &operator(), &prefix(), Some(last)).await;
    assert!(none.unwrap().is_empty());
}

/// Returns the username with the identifier. The role is the most powerful one.
fn described(user: &IdentifiedUser) -> String {
    let role = match user.username.as_str() {
        "ada" => Some("admin"),
        "bob" => Some("user"),
        _ => None,
    };
    assert_eq!(user.role.as_deref(), role, "{user:?}");
    assert_eq!(user.is_admin, user.username == "ada");
    match &user.identifier {
        Some((namespace, value)) => format!("{} {namespace} {value}", user.username),
        None => user.username.clone(),
    }
}
