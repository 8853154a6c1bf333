//! List of users: paging, totals, and the required permission.

use domain::{
    access::Principal,
    audit::Via,
    list::{Limits, ListError, Total},
    permission::Permissions,
    users::{UserId, list::ListParams, page::UserPage},
};
use service::{
    Error, Services,
    access::{Caller, Credential, Origin, UsersRead},
    users,
};
use sqlx::PgPool;
use testing::{groups::group, users::user};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use crate::support::services;

fn caller(permissions: &[&str]) -> Caller {
    Caller {
        principal: Principal {
            id: UserId(Uuid::nil()),
            username: "ada".to_owned(),
            display_name: "Ada".to_owned(),
            email: None,
            roles: Vec::new(),
            is_admin: false,
            permissions: Permissions::new(permissions.iter().map(ToString::to_string).collect()),
            time_zone: None,
        },
        credential: Credential::Session(Uuid::nil()),
        via: Via::Ui,
        origin: Origin::default(),
    }
}

/// Inserts seven users, one a day, the last three of them suspended.
async fn seed(pool: &PgPool) {
    for n in 1..=7 {
        user(&format!("user-{n}"))
            .display_name("User")
            .status(if n > 4 { "suspended" } else { "active" })
            .created_at(datetime!(2026-01-01 0:00 UTC) + Duration::days(n))
            .insert(pool)
            .await;
    }
}

async fn list(services: &Services, params: &ListParams) -> UserPage {
    let authorized = caller(&["users:read"]).require::<UsersRead>().unwrap();
    users::list(services, &authorized, &params.parse(Limits::API).unwrap())
        .await
        .unwrap()
}

fn params(q: &str) -> ListParams {
    ListParams {
        q: Some(q.to_owned()),
        limit: Some("3".to_owned()),
        ..ListParams::default()
    }
}

/// Formats a page as one line: the number of its first row, its users, and whether there are pages before and after.
fn shown(page: &UserPage) -> String {
    let users: Vec<&str> = page
        .users
        .rows
        .iter()
        .map(|user| user.username.trim_start_matches("user-"))
        .collect();
    let before = if page.users.page_info.before.is_some() {
        "< "
    } else {
        ""
    };
    let after = if page.users.page_info.after.is_some() {
        " >"
    } else {
        ""
    };
    format!(
        "{before}{}: {}{after}",
        page.users.page_info.first,
        users.join(" ")
    )
}

#[test]
fn listing_requires_permission() {
    for (permissions, may) in [
        (&["*"][..], true),
        (&["*:read"], true),
        (&["users:read"], true),
        (&["sessions:read", "users:write"], false),
        (&[], false),
    ] {
        let authorized = caller(permissions).require::<UsersRead>();
        assert_eq!(authorized.is_ok(), may, "{permissions:?}");
        if let Err(denied) = authorized {
            assert_eq!(denied.to_string(), "Admin access required");
        }
    }
}

#[testing::test]
async fn pages_are_numbered_and_know_their_neighbours(pool: PgPool) {
    let services = services(&pool);
    seed(&pool).await;
    let first = list(&services, &params("")).await;
    assert_eq!(shown(&first), "1: 7 6 5 >");
    let second = list(
        &services,
        &ListParams {
            after: first.users.page_info.after,
            ..params("")
        },
    )
    .await;
    assert_eq!(shown(&second), "< 4: 4 3 2 >");
    let third = list(
        &services,
        &ListParams {
            after: second.users.page_info.after.clone(),
            ..params("")
        },
    )
    .await;
    assert_eq!(shown(&third), "< 7: 1");

    let back = list(
        &services,
        &ListParams {
            before: third.users.page_info.before,
            ..params("")
        },
    )
    .await;
    assert_eq!(back, second);
    let start = list(
        &services,
        &ListParams {
            before: back.users.page_info.before,
            ..params("")
        },
    )
    .await;
    assert_eq!(shown(&start), "1: 7 6 5 >");
}

#[testing::test]
async fn new_users_do_not_shift_a_page(pool: PgPool) {
    let services = services(&pool);
    seed(&pool).await;
    let first = list(&services, &params("")).await;
    user("user-new")
        .created_at(datetime!(2026-02-01 0:00 UTC))
        .insert(&pool)
        .await;
    sqlx::raw_sql("update users set deleted_at = now() where username = 'user-5'")
        .execute(&pool)
        .await
        .unwrap();
    let second = list(
        &services,
        &ListParams {
            after: first.users.page_info.after,
            ..params("")
        },
    )
    .await;
    assert_eq!(shown(&second), "< 4: 4 3 2 >");
    // One user was added and one deleted: the rows before are the first page again.
    let back = list(
        &services,
        &ListParams {
            before: second.users.page_info.before,
            ..params("")
        },
    )
    .await;
    assert_eq!(shown(&back), "1: new 7 6 >");
}

