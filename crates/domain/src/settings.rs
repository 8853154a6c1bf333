//! Configuration of a server, as administrators see it. It contains no secret.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A setting as the server has read it at startup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Described {
    /// Name of the environment variable.
    pub name: String,
    /// Value; `None` if it is empty. For a secret it only says that one is set.
    pub value: Option<String>,
    /// Source of the value, such as `environment` or `default`.
    pub source: String,
    /// Effect of the setting.
    pub meaning: String,
    /// Reason why the value is weaker than the default, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weakness: Option<String>,
}

/// Versions of an installation, and the configuration of the server that responds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SettingsResponse)]
pub struct Installation {
    /// Version of Rollcall.
    pub rollcall: String,
    /// Version of PostgreSQL.
    pub postgres: String,
    /// Version of the last migration.
    pub schema: i64,
    /// All settings.
    pub settings: Vec<Described>,
}
