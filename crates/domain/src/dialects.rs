//! APIs of other systems that a server offers to the clients of those systems.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// API of another system, where the server offers it, and when it was last used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DialectResponse)]
pub struct DialectState {
    /// Name, as in the setting `DIALECTS`.
    pub name: String,
    /// Name of the other system.
    pub system: String,
    /// Setting that serves it at an address of its own.
    pub setting: String,
    /// Places where the server offers it; none if it is off.
    pub addresses: Vec<DialectAddress>,
    /// File of the documentation with the differences to the other system.
    pub documentation: String,
    /// Time of the last request with a valid credential.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
}

/// A place where a server offers a dialect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DialectAddress {
    /// URL, without a slash at the end.
    pub url: String,
    /// Setting that it comes from.
    pub setting: String,
    /// Line with which a client of the other system uses the URL.
    pub client_line: String,
}
