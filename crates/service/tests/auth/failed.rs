//! Failed sign-ins as the panel lists them.

use domain::{
    list::{Limits, Page},
    sessions::failed::{FailedParams, FailedSignIns},
};
use service::{
    access::{Authorized, SessionsRead, operator},
    failed_sign_ins, housekeeping,
};

use super::*;

async fn list(services: &Services, by: &str) -> Page<FailedSignIns> {
    let params = FailedParams {
        by: Some(by.to_owned()),
        ..FailedParams::default()
    };
    let query = params.parse(Limits::PANEL).unwrap();
    let authorized: Authorized<SessionsRead> = operator();
    let listed = failed_sign_ins::list(services, &authorized, &query).await;
    listed.unwrap().page
}

/// Returns the listed rows, each as one line, in alphabetical order.
async fn rows(services: &Services, by: &str) -> Vec<String> {
    let mut rows: Vec<String> = list(services, by)
        .await
        .rows
        .into_iter()
        .map(|row| {
            format!(
                "{} of {} from {} of {}: {}",
                row.user
                    .map_or_else(|| "none".to_owned(), |user| user.username),
                row.accounts,
                row.ip_address
                    .map_or_else(|| "nowhere".to_owned(), |ip| ip.to_string()),
                row.addresses,
                row.tries,
            )
        })
        .collect();
    rows.sort();
    rows
}

async fn fail(services: &Services, username: &str, password: &str, address: &str) {
    let session = browser(&services.pool, None);
    let tried = sign_in(services, &session, username, password, from(address)).await;
    tried.unwrap_err();
}

#[testing::test]
async fn failed_sign_ins_are_listed_by_account_and_by_address(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for (username, password, address) in [
        ("Ada", WRONG, "192.0.2.1"),
        (" aDA ", WRONG, "192.0.2.1"),
        ("Ada", WRONG, "2001:db8::1"),
        ("Ada", WRONG, "2001:db8::2"),
        ("unknown", WRONG, "192.0.2.1"),
        ("correct horse", WRONG, "192.0.2.1"),
        ("suspended", RIGHT, "192.0.2.3"),
    ] {
        fail(&services, username, password, address).await;
    }
    failed_sign_ins::write(&services).await.unwrap();
    assert_eq!(
        rows(&services, "account").await,
        [
            "Ada of 1 from 2001:db8::2 of 2: 4",
            "none of 0 from 192.0.2.1 of 1: 2",
            "suspended of 1 from 192.0.2.3 of 1: 1",
        ]
    );
    assert_eq!(
        rows(&services, "address").await,
        [
            "Ada of 1 from 2001:db8::2 of 1: 2",
            "none of 1 from 192.0.2.1 of 1: 4",
            "suspended of 1 from 192.0.2.3 of 1: 1",
        ]
    );
    // No typed username is stored unless an account has it.
    let stored = "select string_agg(f::text, ' ') from failed_sign_ins f";
    let stored: String = sqlx::query_scalar(stored).fetch_one(&pool).await.unwrap();
    assert!(!stored.contains("horse"), "{stored}");
    // A successful sign-in is not counted.
    outcome(&services, "Ada", RIGHT).await;
    failed_sign_ins::write(&services).await.unwrap();
    assert_eq!(
        count(&pool, "select sum(tries) from failed_sign_ins").await,
        7
    );
}

#[testing::test]
async fn delayed_attempts_are_counted(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for _ in 0..8 {
        fail(&services, "Ada", WRONG, "192.0.2.1").await;
    }
    failed_sign_ins::write(&services).await.unwrap();
    let throttled =
        "select coalesce(sum(tries), 0) from failed_sign_ins where reason = 'throttled'";
    assert!(count(&pool, throttled).await > 0);
    assert_eq!(
        rows(&services, "account").await,
        ["Ada of 1 from 192.0.2.1 of 1: 8"]
    );
}

