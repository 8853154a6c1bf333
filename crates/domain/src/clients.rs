//! Clients, whose data users see by their lists of clients.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    label::{NAME_MAX, parse_label, parse_optional_label},
    list::{Cursor, Total},
    messages,
    object::present,
};

/// Maximum number of characters of a logo's URL.
pub const LOGO_URL_MAX: usize = 2_000;
/// Name of the order of the list, stored in its cursors.
pub const CLIENTS_ORDER: &str = "clients";

/// A client as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientResponse)]
pub struct Client {
    /// Number of the client, which lists of clients have.
    pub id: i32,
    /// Name of the client.
    pub name: String,
    /// URL of the logo.
    pub logo_url: Option<String>,
    /// Version, incremented by each change.
    pub version: i32,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the latest change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl Client {
    /// Returns the cursor at the client. Its id is the number, in the form of the ids of other lists.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        let id = u128::from(self.id.unsigned_abs());
        Cursor::named(CLIENTS_ORDER, &self.name, Uuid::from_u128(id), number)
    }
}

/// Number of objects that refer to a client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ClientDeletionPreviewResponse)]
pub struct ClientUse {
    /// Number of users with the client in their lists, without deleted ones.
    pub users: u64,
    /// Number of resources of the client.
    pub resources: u64,
    /// Number of personas of the client.
    pub personas: u64,
}

/// A client in a list, with the numbers of objects that refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedClient {
    /// The client.
    pub client: Client,
    /// Number of users with the client in their lists, without deleted ones.
    pub users: Total,
    /// Number of resources of the client.
    pub resources: Total,
}

/// The form for creating a client, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = ClientCreateRequest)]
pub struct ClientDraft {
    /// Name of the client.
    pub name: String,
    /// URL of the logo.
    pub logo_url: Option<String>,
}

/// A checked form for creating a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// Name of the client.
    pub name: String,
    /// URL of the logo.
    pub logo_url: Option<String>,
}

impl ClientDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<NewClient, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_label(&self.name, NAME_MAX));
        let logo_url = check_logo(self.logo_url.as_deref(), &mut errors);
        match name {
            Some(name) if errors.is_empty() => Ok(NewClient { name, logo_url }),
            _ => Err(errors),
        }
    }
}

/// A change of a client, not yet checked. Fields that are left out stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schema(as = ClientUpdateRequest)]
pub struct ClientEdit {
    /// Name of the client.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// URL of the logo; `null` removes it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub logo_url: Option<Option<String>>,
}

/// A checked change of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientPatch {
    /// Name of the client.
    pub name: Option<String>,
    /// URL of the logo; `Some(None)` removes it.
    pub logo_url: Option<Option<String>>,
}

impl ClientEdit {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<ClientPatch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self
            .name
            .and_then(|name| errors.take("name", parse_label(&name, NAME_MAX)));
        let logo_url = self
            .logo_url
            .map(|url| check_logo(url.as_deref(), &mut errors));
        if errors.is_empty() {
            Ok(ClientPatch { name, logo_url })
        } else {
            Err(errors)
        }
    }
}

/// Checks the URL of a logo. Only HTTP is accepted, so that no page runs a script from it.
fn check_logo(url: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let url = errors
        .take("logo_url", parse_optional_label(url, LOGO_URL_MAX))
        .flatten()?;
    let is_http = ["https://", "http://"]
        .iter()
        .any(|scheme| url.starts_with(scheme) && url.len() > scheme.len());
    if !is_http || url.contains(' ') {
        errors.add("logo_url", messages::logo_url());
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logos_have_web_addresses() {
        for (url, is_valid) in [
            ("https://example.org/logo.svg", true),
            ("http://intranet/a.png", true),
            ("", true),
            ("https://", false),
            ("https://a b", false),
            ("javascript:alert(1)", false),
            ("data:image/png;base64,AA", false),
            ("//example.org/logo.svg", false),
        ] {
            let draft = ClientDraft {
                name: "ACME".to_owned(),
                logo_url: Some(url.to_owned()),
            };
            assert_eq!(draft.check().is_ok(), is_valid, "{url}");
        }
    }

    #[test]
    fn edit_distinguishes_null_from_absence() {
        let edit = |json: &str| serde_json::from_str::<ClientEdit>(json).unwrap().check();
        assert_eq!(edit("{}").unwrap(), ClientPatch::default());
        let removed = edit(r#"{"logoUrl":null}"#).unwrap();
        assert_eq!(removed.logo_url, Some(None));
        assert!(edit(r#"{"name":""}"#).is_err());
    }
}
