//! What is set on a server, for those who look after it. Nothing of it is secret.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A setting as the server has read it at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Described {
    /// Its name in the environment.
    pub name: String,
    /// What is set; nothing where it is empty. Of a secret no more than that it is there.
    pub value: Option<String>,
    /// Where that comes from, such as `environment` or `default`.
    pub source: String,
    /// What it does.
    pub meaning: String,
    /// Why the value is weaker than the default, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weakness: Option<String>,
}

/// What an installation is made of, and what is set on the server that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Installation {
    /// Version of Rollcall.
    pub rollcall: String,
    /// Version of PostgreSQL.
    pub postgres: String,
    /// Number of the last migration.
    pub schema: i64,
    /// Every setting.
    pub settings: Vec<Described>,
}
