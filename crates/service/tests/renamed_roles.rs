//! Built-in roles, which keep their meaning whatever they are called, and the roles of a request, which must not contradict `isAdmin`.

use domain::{
    invitations::{INVITATIONS_ORDER, InvitationDraft},
    list::{Limits, UnfilteredParams},
    users::{create::UserDraft, detail::UserRef, edit::UserEdit, list::ListParams},
};
use service::{Error, access::operator, invitations, users};
use sqlx::PgPool;

use crate::support::{
    callers::admin,
    services,
    users::{add, count},
};

fn draft(username: &str) -> UserDraft {
    UserDraft {
        username: username.into(),
        display_name: "A User".into(),
        ..UserDraft::default()
    }
}

/// Returns the fields with errors.
fn invalid<T>(done: Result<T, Error>) -> Vec<String> {
    let Err(Error::Invalid(errors)) = done else {
        return Vec::new();
    };
    errors.iter().map(|error| error.field.clone()).collect()
}

async fn rename(pool: &PgPool) {
    sqlx::raw_sql(
        "update roles set name = 'boss' where name = 'admin'; update roles set name = 'member' where name = 'user'",
    )
    .execute(pool)
    .await
    .unwrap();
}

#[testing::test]
async fn builtin_roles_keep_their_meaning_under_other_names(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin", "user"]).await;
    rename(&pool).await;

    let created = users::create(&services, &operator(), draft("ada")).await;
    let ada = created.unwrap().user.summary;
    assert_eq!(
        (ada.roles, ada.is_admin),
        (vec!["member".to_owned()], false)
    );
    let new = UserDraft {
        is_admin: Some(true),
        ..draft("eve")
    };
    let created = users::create(&services, &operator(), new).await;
    let eve = created.unwrap().user.summary;
    assert_eq!(eve.roles, ["boss", "member"]);
    assert!(eve.is_admin);

    for (is_admin, roles) in [(false, vec!["member"]), (true, vec!["boss", "member"])] {
        let edit = UserEdit {
            is_admin: Some(is_admin),
            ..UserEdit::default()
        };
        let edited = users::edit(&services, &operator(), eve.id.0, edit).await;
        let edited = edited.unwrap().summary;
        assert_eq!(edited.roles, roles);
        assert_eq!(edited.is_admin, is_admin);
    }

    let user = UserRef::Name("zoe".to_owned());
    let recovered = users::recover_admin(&services, &operator(), &user).await;
    assert_eq!(recovered.unwrap().user.summary.roles, ["boss", "member"]);

    // The links of the panel search for the name that the role has from the start.
    for search in ["role:admin", "role:boss"] {
        let params = ListParams {
            q: Some(search.to_owned()),
            ..ListParams::default()
        };
        let query = params.parse(Limits::API).unwrap();
        let page = users::list(&services, &admin(root), &query).await.unwrap();
        let mut found: Vec<&str> = page
            .users
            .rows
            .iter()
            .map(|user| user.username.as_str())
            .collect();
        found.sort_unstable();
        assert_eq!(found, ["eve", "root", "zoe"], "{search}");
        assert_eq!(page.totals.admins, 3);
    }
    // No role was created under an old name.
    let roles = count(&pool, "select count(*) from roles").await;
    assert_eq!(roles, 4);
}

#[testing::test]
async fn kind_of_a_renamed_role_is_its_name_too(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin", "user"]).await;
    rename(&pool).await;
    for (username, by) in [("ada", operator()), ("eve", admin(root))] {
        let new = UserDraft {
            roles: vec!["admin".to_owned()],
            is_admin: Some(true),
            ..draft(username)
        };
        let created = users::create(&services, &by, new).await;
        let created = created.unwrap().user.summary;
        assert_eq!(created.roles, ["boss"], "{username}");
        assert!(created.is_admin, "{username}");
        for (roles, expected) in [
            (&["user"][..], &["member"][..]),
            (&["admin", "member"], &["boss", "member"]),
            (&["admin", "boss"], &["boss"]),
        ] {
            let edit = UserEdit {
                roles: Some(roles.iter().map(ToString::to_string).collect()),
                ..UserEdit::default()
            };
            let edited = users::edit(&services, &by, created.id.0, edit).await;
            let edited = edited.unwrap().summary;
            assert_eq!(edited.roles, expected, "{username}");
        }
    }
    for by in [operator(), admin(root)] {
        let invited = InvitationDraft {
            roles: vec!["user".to_owned()],
            ..InvitationDraft::default()
        };
        invitations::create(&services, &by, invited).await.unwrap();
    }
    let query = UnfilteredParams::default().parse(Limits::PANEL, INVITATIONS_ORDER);
    let listed = invitations::list(&services, &operator(), &query.unwrap()).await;
    let roles = listed.unwrap().page.rows.into_iter().map(|row| row.roles);
    let roles: Vec<Vec<String>> = roles.collect();
    assert_eq!(roles, [["member"], ["member"]]);
    assert_eq!(count(&pool, "select count(*) from roles").await, 4);
}

#[testing::test]
async fn operator_creates_only_missing_roles(pool: PgPool) {
    let services = services(&pool);
    let new = UserDraft {
        roles: vec!["admin".to_owned(), "lab".to_owned(), "user".to_owned()],
        ..draft("ada")
    };
    let created = users::create(&services, &operator(), new).await;
    let created = created.unwrap().user.summary;
    assert_eq!(created.roles, ["admin", "lab", "user"]);
    let audited = "select count(*) from audit_events where action = 'role.created'";
    assert_eq!(count(&pool, audited).await, 1);
}

#[testing::test]
async fn roles_must_not_contradict_is_admin(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    for (role, is_admin) in [("user", true), ("admin", false)] {
        let new = UserDraft {
            roles: vec![role.to_owned()],
            is_admin: Some(is_admin),
            ..draft("eve")
        };
        let created = users::create(&services, &operator(), new).await;
        assert_eq!(invalid(created), ["roles"], "{role}");
        let edit = UserEdit {
            roles: Some(vec![role.to_owned()]),
            is_admin: Some(is_admin),
            ..UserEdit::default()
        };
        let edited = users::edit(&services, &operator(), ada, edit).await;
        assert_eq!(invalid(edited), ["roles"], "{role}");
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 2);
    let edit = UserEdit {
        roles: Some(vec!["admin".to_owned()]),
        is_admin: Some(true),
        ..UserEdit::default()
    };
    let edited = users::edit(&services, &operator(), ada, edit).await;
    assert_eq!(edited.unwrap().summary.roles, ["admin"]);
}
