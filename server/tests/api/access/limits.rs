//! Requests of the screens about limits, for a limit and a user that do not exist.

use super::UNKNOWN_ID;
use crate::support::Ask;

/// Operations on what a user has used.
const OPERATIONS: [&str; 3] = ["top-up", "adjust", "reset"];

/// Returns the path of a dialog of the limit.
fn limit(end: &str) -> String {
    format!("/limits/{UNKNOWN_ID}/{end}")
}

/// Returns the path of the dialog of an operation.
fn balance(operation: &str) -> String {
    format!("/users/visitor/limits/{UNKNOWN_ID}/{operation}")
}

/// Returns the forms: to the path of the page, and to the server function behind it. The new limit has no state, so that they create
/// nothing.
pub(super) fn forms() -> Vec<Ask> {
    let mut forms = Vec::new();
    let selected = format!("{UNKNOWN_ID}:1:unknown-user");
    for (page, function, fields) in [
        (
            "/limits/new".to_owned(),
            "save-limit",
            &[("shown", ""), ("kind", "default"), ("metric", "cost")][..],
        ),
        (
            limit("edit"),
            "save-limit",
            &[("id", UNKNOWN_ID), ("shown", "nothing"), ("version", "1")],
        ),
        (
            "/users/visitor/limits/requests/set".to_owned(),
            "save-limit",
            &[
                ("kind", "user"),
                ("subject", UNKNOWN_ID),
                ("shown", "unknown-user"),
                ("metric", "requests"),
                ("state", "unlimited"),
            ],
        ),
        (
            "/users/bulk/limit".to_owned(),
            "set-user-limits",
            &[
                ("selected", selected.as_str()),
                ("expected", "0"),
                ("metric", "requests"),
                ("state", "inherit"),
            ],
        ),
        (
            "/users/bulk/reset-usage".to_owned(),
            "reset-usage",
            &[
                ("selected", selected.as_str()),
                ("expected", "0"),
                ("reason", "Exam"),
            ],
        ),
        (
            limit("delete"),
            "delete-limit",
            &[("id", UNKNOWN_ID), ("shown", "nothing"), ("version", "1")],
        ),
    ] {
        forms.push(Ask::post(&page).form(fields));
        forms.push(Ask::post(&format!("/sfn/{function}")).form(fields));
    }
    for operation in OPERATIONS {
        let fields = [
            ("page", "/users/unknown-user/limits"),
            ("id", UNKNOWN_ID),
            ("username", "unknown-user"),
            ("operation", operation),
            ("metric", "requests"),
            ("amount", "1"),
            ("reason", "Exam"),
        ];
        forms.push(Ask::post(&balance(operation)).form(&fields));
        forms.push(Ask::post("/sfn/change-balance").form(&fields));
    }
    for operation in ["top-up", "reset"] {
        let fields = [
            ("page", "/limits"),
            ("id", UNKNOWN_ID),
            ("shown", "nothing"),
            ("operation", operation),
            ("metric", "requests"),
            ("amount", "1"),
            ("reason", "Exam"),
        ];
        forms.push(Ask::post(&limit(operation)).form(&fields));
        forms.push(Ask::post("/sfn/change-shared-balance").form(&fields));
    }
    forms
}

/// Returns the requests with which the screens load their data.
pub(super) fn reads() -> Vec<Ask> {
    vec![
        Ask::get("/sfn/limit-list"),
        Ask::get("/sfn/limit-list?params[metric]=unknown"),
        Ask::get(&format!("/sfn/limit?id={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/shared-limit?id={UNKNOWN_ID}")),
        Ask::get("/sfn/limit-subject?params[subject]=default"),
        Ask::get(&format!("/sfn/user-limits?id={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/user-limit?id={UNKNOWN_ID}&metric=requests")),
        Ask::get(&format!(
            "/sfn/preview-user-limits?selected={UNKNOWN_ID}:1:unknown-user"
        )),
        Ask::get(&format!(
            "/sfn/preview-usage-reset?selected={UNKNOWN_ID}:1:unknown-user"
        )),
    ]
}
