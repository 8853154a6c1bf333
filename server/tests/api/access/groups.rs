//! Requests of the screens about groups, for a group that does not exist.

use super::UNKNOWN_ID;
use crate::support::Ask;

/// Returns the path of a tab or a dialog of the group.
fn group(end: &str) -> String {
    format!("/groups/{UNKNOWN_ID}{end}")
}

/// Returns the path of the dialog that creates a password link of a member.
fn reset() -> String {
    group(&format!("/members/{UNKNOWN_ID}/reset"))
}

/// Returns the forms: to the path of the page, and to the server function behind it. The name of the new group is
/// invalid, so that they create nothing.
pub(super) fn forms() -> Vec<Ask> {
    let of_unknown = [
        ("id", UNKNOWN_ID),
        ("group", UNKNOWN_ID),
        ("shown", "nothing"),
        ("shown_group", "nothing"),
        ("username", "unknown-user"),
    ];
    let mut forms = Vec::new();
    for (page, function, fields) in [
        (
            "/groups/new".to_owned(),
            "create-group",
            &[("name", " ")][..],
        ),
        (group(""), "member-operation", &[("operation", "remove")]),
        (
            group("/edit"),
            "edit-group",
            &[("version", "1"), ("name", "Other")],
        ),
        (
            group("/delete"),
            "delete-group",
            &[
                ("confirm", "nothing"),
                ("members", "0"),
                ("features", "0"),
                ("resources", "0"),
                ("grants", "0"),
                ("limits", "0"),
            ],
        ),
        (
            group("/add"),
            "add-group-members",
            &[("names", "unknown-user")],
        ),
        (
            group("/invite"),
            "invite-into-group",
            &[("max_uses", "1"), ("days", "7")],
        ),
        (reset(), "create-member-link", &[]),
        (
            group("/features"),
            "save-group-features",
            &[("version", "1")],
        ),
        (
            group("/resources"),
            "group-grant",
            &[("level", "read"), ("operation", "revoke")],
        ),
    ] {
        let fields: Vec<_> = of_unknown.iter().chain(fields).copied().collect();
        forms.push(Ask::post(&page).form(&fields));
        forms.push(Ask::post(&format!("/sfn/{function}")).form(&fields));
    }
    forms
}

/// Returns the requests with which the screens load their data.
pub(super) fn reads() -> Vec<Ask> {
    vec![
        Ask::get("/sfn/groups"),
        Ask::get(&format!("/sfn/group?group={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/group-deletion?id={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/group-members?group={UNKNOWN_ID}")),
        Ask::get("/sfn/group-features"),
        Ask::get(&format!("/sfn/group-resources?group={UNKNOWN_ID}")),
    ]
}
