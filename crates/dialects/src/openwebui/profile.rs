//! Properties of a user in Open WebUI beside the account: stored as they are, without a meaning here.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use service::{
    Services,
    access::{Authorized, Caller, UsersWrite},
    owned::{Writer, extensions},
};
use uuid::Uuid;

use super::{errors, namespace};
use crate::DialectError;

/// Image of users who have none.
const DEFAULT_IMAGE: &str = "/user.png";
/// Maximum number of characters of the address of an image.
const IMAGE_MAX: usize = 2_000;
/// Maximum number of characters of another text that lists of users have.
const TEXT_MAX: usize = 2_000;
/// Member with the address of the image.
pub(super) const IMAGE: &str = "profile_image_url";
/// Members of the status, the last one being its end.
pub(super) const STATUS: [&str; 3] = ["status_emoji", "status_message", "status_expires_at"];

/// Stored members of a user.
#[derive(Debug, Default)]
pub(super) struct Profile<'a>(pub(super) Option<&'a Map<String, Value>>);

impl Profile<'_> {
    /// Returns a member; null if it is not stored.
    pub(super) fn get(&self, name: &str) -> Value {
        let found = self.0.and_then(|data| data.get(name));
        found.cloned().unwrap_or_default()
    }

    /// Returns the address of the image.
    pub(super) fn image(&self) -> String {
        match self.get(IMAGE) {
            Value::String(url) if !url.is_empty() => url,
            _ => DEFAULT_IMAGE.to_owned(),
        }
    }

    /// Returns the members of the status, which are null once it has expired. `now` are seconds since 1970.
    pub(super) fn status(&self, now: i64) -> Map<String, Value> {
        let [_, _, expiry] = STATUS;
        let expires = self.get(expiry).as_i64();
        let is_over = expires.is_some_and(|at| at <= now);
        let member = |name: &str| {
            let value = if is_over { Value::Null } else { self.get(name) };
            (name.to_owned(), value)
        };
        STATUS.into_iter().map(member).collect()
    }
}

/// Checks the address of an image that a client sets. Uploads are data in the address itself: they are not accepted, because an image of
/// a user is not decoded and encoded again here, and an SVG image can contain scripts.
pub(super) fn check_image(url: &str) -> Result<(), DialectError> {
    let is_path = url.starts_with('/') && !url.starts_with("//");
    let is_known = ["http://", "https://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    let is_well = url.chars().count() <= IMAGE_MAX && !url.chars().any(char::is_control);
    if url.is_empty() || (is_well && (is_path || is_known)) {
        return Ok(());
    }
    let text = "Invalid profile image: only paths and addresses are accepted, no uploads.";
    Err(errors::custom(StatusCode::BAD_REQUEST, text))
}

/// Checks a text that lists of users have, so that these stay small.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), DialectError> {
    if text.chars().count() <= TEXT_MAX && !text.contains('\0') {
        return Ok(());
    }
    let text = format!("{name}: enter at most {TEXT_MAX} characters, without NUL.");
    Err(errors::custom(StatusCode::BAD_REQUEST, &text))
}

/// Stores members of the caller. Returns all.
pub(super) async fn merge_own(
    services: &Services,
    caller: &Caller,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, DialectError> {
    let writer = Writer::own(caller.clone())?;
    Ok(extensions::merge(services, &writer, None, &namespace()?, members).await?)
}

/// Stores the address of the image of a user. Returns all members.
pub(super) async fn set_image(
    services: &Services,
    authorized: Authorized<UsersWrite>,
    user: Uuid,
    url: String,
) -> Result<Map<String, Value>, DialectError> {
    let members = Map::from_iter([(IMAGE.to_owned(), Value::String(url))]);
    let writer = Writer::all(authorized);
    Ok(extensions::merge(services, &writer, Some(user), &namespace()?, members).await?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn images_are_addresses() {
        let long = format!("https://{}", "x".repeat(IMAGE_MAX));
        for (url, is_accepted) in [
            ("", true),
            ("/user.png", true),
            ("https://example.org/a.png", true),
            ("//example.org/a.png", false),
            ("data:image/png;base64,iVBORw0KGgo=", false),
            ("data:image/svg+xml;base64,PHN2Zz4=", false),
            ("javascript:alert(1)", false),
            ("https://example.org/\0", false),
            (long.as_str(), false),
        ] {
            assert_eq!(check_image(url).is_ok(), is_accepted, "{url:?}");
        }
    }

    #[test]
    fn texts_are_short() {
        let long = "ü".repeat(TEXT_MAX);
        for (text, is_accepted) in [("", true), (long.as_str(), true), ("a\0", false)] {
            assert_eq!(check_text("bio", text).is_ok(), is_accepted);
        }
        assert!(check_text("bio", &format!("{long}x")).is_err());
    }

    #[test]
    fn status_ends_at_its_time() {
        let data = json!({ "status_emoji": "x", "status_expires_at": 10 });
        let profile = Profile(data.as_object());
        let emoji = |now| profile.status(now).remove("status_emoji");
        assert_eq!(emoji(9), Some(json!("x")));
        assert_eq!(emoji(10), Some(Value::Null));
        let forever = json!({ "status_emoji": "x", "status_expires_at": null });
        let forever = Profile(forever.as_object()).status(i64::MAX);
        assert_eq!(forever.get("status_emoji"), Some(&json!("x")));
        assert_eq!(Profile::default().image(), "/user.png");
    }
}
