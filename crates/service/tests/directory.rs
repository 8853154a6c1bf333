//! Users and other objects by the names that other systems have for them.

use domain::{
    access_tokens::KeyDraft,
    error::Entity,
    groups::{GroupDraft, MemberSelection},
    identifiers::Namespace,
    limits::LimitDraft,
    users::{Status, create::UserDraft, deletion::Deletion},
};
use serde_json::json;
use service::{
    Error, Services,
    access::{GroupsWrite, UsersRead, operator},
    access_tokens,
    directory::{self, DirectoryOrder, DirectoryQuery, DirectoryUser},
    groups::{self, GroupActor},
    identifiers, limits, reset, users,
};
use sqlx::PgPool;
use testing::crowd::crowd;
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn namespace() -> Namespace {
    "litellm".parse().unwrap()
}

fn query() -> DirectoryQuery {
    DirectoryQuery {
        namespace: "litellm".to_owned(),
        limit: 10,
        ..DirectoryQuery::default()
    }
}

async fn names(services: &Services, query: &DirectoryQuery) -> (Vec<String>, u64) {
    let (users, total) = directory::list(services, &operator(), query).await.unwrap();
    let names = users.into_iter().map(|user| user.username);
    (names.collect(), total)
}

async fn find(services: &Services, identifier: &str) -> Result<DirectoryUser, Error> {
    directory::find(services, &operator(), &namespace(), identifier).await
}

/// Adds a user with everything that a directory shows. Returns the id.
async fn furnished(pool: &PgPool, services: &Services) -> Uuid {
    let ada = add(pool, "ada", &["user"]).await;
    let identifier = "u+1".parse().unwrap();
    identifiers::set(services, &operator(), ada, &namespace(), &identifier)
        .await
        .unwrap();
    let draft: LimitDraft = serde_json::from_value(json!({
        "subject": { "user": ada }, "metric": "cost", "amount": "2.5", "period": "30d",
    }))
    .unwrap();
    limits::put(services, &operator(), draft).await.unwrap();
    let draft: KeyDraft = serde_json::from_value(json!({ "name": "key" })).unwrap();
    access_tokens::create_key(services, &operator(), ada, &draft)
        .await
        .unwrap();
    let draft = GroupDraft {
        name: "Lab".to_owned(),
        external_id: Some("t-1".to_owned()),
        ..GroupDraft::default()
    };
    let writer = operator::<GroupsWrite>();
    let group = groups::create(services, &writer, draft).await.unwrap();
    let members = MemberSelection::Ids(vec![ada]);
    let actor = GroupActor::from(&writer);
    groups::members::add(services, &actor, group.id, members, false)
        .await
        .unwrap();
    ada
}

#[testing::test]
async fn user_is_found_by_the_identifier_or_else_the_id(pool: PgPool) {
    let services = services(&pool);
    let ada = furnished(&pool, &services).await;
    let bob = add(&pool, "bob", &[]).await;
    let found = find(&services, "u+1").await.unwrap();
    assert_eq!((found.id, found.roles), (ada, vec!["user".to_owned()]));
    assert_eq!(found.groups, ["t-1"]);
    assert_eq!(found.keys, 1);
    let limit = &found.limits[0];
    assert_eq!(
        (limit.metric.as_str(), limit.amount, limit.period.as_deref()),
        ("cost", Some(2_500_000_000), Some("30d"))
    );
    assert_eq!(find(&services, &bob.to_string()).await.unwrap().id, bob);
    // The identifier takes the place of the id.
    for unknown in [ada.to_string(), "U+1".to_owned(), String::new()] {
        let missing = find(&services, &unknown).await;
        assert!(
            matches!(missing, Err(Error::NotFound(Entity::User))),
            "{unknown}"
        );
    }
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    assert!(find(&services, "u+1").await.is_err());
}

