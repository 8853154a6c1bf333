//! The page of user management with the elements that Maeser's script needs, the start page, and the requests that the caller has left.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use service::{Services, limits};

use super::{
    html::{self, escape},
    identity,
    list::{self, ALL, Filters},
};
use crate::{Authenticated, DialectError, Mount};

/// Style of the pages.
const STYLE: &str = include_str!("page.css");

/// `GET /`: what the caller can open here. The chat of Maeser is not a part of the dialect.
pub(super) async fn home(
    mount: Mount,
    Authenticated(identity): Authenticated,
) -> Result<Response, DialectError> {
    let caller = identity.user()?;
    let (root, name) = (escape(&mount.0), escape(&caller.principal.username));
    let mut links = String::new();
    if caller.principal.may_open_panel() {
        for (path, label) in [("users", "Manage Users"), ("logs", "Chat Logs")] {
            links.push_str(&format!("<li><a href=\"{root}/{path}\">{label}</a></li>\n"));
        }
    }
    let body = format!(
        "<p>Signed in as {name}</p>\n<ul>\n{links}<li><a href=\"{root}/logout\">Logout</a></li>\n</ul>\n"
    );
    Ok(html::page(&mount, "Maeser", "", &body))
}

/// `GET /users`. The cards are drawn here too, for browsers without the script.
pub(super) async fn users(
    State(services): State<Services>,
    mount: Mount,
    Authenticated(identity): Authenticated,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, DialectError> {
    let chosen = |name: &str| query.get(name).map_or(ALL, String::as_str);
    let filters = Filters {
        auth: chosen("auth-filter"),
        admin: chosen("admin-filter"),
        banned: chosen("banned-filter"),
    };
    let listed = list::users(&services, &identity, &filters).await?;
    let cards: String = listed.iter().map(card).collect();
    let auths: Vec<&str> = std::iter::once(ALL).chain(identity::REGISTERED).collect();
    let rows = [
        row("auth-filters", &auths, filters.auth),
        row("admin-filters", &[ALL, "admin", "non-admin"], filters.admin),
        row(
            "ban-filters",
            &[ALL, "banned", "non-banned"],
            filters.banned,
        ),
    ];
    let root = escape(&mount.0);
    let head = format!(
        "<script src=\"{root}/users/manageUserAPI.js\"></script>\n\
         <script src=\"{root}/static/user-management.js\" defer></script>\n"
    );
    let rows = rows.concat();
    let body = format!("{rows}<div id=\"user-grid\" class=\"user-grid\">\n{cards}</div>\n");
    Ok(html::page(&mount, "Manage Users", &head, &body))
}

/// Draws the buttons of a filter.
fn row(class: &str, values: &[&str], chosen: &str) -> String {
    let buttons = values.iter().map(|value| {
        let active = if *value == chosen { " active" } else { "" };
        format!(
            "<button type=\"button\" class=\"tab-button{active}\" filter=\"{value}\">{value}</button>\n"
        )
    });
    let buttons: String = buttons.collect();
    format!("<div id=\"{class}\" class=\"{class}\">\n{buttons}</div>\n")
}

/// Draws the card of a user, as the script does. The name and the group are escaped already.
fn card(user: &Value) -> String {
    let text = |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| user.get(name).and_then(Value::as_i64).unwrap_or_default();
    let says = |is: bool| if is { "Yes" } else { "No" };
    let flag = |name: &str| user.get(name).and_then(Value::as_bool).unwrap_or_default();
    format!(
        "<div class=\"user-item user-card\">\n<h2>{}</h2>\n<p>Identifer: {}</p>\n<p>Authentication method: {}</p>\n\
         <p>Admin: {}</p>\n<p>Banned: {}</p>\n<p>User group: {}</p>\n<p>Requests: {} / {}</p>\n</div>\n",
        text("realname"),
        escape(text("ident")),
        escape(text("auth_method")),
        says(flag("admin")),
        says(!flag("is_active")),
        text("usergroup"),
        number("requests_remaining"),
        number("max_requests"),
    )
}

/// `GET /users/manageUserAPI.js`: the address of the commands, which Maeser's script reads from this variable.
pub(super) async fn script(mount: Mount) -> Response {
    let address = Value::String(format!("{}/users/api", mount.0));
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, format!("var manageUserAPI = {address};\n")).into_response()
}

/// `GET /static/page.css`.
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// `GET /get_requests_remaining`.
pub(super) async fn requests_remaining(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Result<Json<Value>, DialectError> {
    let requests = limits::find_own_requests(&services, identity.user()?).await?;
    let (left, _) = identity::numbers(Some(requests));
    Ok(Json(json!({ "requests_remaining": left })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_has_the_words_of_the_script() {
        let user = json!({
            "ident": "alice123", "is_active": false, "admin": true, "realname": "A &lt;b&gt;", "usergroup": "user",
            "auth_method": "github", "requests_remaining": 3, "max_requests": 5,
        });
        assert_eq!(
            card(&user),
            "<div class=\"user-item user-card\">\n<h2>A &lt;b&gt;</h2>\n<p>Identifer: alice123</p>\n\
             <p>Authentication method: github</p>\n<p>Admin: Yes</p>\n<p>Banned: Yes</p>\n<p>User group: user</p>\n\
             <p>Requests: 3 / 5</p>\n</div>\n"
        );
    }

    #[test]
    fn chosen_filter_is_active() {
        let buttons = row("admin-filters", &["all", "admin"], "admin");
        assert!(buttons.contains("class=\"tab-button active\" filter=\"admin\""));
        assert!(buttons.contains("class=\"tab-button\" filter=\"all\""));
    }
}
