use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::{
    policy::{Denied, Subject},
    users::UserId,
};

fn stored(n: u128, permissions: &[&str], rank: i16, builtin: Option<BuiltinRole>) -> Role {
    Role {
        id: Uuid::from_u128(n),
        name: format!("role {n}"),
        label: None,
        description: String::new(),
        permissions: permissions.iter().map(ToString::to_string).collect(),
        rank,
        builtin,
        users: 0,
        version: 1,
        created_at: datetime!(2026-01-01 0:00 UTC),
        updated_at: datetime!(2026-01-01 0:00 UTC),
    }
}

fn fields(errors: &FieldErrors) -> Vec<&str> {
    errors.iter().map(|error| error.field.as_str()).collect()
}

#[test]
fn draft_reports_every_error() {
    let draft = RoleDraft {
        name: String::new(),
        label: Some("x".repeat(101)),
        description: "x".repeat(501),
        permissions: vec!["users:read".to_owned(), "planets:move".to_owned()],
        rank: Some(1_001),
    };
    let errors = draft.check().unwrap_err();
    assert_eq!(
        fields(&errors),
        ["name", "label", "description", "permissions", "rank"]
    );
}

#[test]
fn permissions_are_stored_once() {
    let permissions = ["users:read", "*:read", "users:read"];
    let draft = RoleDraft {
        name: "Desk".to_owned(),
        permissions: permissions.iter().map(ToString::to_string).collect(),
        ..RoleDraft::default()
    };
    let new = draft.check().unwrap();
    assert_eq!(new.name.as_str(), "desk");
    assert_eq!(new.permissions, ["*:read", "users:read"]);
    assert_eq!((new.label, new.rank), (None, DEFAULT_RANK));
}

#[test]
fn edit_distinguishes_null_from_absence() {
    let edit = |json| serde_json::from_value::<RoleEdit>(json);
    assert_eq!(edit(json!({})).unwrap(), RoleEdit::default());
    assert_eq!(edit(json!({ "label": null })).unwrap().label, Some(None));
    for denied in [
        json!({ "rank": null }),
        json!({ "permissions": null }),
        json!({ "builtin": "admin" }),
    ] {
        assert!(edit(denied.clone()).is_err(), "{denied}");
    }
}

#[test]
fn builtin_roles_remain_what_they_are() {
    let patch = |permissions: Option<&[&str]>, rank| RolePatch {
        permissions: permissions.map(|all| all.iter().map(ToString::to_string).collect()),
        rank,
        ..RolePatch::default()
    };
    for (builtin, assigned, changed, expected) in [
        (
            BuiltinRole::Admin,
            "*",
            patch(Some(&[]), None),
            "permissions",
        ),
        (
            BuiltinRole::Admin,
            "*",
            patch(Some(&["*:read", "users:write"]), None),
            "permissions",
        ),
        (
            BuiltinRole::Admin,
            "*",
            patch(Some(&["*", "api-keys:resolve"]), None),
            "",
        ),
        (BuiltinRole::Admin, "*", patch(None, Some(30)), "rank"),
        (BuiltinRole::Admin, "*", patch(None, Some(7)), ""),
        (
            BuiltinRole::Auditor,
            "*:read",
            patch(Some(&[]), None),
            "permissions",
        ),
        (
            BuiltinRole::Application,
            "api-keys:resolve",
            patch(Some(&["users:read"]), None),
            "permissions",
        ),
        (BuiltinRole::User, "users:read", patch(Some(&[]), None), ""),
    ] {
        let role = stored(1, &[assigned], 7, Some(builtin));
        let errors = changed.check_builtin(&role).err().unwrap_or_default();
        assert_eq!(
            fields(&errors).join(","),
            expected,
            "{builtin:?} {changed:?}"
        );
    }
    let custom = stored(1, &["*"], 7, None);
    assert!(patch(Some(&[]), Some(9)).check_builtin(&custom).is_ok());
}

#[test]
fn roles_above_the_own_are_denied() {
    let subject = |permissions: &[&str]| Subject {
        id: Some(UserId(Uuid::from_u128(1))),
        permissions: Permissions::new(permissions.iter().map(ToString::to_string).collect()),
    };
    let clerk = subject(&["roles:write", "users:read"]);
    let admin = subject(&["*"]);
    let above = Some(Denied::RoleAboveOwn);
    for (subject, own, permissions, rank, expected) in [
        (&clerk, Some(40), &["users:read"][..], 40, None),
        (&clerk, Some(40), &["users:read"], 50, None),
        (&clerk, Some(40), &["users:read"], 39, above),
        (&clerk, Some(40), &["users:write"], 50, above),
        (&clerk, Some(40), &["*:read"], 50, above),
        (&clerk, Some(40), &[], 50, None),
        (&admin, Some(0), &["*", "api-keys:resolve"], 0, None),
        (&admin, None, &["*"], 0, None),
    ] {
        let permissions = Permissions::new(permissions.iter().map(ToString::to_string).collect());
        let denied = role_denied(subject, own, (&permissions, rank));
        assert_eq!(denied, expected, "{own:?} {permissions:?} {rank}");
    }
}

#[test]
fn deletion_counts_what_no_other_role_grants() {
    let desk = stored(1, &["users:read", "users:write"], 50, None);
    let reader = stored(2, &["*:read"], 60, None);
    let roles = [desk.clone(), reader.clone()];
    let holders = |role_ids: Vec<Uuid>, users| RoleHolders { role_ids, users };
    let deletion = RoleDeletion::of(
        &desk,
        &roles,
        &[
            holders(vec![desk.id], 3),
            holders(vec![desk.id, reader.id], 4),
        ],
    );
    let lost: Vec<(&str, u64)> = deletion
        .lost
        .iter()
        .map(|lost| (lost.permission.as_str(), lost.users))
        .collect();
    assert_eq!(lost, [("users:read", 3), ("users:write", 7)]);
    assert_eq!((deletion.users, deletion.without_role), (7, 3));
    assert_eq!(
        RoleDeletion::of(&desk, &roles, &[]),
        RoleDeletion::default()
    );
}