#[testing::test]
async fn list_is_filtered_sorted_and_paged(pool: PgPool) {
    let services = services(&pool);
    furnished(&pool, &services).await;
    add(&pool, "bob", &["admin"]).await;
    add(&pool, "eve", &["auditor"]).await;
    let group = groups::find_meant(&services, &operator(), "t-1")
        .await
        .unwrap();
    for (query, expected, total) in [
        (query(), &["ada", "bob", "eve"][..], 3),
        (
            DirectoryQuery {
                descending: true,
                limit: 2,
                offset: 1,
                ..query()
            },
            &["bob", "ada"],
            3,
        ),
        (
            DirectoryQuery {
                order: DirectoryOrder::Keys,
                descending: true,
                limit: 1,
                ..query()
            },
            &["ada"],
            3,
        ),
        (
            DirectoryQuery {
                roles: vec!["admin".to_owned()],
                ..query()
            },
            &["bob"],
            1,
        ),
        (
            DirectoryQuery {
                without_roles: vec!["admin".to_owned(), "auditor".to_owned()],
                ..query()
            },
            &["ada"],
            1,
        ),
        (
            DirectoryQuery {
                text: Some("U+".to_owned()),
                ..query()
            },
            &["ada"],
            1,
        ),
        (
            DirectoryQuery {
                group: Some(group),
                ..query()
            },
            &["ada"],
            1,
        ),
        (
            DirectoryQuery {
                identifiers: Some(Vec::new()),
                ..query()
            },
            &[],
            0,
        ),
    ] {
        let (found, counted) = names(&services, &query).await;
        assert_eq!(
            (found.as_slice(), counted),
            (texts(expected).as_slice(), total),
            "{query:?}"
        );
    }
    for order in [
        DirectoryOrder::Created,
        DirectoryOrder::Updated,
        DirectoryOrder::Identifier,
        DirectoryOrder::Email,
        DirectoryOrder::Name,
        DirectoryOrder::Spend,
        DirectoryOrder::MonthSpend,
        DirectoryOrder::Budget,
        DirectoryOrder::Keys,
        DirectoryOrder::Status,
    ] {
        let sorted = DirectoryQuery { order, ..query() };
        assert_eq!(names(&services, &sorted).await.1, 3, "{order:?}");
    }
}

