//! Lists of users and clients by number.

use domain::{clients::ClientDraft, list::Slice};
use service::{
    Error,
    access::{ClientsRead, UsersRead, operator},
    clients, numbered,
};
use sqlx::PgPool;
use testing::users::user;

use crate::support::{callers::caller, services, users::add};

fn slice(skip: u32, limit: u32) -> Slice {
    Slice { skip, limit }
}

#[testing::test]
async fn users_are_listed_by_number_with_an_offset(pool: PgPool) {
    let services = services(&pool);
    for username in ["zoe", "bob", "ada"] {
        add(&pool, username, &["user"]).await;
    }
    user("eve").deleted(true).insert(&pool).await;
    user("max")
        .display_name("Max Müller")
        .email("max@example.org")
        .roles(&["user", "admin"])
        .clients(&[3, 1])
        .insert(&pool)
        .await;
    sqlx::query(
        "update users set notification_preferences = '{\"email\": true}' where username = 'max'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for (skip, limit, expected) in [
        (0, 100, &["Zoe", "Bob", "Ada", "Max Müller"][..]),
        (1, 2, &["Bob", "Ada"]),
        (3, 100, &["Max Müller"]),
        (4, 100, &[]),
        (u32::MAX, u32::MAX, &[]),
        (0, 0, &[]),
    ] {
        let listed = numbered::users(&services, &operator(), slice(skip, limit))
            .await
            .unwrap();
        let names: Vec<&str> = listed.iter().map(|user| &*user.display_name).collect();
        assert_eq!(names, expected, "{skip} {limit}");
        let numbers: Vec<i64> = listed.iter().map(|user| user.number).collect();
        assert!(numbers.is_sorted());
    }
    let last = numbered::users(&services, &operator(), slice(3, 1)).await;
    let max = last.unwrap().remove(0);
    assert_eq!(max.email.as_deref(), Some("max@example.org"));
    assert_eq!(max.roles, ["admin", "user"]);
    assert_eq!(max.client_list, [3, 1]);
    assert_eq!(max.notification_preferences["email"], true);
}

#[testing::test]
async fn clients_are_listed_by_number_and_own_ones_without_a_permission(pool: PgPool) {
    let services = services(&pool);
    let mut ids = Vec::new();
    for name in ["Zeta", "Alpha", "Mid"] {
        let draft = ClientDraft {
            name: name.to_owned(),
            logo_url: None,
        };
        let created = clients::create(&services, &operator(), draft).await;
        ids.push(created.unwrap().id);
    }
    let names = |clients: Vec<domain::clients::Client>| -> Vec<String> {
        clients.into_iter().map(|client| client.name).collect()
    };
    let listed = numbered::clients(&services, &operator(), slice(0, 10)).await;
    assert_eq!(names(listed.unwrap()), ["Zeta", "Alpha", "Mid"]);
    let listed = numbered::clients(&services, &operator(), slice(1, 1)).await;
    assert_eq!(names(listed.unwrap()), ["Alpha"]);

    let (last, first) = (ids[2], ids[0]);
    let ada = user("ada").clients(&[last, first, 999]).insert(&pool).await;
    let ada = caller(ada, &[]);
    let own = numbered::own_clients(&services, &ada).await;
    assert_eq!(names(own.unwrap()), ["Zeta", "Mid"]);
    let denied = ada.require::<ClientsRead>().map(drop);
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    let denied = ada.require::<UsersRead>().map(drop);
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
}
