//! Members of the configuration of OAuth that are stored, with their types. Any other one could be a secret, and is not stored.

use serde_json::{Map, Value};

use super::form;
use crate::DialectError;

/// Type of a member.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Flag,
    Text,
    /// Text without user name and password.
    Url,
    /// Integer, or a text.
    Number,
    /// Boolean, or a text.
    FlagOrText,
}

const MEMBERS: [(&str, Kind); 33] = [
    ("ENABLE_OAUTH", Kind::Flag),
    ("ENABLE_OAUTH_GROUP_CREATION", Kind::Flag),
    ("ENABLE_OAUTH_GROUP_MANAGEMENT", Kind::Flag),
    ("ENABLE_OAUTH_ROLE_MANAGEMENT", Kind::Flag),
    ("ENABLE_OAUTH_SIGNUP", Kind::Flag),
    ("OAUTH_ADMIN_ROLES", Kind::Text),
    ("OAUTH_ALLOWED_DOMAINS", Kind::Text),
    ("OAUTH_ALLOWED_ROLES", Kind::Text),
    ("OAUTH_AUDIENCE", Kind::Text),
    ("OAUTH_AUTO_REDIRECT", Kind::Flag),
    ("OAUTH_BLOCKED_GROUPS", Kind::Text),
    ("OAUTH_CLIENT_ID", Kind::Text),
    ("OAUTH_CLIENT_TIMEOUT", Kind::Number),
    ("OAUTH_CODE_CHALLENGE_METHOD", Kind::Text),
    ("OAUTH_EMAIL_CLAIM", Kind::Text),
    ("OAUTH_GROUP_CLAIM", Kind::Text),
    ("OAUTH_GROUP_DEFAULT_SHARE", Kind::FlagOrText),
    ("OAUTH_MERGE_ACCOUNTS_BY_EMAIL", Kind::Flag),
    ("OAUTH_PICTURE_CLAIM", Kind::Text),
    ("OAUTH_PROVIDER_NAME", Kind::Text),
    ("OAUTH_REFRESH_TOKEN_INCLUDE_SCOPE", Kind::Flag),
    ("OAUTH_ROLES_CLAIM", Kind::Text),
    ("OAUTH_SCOPES", Kind::Text),
    ("OAUTH_SUB_CLAIM", Kind::Text),
    ("OAUTH_TIMEOUT", Kind::Number),
    ("OAUTH_TOKEN_ENDPOINT_AUTH_METHOD", Kind::Text),
    ("OAUTH_UPDATE_EMAIL_ON_LOGIN", Kind::Flag),
    ("OAUTH_UPDATE_NAME_ON_LOGIN", Kind::Flag),
    ("OAUTH_UPDATE_PICTURE_ON_LOGIN", Kind::Flag),
    ("OAUTH_USERNAME_CLAIM", Kind::Text),
    ("OPENID_END_SESSION_ENDPOINT", Kind::Url),
    ("OPENID_PROVIDER_URL", Kind::Url),
    ("OPENID_REDIRECT_URI", Kind::Url),
];

impl Kind {
    /// Returns whether a value is of the type.
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Flag => value.is_boolean(),
            Self::Text => value.is_string(),
            Self::Url => value.as_str().is_some_and(|url| !has_credentials(url)),
            Self::Number => value.is_i64() || value.is_string(),
            Self::FlagOrText => value.is_boolean() || value.is_string(),
        }
    }

    /// Returns the description of the type in an error.
    const fn expected(self) -> &'static str {
        match self {
            Self::Flag => "a boolean",
            Self::Text => "a string",
            Self::Url => "a URL without user name and password",
            Self::Number => "an integer or a string",
            Self::FlagOrText => "a boolean or a string",
        }
    }
}

/// Returns the members of a body that are stored. Members with null are absent, and others are ignored, as Open WebUI ignores them.
pub(super) fn read(body: &Map<String, Value>) -> Result<Map<String, Value>, DialectError> {
    let mut members = Map::new();
    for (name, kind) in MEMBERS {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(value) if kind.fits(value) => {
                members.insert(name.to_owned(), value.clone());
            }
            Some(_) => return Err(form::malformed(name, kind.expected())),
        }
    }
    Ok(members)
}

/// Returns the stored members that can be shown. A row of an earlier version can have others.
pub(super) fn shown(stored: Map<String, Value>) -> Map<String, Value> {
    let is_shown = |name: &str, value: &Value| {
        let known = MEMBERS.iter().find(|(known, _)| *known == name);
        known.is_some_and(|(_, kind)| kind.fits(value))
    };
    stored
        .into_iter()
        .filter(|(name, value)| is_shown(name, value))
        .collect()
}

/// Returns whether the authority of a URL has user information. Clients accept any number of slashes before the authority.
fn has_credentials(url: &str) -> bool {
    let mut parts = url.split(['/', '\\', '?', '#']);
    let authority = parts.find(|part| !part.is_empty() && !part.ends_with(':'));
    authority.is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_known_by_name_and_type() {
        for (name, value, is_stored) in [
            ("OAUTH_CLIENT_ID", json!("panel"), Some(true)),
            ("OAUTH_SCOPES", json!(0.0), None),
            ("OAUTH_AUTO_REDIRECT", json!("yes"), None),
            ("OAUTH_TIMEOUT", json!(30), Some(true)),
            ("OAUTH_CLIENT_ID", Value::Null, Some(false)),
            ("OAUTH_CLIENT_SECRET", json!("s"), Some(false)),
            ("OAUTH_ACCESS_TOKEN", json!("s"), Some(false)),
            ("OPENID_CREDENTIAL", json!("s"), Some(false)),
            ("OPENID_PROVIDER_URL", json!("https://u:pw@idp/x"), None),
            ("OPENID_PROVIDER_URL", json!("u:pw@idp"), None),
            ("OPENID_PROVIDER_URL", json!("https:///u:pw@idp"), None),
            ("OPENID_PROVIDER_URL", json!("https:/u:pw@idp"), None),
            ("OPENID_PROVIDER_URL", json!("//u:pw@idp"), None),
            ("OPENID_PROVIDER_URL", json!("https://idp/@me"), Some(true)),
            ("OPENID_REDIRECT_URI", json!("https://u@idp"), None),
        ] {
            let body = Map::from_iter([(name.to_owned(), value)]);
            let stored = read(&body).ok().map(|members| !members.is_empty());
            assert_eq!(stored, is_stored, "{body:?}");
            assert_eq!(shown(body).is_empty(), is_stored != Some(true), "{name}");
        }
    }
}
