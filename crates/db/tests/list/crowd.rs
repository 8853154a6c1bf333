//! Users for the tests of the list.

use domain::users::spend::month_number;
use sqlx::PgPool;
use testing::{roles::role, users::user};
use time::{Duration, OffsetDateTime, macros::datetime};

/// Time at which the users are listed.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// Number of users, without deleted ones.
const SIZE: usize = 300;

const USERNAMES: &[&str] = &[
    "Ann",
    "ann.lee",
    "joann",
    "Östlund",
    "snake_case",
    "snakescase",
    "жанна",
    "ЗОЯ",
    "a_b",
    "axb",
    "back\\slash",
    "x50%",
];

const NAMES: &[&str] = &[
    "Ann Lee",
    "Joanna O'Hara",
    "Li Wei",
    "Wei Li",
    "王 伟",
    "张伟",
    "Émile Östlund",
    "Östen Ångström",
    "50% Off",
    "50 percent",
    "Жанна Агузарова",
    "Under_Score",
    "Under Score",
    "Back\\slash",
    "A B",
    "ann",
    "Zoë",
    "'; --",
    "Hans Müller",
    "Grete Straße",
    "José Núñez",
    "Νίκος Ελύτης",
    "Işık İpek",
    "Пётр Ёлкин",
    "王小明",
    "田中 太郎",
    "김민준",
    "สมชาย ใจดี",
    "प्रिया शर्मा",
    "Siobhán O’Hara",
];

const EMAILS: &[Option<&str>] = &[
    Some("example.org"),
    None,
    Some("EXAMPLE.NET"),
    Some("mail.example"),
    None,
];

const ROLES: &[&[&str]] = &[
    &[],
    &["user"],
    &["admin", "user"],
    &["auditor"],
    &["editor", "user"],
    &["admin"],
];

/// Ages of timestamps, at the edges of days, months and ages.
const AGES: &[Option<Duration>] = &[
    None,
    Some(Duration::ZERO),
    Some(Duration::hours(12)),
    Some(Duration::hours(36)),
    Some(Duration::days(30)),
    Some(Duration::microseconds(2_592_000_000_001)),
    Some(Duration::days(51)),
    Some(Duration::days(325)),
    Some(Duration::days(700)),
    Some(Duration::days(20_000)),
];

/// Groups, clients and features, and the users who have them.
const ACCESS: &str = "
    insert into features (key, label, default_value, created_at, updated_at)
    values ('chat.call', 'Call', false, now(), now()), ('chat.controls', 'Controls', true, now(), now());
    insert into groups (id, name, features, created_at, updated_at)
    values
        (uuid_v7(now()), 'Editors', '{}', now(), now()),
        (uuid_v7(now()), 'Core Team', '{\"chat.call\": true}', now(), now()),
        (uuid_v7(now()), 'Core-Team', '{}', now(), now());
    insert into group_members (group_id, user_id, added_at)
    select g.id, u.id, now() from groups g join users u on u.number % 3 = 0 and (g.name = 'Editors' or u.number % 2 = 0);
    insert into clients (name, created_at, updated_at) values ('ACME', now(), now()), ('Globex', now(), now());
    update users set client_list = case number % 5 when 0 then array[1, 7] when 1 then array[2] when 2 then array[7] else '{}' end";

/// Returns a number below `sides` that looks random and is always the same.
fn dice(stored_user: usize, throw: usize, sides: usize) -> usize {
    let mixed = (stored_user + 1).wrapping_mul(0x9E37_79B9).rotate_left(7)
        ^ (throw + 1).wrapping_mul(0x85EB_CA6B);
    (mixed.wrapping_mul(0xC2B2_AE35) >> 11) % sides
}

fn ago(stored_user: usize, throw: usize) -> Option<OffsetDateTime> {
    AGES[dice(stored_user, throw, AGES.len())].map(|age| NOW - age)
}

/// Inserts the users, every tenth of them deleted.
pub(crate) async fn seed(pool: &PgPool) {
    role("editor").insert(pool).await;
    for stored_user in 0..SIZE + SIZE / 10 {
        add(pool, stored_user).await;
    }
    sqlx::raw_sql(ACCESS).execute(pool).await.unwrap();
}

async fn add(pool: &PgPool, stored_user: usize) {
    let username = format!(
        "{}{stored_user}",
        USERNAMES[dice(stored_user, 0, USERNAMES.len())]
    );
    let email =
        EMAILS[dice(stored_user, 1, EMAILS.len())].map(|domain| format!("P{stored_user}@{domain}"));
    // Several users have the same millisecond of creation.
    let created = NOW - AGES[1 + dice(stored_user, 2, AGES.len() - 1)].unwrap_or_default();
    let status = ["active", "active", "pending", "suspended"][dice(stored_user, 3, 4)];
    let via = ["admin", "registration", "import"][dice(stored_user, 4, 3)];
    let deleted = (stored_user % 11 == 10).then_some(NOW);
    let counts: Vec<i32> = [3, 4, 60, 3, 3]
        .into_iter()
        .zip(5..)
        .map(|(sides, throw)| i32::try_from(dice(stored_user, throw, sides)).unwrap())
        .collect();
    user(&username)
        .display_name(NAMES[dice(stored_user, 10, NAMES.len())])
        .email(email.as_deref())
        .status(status)
        .suspended_until((status == "suspended").then_some(NOW))
        .created_via(via)
        .created_at(created)
        .last_login_at(ago(stored_user, 11))
        .last_active_at(ago(stored_user, 12))
        .deleted_at(deleted)
        .roles(ROLES[dice(stored_user, 13, ROLES.len())])
        .insert(pool)
        .await;
    sqlx::query(
        "update user_stats
        set (personas, ontologies, annotations, sessions, api_keys) = ($2[1], $2[2], $2[3], $2[4], $2[5])
        where user_id = (select id from users where username = $1)",
    )
    .bind(&username)
    .bind(&counts)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query(
        "update user_spend set month = $2, nanos = $3 where user_id = (select id from users where username = $1)",
    )
    .bind(&username)
    .bind(month_number(NOW) - i32::try_from(dice(stored_user, 14, 2)).unwrap())
    .bind(i64::try_from(dice(stored_user, 15, 4)).unwrap() * 500_000_000)
    .execute(pool)
    .await
    .unwrap();
}

/// Inserts this many users without special properties.
pub(crate) async fn seed_plain(pool: &PgPool, users: i32) {
    testing::crowd::crowd(users, "plain-", "Plain ")
        .emails()
        .created_via("import")
        .created(NOW, -Duration::MINUTE)
        .insert(pool)
        .await;
}
