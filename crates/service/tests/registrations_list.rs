//! Search and orders of the list of registrations.

use domain::{
    list::Total,
    registrations::list::{RegistrationParams, RegistrationState},
};
use service::{Services, access::operator, registrations};
use sqlx::PgPool;

use crate::{
    registrations::{listed, open, register, run},
    support::own_account::form,
};

/// Registers users: username, display name and email address.
async fn fill(services: &Services) {
    for (username, display_name, email) in [
        ("mueller", "Jörg Müller", "joerg@lab.example"),
        ("zoe", "Ångström Zoë", "zoe@university.example"),
        ("adam", "adam Łukasz", ""),
    ] {
        let mut draft = form(username, email);
        draft.display_name = display_name.to_owned();
        register(services, draft).await.unwrap();
    }
}

/// Returns the usernames that a list has, and the total.
async fn names(services: &Services, params: RegistrationParams) -> (Vec<String>, Total) {
    let page = listed(services, params).await;
    let names = page.rows.into_iter().map(|row| row.username).collect();
    (names, page.page_info.total)
}

#[testing::test]
async fn registrations_are_found_by_parts_of_their_names(pool: PgPool) {
    let services = open(&pool, true);
    fill(&services).await;
    for (q, expected) in [
        ("muller", &["mueller"][..]),
        ("MÜLLER", &["mueller"]),
        ("zoe", &["zoe"]),
        ("angst", &["zoe"]),
        ("lukasz", &["adam"]),
        ("university.example", &["zoe"]),
        ("lab", &["mueller"]),
        (".example", &["mueller", "zoe"]),
        ("unknown", &[]),
        ("%", &[]),
    ] {
        let params = RegistrationParams {
            q: Some(q.to_owned()),
            ..RegistrationParams::default()
        };
        let (found, total) = names(&services, params).await;
        assert_eq!(found, expected, "{q}");
        assert_eq!(total, Total::exact(expected.len() as u64), "{q}");
    }
}

#[testing::test]
async fn registrations_are_sorted_as_readers_expect(pool: PgPool) {
    let services = open(&pool, true);
    fill(&services).await;
    for (sort, expected) in [
        ("", ["mueller", "zoe", "adam"]),
        ("created", ["mueller", "zoe", "adam"]),
        ("-created", ["adam", "zoe", "mueller"]),
        ("username", ["adam", "mueller", "zoe"]),
        ("-username", ["zoe", "mueller", "adam"]),
        ("name", ["adam", "zoe", "mueller"]),
        ("email", ["adam", "mueller", "zoe"]),
        ("-email", ["zoe", "mueller", "adam"]),
    ] {
        let params = RegistrationParams {
            sort: Some(sort.to_owned()),
            ..RegistrationParams::default()
        };
        assert_eq!(names(&services, params).await.0, expected, "{sort}");
    }
}

#[testing::test]
async fn pages_of_every_order_have_each_row_once(pool: PgPool) {
    let services = open(&pool, true);
    fill(&services).await;
    for state in ["pending", "rejected"] {
        for sort in ["created", "-created", "username", "-name", "email"] {
            let all = RegistrationParams {
                sort: Some(sort.to_owned()),
                state: Some(state.to_owned()),
                ..RegistrationParams::default()
            };
            let whole = names(&services, all.clone()).await.0;
            assert_eq!(whole.len(), 3, "{state} {sort}");
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let one = RegistrationParams {
                    limit: Some("1".to_owned()),
                    after,
                    ..all.clone()
                };
                let page = listed(&services, one).await;
                found.extend(page.rows.into_iter().map(|row| row.username));
                after = page.page_info.after;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, whole, "{state} {sort}");
        }
        if state == "pending" {
            run(
                &pool,
                "update users set deleted_at = now(), purge_after = now() + interval '1 day'",
            )
            .await;
        }
    }
}

#[testing::test]
async fn rejected_registrations_show_when_they_are_purged(pool: PgPool) {
    let services = open(&pool, true);
    fill(&services).await;
    let first = listed(&services, RegistrationParams::default()).await.rows;
    assert_eq!((first[0].rejected_at, first[0].purge_after), (None, None));
    registrations::reject(&services, &operator(), first[0].id.0, "")
        .await
        .unwrap();
    let params = RegistrationParams {
        state: Some(RegistrationState::Rejected.as_str().to_owned()),
        ..RegistrationParams::default()
    };
    let page = listed(&services, params).await;
    assert_eq!(page.page_info.total, Total::exact(1));
    let row = &page.rows[0];
    assert_eq!(row.username, "mueller");
    let retention = row.purge_after.unwrap() - row.rejected_at.unwrap();
    assert_eq!(retention.whole_days(), 30);
}
