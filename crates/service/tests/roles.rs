//! Roles that administrators edit: no gain of permissions, no loss of the administrators, and conflicts of two editors.

use domain::{
    error::Conflict,
    policy::Denied,
    roles::{RoleDraft, RoleEdit},
    stored::StoredObject,
    users::edit::UserEdit,
};
use service::{
    Error, Services,
    access::{Authorized, RolesWrite, operator},
    guard::TargetRef,
    roles, users,
};
use sqlx::PgPool;
use testing::roles::role;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn draft(name: &str, permissions: &[&str]) -> RoleDraft {
    RoleDraft {
        name: name.to_owned(),
        permissions: permissions.iter().map(ToString::to_string).collect(),
        ..RoleDraft::default()
    }
}

fn permissions(permissions: &[&str]) -> RoleEdit {
    RoleEdit {
        permissions: Some(permissions.iter().map(ToString::to_string).collect()),
        ..RoleEdit::default()
    }
}

fn denied<T>(done: Result<T, Error>) -> Option<Denied> {
    match done {
        Err(Error::Denied(denied)) => Some(denied),
        _ => None,
    }
}

async fn id_of(pool: &PgPool, name: &str) -> Uuid {
    sqlx::query_scalar("select id from roles where name = $1")
        .bind(name)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Inserts a clerk with a role that edits roles, and returns the proof of the permission.
async fn clerk(pool: &PgPool) -> Authorized<RolesWrite> {
    let granted = ["roles:read", "roles:write", "users:read"];
    role("clerk")
        .permissions(&granted)
        .rank(40)
        .insert(pool)
        .await;
    let id = add(pool, "clerk", &["clerk"]).await;
    caller(id, &granted).require().unwrap()
}

#[testing::test]
async fn role_is_created_edited_cloned_and_deleted(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let authorized = admin(root);
    let created = roles::create(&services, &authorized, draft("Desk", &["users:read"]))
        .await
        .unwrap();
    assert_eq!((created.name.as_str(), created.version), ("desk", 1));
    let taken = roles::create(&services, &authorized, draft("DESK", &[])).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let builtin = roles::create(&services, &authorized, draft("admin", &[])).await;
    assert!(matches!(builtin, Err(Error::Taken(_))), "{builtin:?}");

    let edit = RoleEdit {
        label: Some(Some("Help desk".to_owned())),
        ..permissions(&["users:read", "users:write"])
    };
    let target = TargetRef::from(created.id).at_version(1);
    let edited = roles::edit(&services, &authorized, target.clone(), edit)
        .await
        .unwrap();
    assert_eq!(
        (edited.label.as_deref(), edited.version),
        (Some("Help desk"), 2)
    );
    // The second editor sees what the first one has changed.
    let outdated = roles::edit(&services, &authorized, target, permissions(&[])).await;
    let Err(Error::Outdated(current)) = outdated else {
        panic!("{outdated:?}");
    };
    assert_eq!(*current, StoredObject::Role(edited.clone()));

    let copy = roles::clone(&services, &authorized, edited.id, "desk-2".to_owned())
        .await
        .unwrap();
    assert_eq!(copy.permissions, edited.permissions);

    add(&pool, "ada", &["desk", "user"]).await;
    add(&pool, "eve", &["desk"]).await;
    let preview = roles::preview_deletion(&services, &admin(root), edited.id)
        .await
        .unwrap();
    assert_eq!((preview.users, preview.without_role), (2, 1));
    let changed = roles::delete(&services, &authorized, edited.id, Some(1)).await;
    assert!(
        matches!(changed, Err(Error::Conflict(Conflict::PreviewChanged))),
        "{changed:?}"
    );
    let deleted = roles::delete(&services, &authorized, edited.id, Some(2)).await;
    assert_eq!(deleted.unwrap(), None);
    let entries = "select count(*) from audit_events where action in ('role.created', 'role.updated', 'role.deleted')";
    assert_eq!(count(&pool, entries).await, 4);
}

#[testing::test]
async fn permissions_of_others_cannot_be_gained(pool: PgPool) {
    let services = services(&pool);
    let clerk = clerk(&pool).await;
    let own = id_of(&pool, "clerk").await;
    let above = Some(Denied::RoleAboveOwn);
    for (granted, expected) in [
        (&["users:read"][..], None),
        (&["users:write"], above),
        (&["*"], above),
        (&["*:read"], above),
        (&["api-keys:resolve"], above),
    ] {
        let created = roles::create(&services, &clerk, draft("new", granted)).await;
        assert_eq!(denied(created), expected, "{granted:?}");
        let edited = roles::edit(&services, &clerk, own, permissions(granted)).await;
        assert_eq!(denied(edited), expected, "{granted:?}");
        // The own role is as it was, for the next case.
        sqlx::query(
            "update roles set permissions = '{roles:read,roles:write,users:read}' where id = $1",
        )
        .bind(own)
        .execute(&pool)
        .await
        .unwrap();
    }
    for name in ["admin", "auditor"] {
        let edited = roles::edit(
            &services,
            &clerk,
            id_of(&pool, name).await,
            permissions(&[]),
        )
        .await;
        assert_eq!(denied(edited), above, "{name}");
    }
    // A role of the same permissions, but of a higher rank.
    let senior = role("senior").rank(39).insert(&pool).await;
    let deleted = roles::delete(&services, &clerk, senior, None).await;
    assert_eq!(denied(deleted), above);
    let ranked = RoleEdit {
        rank: Some(39),
        ..RoleEdit::default()
    };
    assert_eq!(
        denied(roles::edit(&services, &clerk, own, ranked).await),
        above
    );
}

#[testing::test]
async fn permission_that_was_revoked_meanwhile_is_not_used(pool: PgPool) {
    let services = services(&pool);
    let clerk = clerk(&pool).await;
    sqlx::raw_sql("update roles set permissions = '{roles:read}' where name = 'clerk'")
        .execute(&pool)
        .await
        .unwrap();
    let created = roles::create(&services, &clerk, draft("new", &[])).await;
    assert!(matches!(created, Err(Error::Forbidden(_))), "{created:?}");
}

#[testing::test]
async fn builtin_roles_cannot_be_deleted_or_emptied(pool: PgPool) {
    let services = services(&pool);
    for name in ["admin", "auditor", "application", "user"] {
        let id = id_of(&pool, name).await;
        let deleted = roles::delete(&services, &operator(), id, None).await;
        assert!(
            matches!(deleted, Err(Error::Conflict(Conflict::RoleBuiltin))),
            "{name}: {deleted:?}"
        );
        let emptied = roles::edit(&services, &operator(), id, permissions(&[])).await;
        assert_eq!(emptied.is_ok(), name == "user", "{name}: {emptied:?}");
        let ranked = RoleEdit {
            rank: Some(70),
            ..RoleEdit::default()
        };
        let ranked = roles::edit(&services, &operator(), id, ranked).await;
        assert!(
            matches!(ranked, Err(Error::Invalid(_))),
            "{name}: {ranked:?}"
        );
    }
    let emptied = sqlx::query("update roles set permissions = '{}' where builtin_kind = 'admin'");
    let emptied = db::Error::from(emptied.execute(&pool).await.unwrap_err());
    assert!(
        emptied.to_string().contains("roles_admin_unlimited"),
        "{emptied}"
    );
}

/// Changes roles in one of five ways that would remove administrators if it were permitted.
async fn attack(
    services: Services,
    by: Uuid,
    way: usize,
    roles_of: [Uuid; 2],
) -> Result<(), Error> {
    let authorized: Authorized<RolesWrite> = admin(by);
    let [admin_role, deputy] = roles_of;
    match way % 5 {
        0 => roles::edit(
            &services,
            &authorized,
            admin_role,
            permissions(&["users:read"]),
        )
        .await
        .map(drop),
        1 => roles::delete(&services, &authorized, admin_role, None)
            .await
            .map(drop),
        2 => {
            let edit = RoleEdit {
                rank: Some(900),
                ..RoleEdit::default()
            };
            roles::edit(&services, &authorized, admin_role, edit)
                .await
                .map(drop)
        }
        3 => roles::edit(
            &services,
            &authorized,
            deputy,
            permissions(&["roles:write"]),
        )
        .await
        .map(drop),
        _ => {
            let edit = RoleEdit {
                name: Some(format!("boss-{way}")),
                ..RoleEdit::default()
            };
            roles::edit(&services, &authorized, admin_role, edit)
                .await
                .map(drop)
        }
    }
}

#[testing::test]
async fn administrators_remain_under_64_concurrent_changes_of_roles(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let other = add(&pool, "other", &["admin"]).await;
    let deputy = role("deputy").permissions(&["*"]).insert(&pool).await;
    let second = add(&pool, "second", &["deputy"]).await;
    let roles_of = [id_of(&pool, "admin").await, deputy];
    for seed in 0..4_usize {
        let mut attacks = JoinSet::new();
        for n in 0..64_usize {
            let by = [root, other, second][(n + seed) % 3];
            attacks.spawn(attack(services.clone(), by, n * 7 + seed, roles_of));
        }
        for done in attacks.join_all().await {
            match done {
                Ok(())
                | Err(
                    Error::Denied(_) | Error::Forbidden(_) | Error::Conflict(_) | Error::Invalid(_),
                ) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        let able = "select count(*) from active_admins a join user_roles ur using (user_id)
            join roles r on r.id = ur.role_id where '*' = any(r.permissions) and r.rank = 0";
        assert_eq!(count(&pool, able).await, 2, "seed {seed}");
    }
}

/// Changes roles, or takes the role of administrators from one of them.
async fn attack_or_demote(
    services: Services,
    (by, target): (Uuid, Uuid),
    way: usize,
    roles_of: [Uuid; 2],
) -> Result<(), Error> {
    if way.is_multiple_of(2) {
        return attack(services, by, way / 2, roles_of).await;
    }
    let edit = UserEdit {
        is_admin: Some(false),
        ..UserEdit::default()
    };
    let edited = users::edit(&services, &admin(by), target, edit).await;
    edited.map(drop)
}

#[testing::test]
async fn administrator_remains_under_64_concurrent_changes_of_roles_and_users(pool: PgPool) {
    let services = services(&pool);
    let deputy = role("deputy").permissions(&["*"]).insert(&pool).await;
    let roles_of = [id_of(&pool, "admin").await, deputy];
    let mut rounds = Vec::new();
    // Before the rounds, in which the role gets other names.
    for seed in 0..4 {
        let mut admins = Vec::new();
        for n in 0..8 {
            admins.push(add(&pool, &format!("admin-{seed}-{n}"), &["admin"]).await);
        }
        rounds.push(admins);
    }
    for (seed, admins) in rounds.iter().enumerate() {
        sqlx::query(
            "update users set status = case when id = any($1) then 'active' else 'suspended' end",
        )
        .bind(admins)
        .execute(&pool)
        .await
        .unwrap();
        let mut attacks = JoinSet::new();
        for n in 0..64_usize {
            let users = (admins[(n + seed + 1) % 8], admins[(n * 3 + n / 8) % 8]);
            attacks.spawn(attack_or_demote(
                services.clone(),
                users,
                n + seed,
                roles_of,
            ));
        }
        for done in attacks.join_all().await {
            match done {
                Ok(())
                | Err(
                    Error::Denied(_) | Error::Forbidden(_) | Error::Conflict(_) | Error::Invalid(_),
                ) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        let able = "select count(*) from active_admins a join user_roles ur using (user_id)
            join roles r on r.id = ur.role_id where '*' = any(r.permissions) and r.rank = 0";
        assert!(count(&pool, able).await >= 1, "seed {seed}");
    }
}