#[testing::test]
async fn many_users_are_in_the_nearest_order_with_an_index(pool: PgPool) {
    let services = services(&pool);
    crowd(10_000, "user-", "User ").insert(&pool).await;
    let seventh = testing::users::id_of(&pool, "user-7").await;
    let draft: KeyDraft = serde_json::from_value(json!({ "name": "key" })).unwrap();
    access_tokens::create_key(&services, &operator(), seventh, &draft)
        .await
        .unwrap();
    sqlx::query("update user_spend set month = 321, nanos = 5 where user_id = $1")
        .bind(seventh)
        .execute(&pool)
        .await
        .unwrap();
    let first = async |order| {
        let query = DirectoryQuery {
            order,
            descending: true,
            limit: 1,
            ..query()
        };
        names(&services, &query).await
    };
    let (found, total) = first(DirectoryOrder::Keys).await;
    assert_eq!((found, total), (texts(&["user-7"]), 10_000));
    add(&pool, "last", &[]).await;
    for (order, name) in [
        (DirectoryOrder::Keys, "last"),
        (DirectoryOrder::Budget, "last"),
        (DirectoryOrder::Updated, "last"),
        (DirectoryOrder::Identifier, "last"),
        (DirectoryOrder::Spend, "user-7"),
    ] {
        let (found, total) = first(order).await;
        assert_eq!((found, total), (texts(&[name]), 10_001), "{order:?}");
    }
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[testing::test]
async fn what_the_actor_cannot_read_is_left_out(pool: PgPool) {
    let services = services(&pool);
    let ada = furnished(&pool, &services).await;
    let limited = caller(ada, &["users:read"]).require::<UsersRead>().unwrap();
    let user = directory::find_by_id(&services, &limited, &namespace(), ada)
        .await
        .unwrap();
    assert!(user.groups.is_empty() && user.limits.is_empty());
    assert_eq!((user.keys, user.spend), (0, 0));
    let by_group = DirectoryQuery {
        group: Some(
            groups::find_meant(&services, &operator(), "Lab")
                .await
                .unwrap(),
        ),
        ..query()
    };
    let (found, _) = directory::list(&services, &limited, &by_group)
        .await
        .unwrap();
    assert!(found.is_empty(), "{found:?}");
    let all = directory::find_by_id(&services, &admin(ada), &namespace(), ada).await;
    assert_eq!(all.unwrap().keys, 1);
    let own = directory::find_own(&services, &caller(ada, &[]), &namespace()).await;
    assert_eq!(own.unwrap().identifier, "u+1");
}

#[testing::test]
async fn account_and_identifier_are_stored_together(pool: PgPool) {
    let services = services(&pool);
    let create = async |name: &str| {
        let draft = UserDraft {
            display_name: name.to_owned(),
            ..UserDraft::default()
        };
        let (namespace, identifier) = (namespace(), "u-1".parse().unwrap());
        let identified = Some((&namespace, &identifier));
        users::create_unnamed(&services, &operator(), draft, Status::Active, identified).await
    };
    create("ada").await.unwrap();
    let taken = create("bob").await.err();
    assert!(
        matches!(&taken, Some(Error::Taken(fields)) if fields.get("identifier").is_some()),
        "{taken:?}"
    );
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
    let sql = "select count(*) from audit_events
        where changes->'identifier' = '[null, \"litellm: u-1\"]' and action = 'user.created'";
    assert_eq!(count(&pool, sql).await, 1);
}

#[testing::test]
async fn keys_and_groups_are_found_by_what_programs_name(pool: PgPool) {
    let services = services(&pool);
    let ada = furnished(&pool, &services).await;
    let draft: KeyDraft = serde_json::from_value(json!({ "name": "other" })).unwrap();
    let issued = access_tokens::create_key(&services, &operator(), ada, &draft)
        .await
        .unwrap();
    for text in [issued.token.as_str(), &issued.id.to_string()] {
        let found = access_tokens::find_key_id(&services, &operator(), text).await;
        assert_eq!(found.unwrap(), issued.id);
    }
    let named = access_tokens::find_key_ids(&services, &operator(), "other").await;
    assert_eq!(named.unwrap(), [issued.id]);
    for text in ["", "sk-", "\0", &Uuid::nil().to_string()] {
        let found = access_tokens::find_key_id(&services, &operator(), text).await;
        assert!(matches!(found, Err(Error::NotFound(_))), "{text:?}");
        let named = access_tokens::find_key_ids(&services, &operator(), text).await;
        assert!(named.unwrap().is_empty(), "{text:?}");
    }
    let group = groups::find_meant(&services, &operator(), "t-1")
        .await
        .unwrap();
    for text in [group.to_string(), "lab".to_owned()] {
        let found = groups::find_meant(&services, &operator(), &text).await;
        assert_eq!(found.unwrap(), group);
    }
    for text in ["", "t-2", "\0"] {
        let found = groups::find_meant(&services, &operator(), text).await;
        assert!(
            matches!(found, Err(Error::NotFound(Entity::Group))),
            "{text:?}"
        );
    }
}

#[testing::test]
async fn first_password_can_be_chosen_for_a_week(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let hours = async || {
        let link = reset::create_invitation(&services, &operator(), ada)
            .await
            .unwrap();
        let token = link.url.rsplit('/').next().unwrap().to_owned();
        let state = reset::find_state(&services, &token, &namespace()).await;
        let state = state.unwrap().unwrap();
        assert_eq!((state.user, state.has_expired), (ada, false));
        (link.expires_at - state.link.created_at).whole_hours()
    };
    assert_eq!(hours().await, 1, "the user has a password");
    sqlx::raw_sql("update users set password_hash = null")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(hours().await, 7 * 24);
    let unknown = reset::find_state(&services, "unknown", &namespace()).await;
    assert!(unknown.unwrap().is_none());
}
