use serde_json::json;

use super::*;
use crate::permission::Permissions;

fn fields(errors: &FieldErrors) -> Vec<&str> {
    errors.iter().map(|error| error.field.as_str()).collect()
}

#[test]
fn draft_reports_every_error() {
    let draft = GroupDraft {
        name: "a\u{202E}b".to_owned(),
        description: "x".repeat(2_001),
        external_id: Some("x".repeat(201)),
        features: vec!["a\0".to_owned()],
        ..GroupDraft::default()
    };
    let errors = draft.check().unwrap_err();
    assert_eq!(
        fields(&errors),
        ["name", "description", "external_id", "features"]
    );
}

#[test]
fn names_of_1_and_200_characters_are_valid() {
    for length in [1, 200] {
        let draft = GroupDraft {
            name: "é".repeat(length),
            features: vec!["b".to_owned(), "a".to_owned(), "b".to_owned()],
            ..GroupDraft::default()
        };
        let group = draft.check().unwrap();
        assert_eq!(group.name.chars().count(), length);
        assert_eq!(group.features, ["a", "b"]);
    }
}

#[test]
fn a_group_has_no_groups_as_members() {
    let draft = serde_json::from_value::<GroupDraft>(json!({ "name": "x", "groups": [] }));
    assert!(draft.unwrap_err().to_string().contains("unknown field"));
}

#[test]
fn edit_distinguishes_null_from_absence() {
    let edit = |json| serde_json::from_value::<GroupEdit>(json).unwrap().check();
    assert_eq!(edit(json!({})).unwrap(), GroupPatch::default());
    let removed = edit(json!({ "externalId": null, "data": null })).unwrap();
    assert_eq!(removed.external_id, Some(None));
    assert_eq!(removed.data, Some(Map::new()));
    let errors = edit(json!({ "name": " ", "meta": { "a": "\u{0}" } })).unwrap_err();
    assert_eq!(fields(&errors), ["name", "meta"]);
}

#[test]
fn pasted_lists_are_split() {
    let pasted = "ada, Bob;ADA\n\nEve Stone <eve@example.org>\t carl \r\n";
    assert_eq!(
        parse_pasted(pasted),
        ["ada", "Bob", "eve@example.org", "carl"]
    );
    assert!(parse_pasted(" ,;\n").is_empty());
}

#[test]
fn managers_administer_members_and_nothing_else() {
    use GroupAction::{AddMembers, Invite, Read, RemoveMembers, ResetMember};
    for action in GroupAction::ALL.iter().copied() {
        assert!(!group_denied(GroupAuthority::Permission, action));
        let allowed = [Read, AddMembers, RemoveMembers, Invite, ResetMember];
        let denied = group_denied(GroupAuthority::Manager, action);
        assert_eq!(denied, !allowed.contains(&action), "{action:?}");
    }
}

#[test]
fn users_above_the_actor_are_skipped() {
    for authority in GroupAuthority::ALL.iter().copied() {
        for (outranks, is_manager, expected) in [
            (false, false, false),
            (true, false, true),
            (true, true, true),
            (false, true, authority == GroupAuthority::Manager),
        ] {
            let target = MemberTarget {
                outranks,
                is_manager,
            };
            let skipped = is_member_skipped(authority, target);
            assert_eq!(skipped, expected, "{authority:?} {target:?}");
        }
    }
}

#[test]
fn links_of_managers_depend_on_their_groups_and_permissions() {
    let permissions = |names: &[&str]| {
        let names = names.iter().map(ToString::to_string);
        Permissions::new(names.collect())
    };
    let none = permissions(&[]);
    let clerk = permissions(&["users:read"]);
    let inviter = permissions(&["groups:write", "registrations:write"]);
    for (creator, is_manager, given, expected) in [
        (Some(&none), true, &none, true),
        (Some(&none), false, &none, false),
        (Some(&none), true, &clerk, false),
        (Some(&inviter), false, &none, true),
        (Some(&clerk), false, &none, false),
        (None, true, &none, false),
    ] {
        assert_eq!(
            group_invitation_is_valid(creator, is_manager, given),
            expected
        );
    }
    for (manager, is_managed, target, expected) in [
        (Some(&none), true, &none, true),
        (Some(&none), false, &none, false),
        (Some(&none), true, &clerk, false),
        (Some(&clerk), true, &clerk, true),
        (None, true, &none, false),
    ] {
        assert_eq!(
            member_password_is_valid(manager, is_managed, target),
            expected
        );
    }
}