#[testing::test]
async fn empty_page_has_no_neighbours(pool: PgPool) {
    let services = services(&pool);
    let empty = list(&services, &params("")).await;
    assert_eq!(
        (shown(&empty), empty.users.page_info.total),
        ("1: ".to_owned(), Total::exact(0))
    );
    seed(&pool).await;
    let unknown = list(&services, &params("unknown")).await;
    assert_eq!(
        (
            shown(&unknown),
            unknown.users.page_info.total,
            unknown.totals.users
        ),
        ("1: ".to_owned(), Total::exact(0), 7)
    );
}

#[testing::test]
async fn totals_cover_all_users_and_the_search(pool: PgPool) {
    let services = services(&pool);
    seed(&pool).await;
    for (q, total) in [
        ("", 7),
        ("status:suspended", 3),
        ("-status:suspended", 4),
        ("user-1", 1),
    ] {
        let page = list(&services, &params(q)).await;
        assert_eq!(page.users.page_info.total, Total::exact(total), "{q:?}");
        assert_eq!(
            (page.totals.users, page.totals.suspended, page.totals.admins),
            (7, 3, 0),
            "{q:?}"
        );
    }
}

#[testing::test]
async fn searches_about_groups_and_features_need_their_permissions(pool: PgPool) {
    let services = services(&pool);
    group("Editors").insert(&pool).await;
    sqlx::raw_sql(
        "insert into features (key, label, created_at, updated_at) values ('chat.call', 'Call', now(), now())",
    )
    .execute(&pool)
    .await
    .unwrap();
    let ask = async |granted: &[&str], search: &str| {
        let params = ListParams {
            q: Some(search.to_owned()),
            ..ListParams::default()
        };
        let authorized = caller(granted).require::<UsersRead>().unwrap();
        let query = params.parse(Limits::API).unwrap();
        users::list(&services, &authorized, &query).await.err()
    };
    for (search, permission) in [
        ("group:editors", "groups:read"),
        ("ada OR -has:group", "groups:read"),
        ("feature:chat.call", "access:read"),
    ] {
        let denied = ask(&["users:read"], search).await;
        let Some(Error::List(ListError::Unreadable {
            parameter: "q",
            permission: missing,
            ..
        })) = denied
        else {
            panic!("{search}: {denied:?}");
        };
        assert_eq!(missing.as_str(), permission, "{search}");
        let allowed = ask(&["users:read", permission], search).await;
        assert!(allowed.is_none(), "{search}: {allowed:?}");
    }
    assert!(ask(&["users:read"], "role:admin").await.is_none());

    // A search about what does not exist is an error, and not one that finds no users.
    for (search, missing) in [
        ("role:nonsense", "Role not found: `role:nonsense`."),
        (
            "ada -group:\"No Team\"",
            "Group not found: `group:\"No Team\"`.",
        ),
        (
            "ada OR feature:chat.x",
            "Feature not found: `feature:chat.x`.",
        ),
        ("(client:7 client:acme)", "Client not found: `client:acme`."),
    ] {
        let denied = ask(&["*"], search).await;
        let message = denied.map(|error| error.to_string()).unwrap_or_default();
        assert!(message.starts_with(missing), "{search}: {message}");
    }
    assert!(ask(&["*"], "client:7 group:editors").await.is_none());
}

/// Checks that the order of the list does not disclose costs, which the condition `spend:` does not either.
#[testing::test]
async fn order_by_costs_needs_the_permission_to_see_them(pool: PgPool) {
    let services = services(&pool);
    let ask = async |granted: &[&str], sort: &str| {
        let params = ListParams {
            sort: Some(sort.to_owned()),
            ..ListParams::default()
        };
        let authorized = caller(granted).require::<UsersRead>().unwrap();
        let query = params.parse(Limits::API).unwrap();
        users::list(&services, &authorized, &query).await.err()
    };
    for sort in ["spend", "-spend"] {
        let denied = ask(&["users:read", "limits:read"], sort).await;
        let Some(Error::List(ListError::Unreadable {
            parameter: "sort",
            permission,
            ..
        })) = denied
        else {
            panic!("{sort}: {denied:?}");
        };
        assert_eq!(permission.as_str(), "usage:read", "{sort}");
        let allowed = ask(&["users:read", "usage:read"], sort).await;
        assert!(allowed.is_none(), "{sort}: {allowed:?}");
    }
    assert!(ask(&["users:read"], "-api-keys").await.is_none());
}
