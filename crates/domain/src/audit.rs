//! Audit log entries and their texts.

mod changes;
pub mod list;
mod response;

use std::{collections::BTreeMap, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    action::TargetKind,
    users::{Unknown, string_enum},
};

pub use changes::{Changes, read_changes, spaced, timestamp_of, value_label};
pub use response::{AuditActor, AuditEntryResponse, AuditTarget};

string_enum! {
    /// Source of a change.
    Via {
        /// The admin panel.
        Ui = "ui",
        /// The API.
        Api = "api",
        /// The command line.
        Cli = "cli",
        /// A background job.
        Job = "job",
        /// The user themselves: signing in, following a link.
        Personal = "self",
    }
}

impl Via {
    /// Returns the label on a screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ui => "Panel",
            Self::Api => "API",
            Self::Cli => "CLI",
            Self::Job => "System",
            Self::Personal => "Self-service",
        }
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The id of the entry, ascending with time.
    pub id: i64,
    /// Time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The id of the acting user; `None` for the system or the operator.
    pub actor_id: Option<Uuid>,
    /// Name of the actor at the time.
    pub actor: String,
    /// Source of the change, one of [`Via`].
    pub via: String,
    /// Name of the access token, if the change was made with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Action, such as `user.created`.
    pub action: String,
    /// Kind of the target, such as `user`.
    pub target_kind: String,
    /// The id of the target, if it has one.
    pub target_id: Option<Uuid>,
    /// Name of the target at the time.
    pub target: String,
    /// Changed fields.
    #[schema(value_type = BTreeMap<String, Vec<Value>>)]
    pub changes: Changes,
    /// Reason, if one was given.
    pub reason: Option<String>,
    /// IP address of the client.
    #[schema(value_type = Option<String>)]
    pub ip: Option<IpAddr>,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<Uuid>,
    /// The id of the bulk action's entry that this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<i64>,
}

impl AuditEntry {
    /// Returns whether the entry is a bulk action, which has others beneath it.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.target_kind == TargetKind::Users.as_str()
    }

    /// Returns the id of the target if it is a user.
    #[must_use]
    pub fn target_user(&self) -> Option<Uuid> {
        self.target_id
            .filter(|_| self.target_kind == TargetKind::User.as_str())
    }

    /// Formats the actor, the source and the token of the change: `ada, via panel`.
    #[must_use]
    pub fn actor_and_source(&self) -> String {
        format!("{}{}", self.actor_label(), self.source())
    }

    /// Returns the name of the actor. The operator and the system have none: the label of the source stands for it.
    #[must_use]
    pub fn actor_label(&self) -> &str {
        match self.nameless() {
            Some(via) => via.label(),
            None => &self.actor,
        }
    }

    /// Formats the source and the token of the change as the text after the actor: `, via panel`. Empty if the label of the source stands
    /// for the actor.
    #[must_use]
    pub fn source(&self) -> String {
        let via = match self.via.parse::<Via>() {
            _ if self.nameless().is_some() => String::new(),
            Ok(Via::Ui) => ", via panel".to_owned(),
            Ok(Via::Personal) => ", self-service".to_owned(),
            Ok(via @ (Via::Api | Via::Cli)) => format!(", via {}", via.label()),
            Ok(Via::Job) => ", via a job".to_owned(),
            Err(_) => format!(", via {}", self.via),
        };
        let token = self.token.as_ref();
        let token = token.map(|token| format!(" with token {token}"));
        via + &token.unwrap_or_default()
    }

    /// Returns the source of a change that no user has made: on the command line, or by a job.
    fn nameless(&self) -> Option<Via> {
        let via = self
            .via
            .parse::<Via>()
            .ok()
            .filter(|_| self.actor_id.is_none());
        via.filter(|via| matches!(via, Via::Cli | Via::Job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actor_and_source_are_in_words() {
        let entry = |id: Option<Uuid>, via: &str, token: Option<&str>| AuditEntry {
            id: 1,
            at: OffsetDateTime::UNIX_EPOCH,
            actor_id: id,
            actor: "ada".to_owned(),
            via: via.to_owned(),
            token: token.map(str::to_owned),
            action: "user.created".to_owned(),
            target_kind: "user".to_owned(),
            target_id: None,
            target: "bob".to_owned(),
            changes: Changes::new(),
            reason: None,
            ip: None,
            request_id: None,
            parent_id: None,
        };
        let user = Some(Uuid::nil());
        for (id, via, token, words) in [
            (user, "ui", None, "ada, via panel"),
            (user, "api", None, "ada, via API"),
            (
                user,
                "api",
                Some("backup (rc_1…)"),
                "ada, via API with token backup (rc_1…)",
            ),
            (user, "cli", None, "ada, via CLI"),
            (user, "self", None, "ada, self-service"),
            (user, "job", None, "ada, via a job"),
            (user, "fax", None, "ada, via fax"),
            (None, "ui", None, "ada, via panel"),
            (None, "cli", None, "CLI"),
            (None, "job", None, "System"),
        ] {
            assert_eq!(entry(id, via, token).actor_and_source(), words, "{via}");
        }
    }
}