#[testing::test]
async fn throttled_sign_in_is_counted_even_with_the_right_password(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for username in ["Ada", "unknown"] {
        for _ in 0..5 {
            fail(&services, username, WRONG, "192.0.2.1").await;
        }
    }
    failed_sign_ins::write(&services).await.unwrap();
    run(&pool, "delete from failed_sign_ins").await;
    run(
        &pool,
        "update login_attempts set blocked_until = now() + interval '30 seconds'
        where blocked_until > last_failed_at",
    )
    .await;
    for (username, password) in [("Ada", RIGHT), ("Ada", WRONG), ("unknown", WRONG)] {
        fail(&services, username, password, "192.0.2.1").await;
    }
    failed_sign_ins::write(&services).await.unwrap();
    let stored: Vec<(String, Option<String>, i32)> = sqlx::query_as(
        "select f.reason, u.username, f.tries from failed_sign_ins f left join users u on u.id = f.user_id order by 2",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        stored,
        [
            ("throttled".to_owned(), Some("Ada".to_owned()), 2),
            ("throttled".to_owned(), None, 1),
        ]
    );
}

#[testing::test]
async fn unwritten_failures_are_retried_and_summed(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    fail(&services, "Ada", WRONG, "192.0.2.1").await;
    run(&pool, "alter table failed_sign_ins rename to hidden").await;
    failed_sign_ins::write(&services).await.unwrap_err();
    run(&pool, "alter table hidden rename to failed_sign_ins").await;
    fail(&services, "Ada", WRONG, "192.0.2.1").await;
    failed_sign_ins::write(&services).await.unwrap();
    fail(&services, "Ada", WRONG, "192.0.2.1").await;
    failed_sign_ins::write(&services).await.unwrap();
    let stored = "select count(*) * 10 + sum(tries) from failed_sign_ins";
    assert_eq!(count(&pool, stored).await, 13);
}

#[testing::test]
async fn failures_of_purged_accounts_are_omitted(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    fail(&services, "Ada", WRONG, "192.0.2.1").await;
    fail(&services, "unknown", WRONG, "192.0.2.1").await;
    run(
        &pool,
        "update users set deleted_at = now() where username = 'Ada'",
    )
    .await;
    run(&pool, "delete from users where username = 'Ada'").await;
    failed_sign_ins::write(&services).await.unwrap();
    assert_eq!(
        rows(&services, "account").await,
        ["none of 0 from 192.0.2.1 of 1: 1"]
    );
}

#[testing::test]
async fn pages_link_to_their_neighbours_and_old_rows_are_deleted(pool: PgPool) {
    run(
        &pool,
        "insert into failed_sign_ins (hour, network, reason, address, tries, last_at)
        select now(), ('192.0.2.' || n)::inet, 'unknown_username', ('192.0.2.' || n)::inet, n, now() - n * interval '10 days'
        from generate_series(1, 4) n",
    )
    .await;
    let services = services(&pool);
    let page = async |after: Option<String>, before: Option<String>| {
        let params = FailedParams {
            by: Some("address".to_owned()),
            limit: Some("3".to_owned()),
            after,
            before,
        };
        let query = params.parse(Limits::PANEL).unwrap();
        let page = failed_sign_ins::list(&services, &operator(), &query).await;
        let page = page.unwrap().page;
        let tries: Vec<u64> = page.rows.iter().map(|row| row.tries).collect();
        (tries, page.page_info)
    };
    let (tries, page_info) = page(None, None).await;
    assert_eq!((tries, page_info.total.count), (vec![1, 2, 3], 4));
    let (tries, page_info) = page(page_info.after, None).await;
    assert_eq!((tries, page_info.first), (vec![4], 4));
    assert_eq!(page(None, page_info.before).await.0, [1, 2, 3]);
    housekeeping::run(&services).await.unwrap();
    assert_eq!(page(None, None).await.0, [1, 2]);
}
