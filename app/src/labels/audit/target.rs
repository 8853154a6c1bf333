//! Labels of the targets of audit log entries. A target without a name of its own is stored in English words.

use domain::{
    action::TargetKind,
    audit::AuditEntry,
    limits::{Metric, SubjectKind},
};

use crate::{format::grouped, labels::limits, text};

/// Returns the label of a target: its name at the time, or the words that stand for it.
pub(crate) fn target(entry: &AuditEntry) -> String {
    let words = match entry.target_kind.parse() {
        Ok(TargetKind::Users) => batch(&entry.target),
        Ok(TargetKind::Invitation) => invitation(&entry.target),
        Ok(TargetKind::Limit) => limit(&entry.target),
        Ok(_) if names_all(entry) => all(&entry.target).map(str::to_owned),
        _ => None,
    };
    words.unwrap_or_else(|| entry.target.clone())
}

/// Returns the numbers of what a bulk action is about.
fn batch(label: &str) -> Option<String> {
    let words: Vec<&str> = label.split(' ').collect();
    let number = |word: &str| word.parse::<u64>().ok();
    Some(match words.as_slice() {
        [users, "users"] => text::common::bulk_users(number(users)?),
        [pending, "registrations"] => text::audit::registrations(number(pending)?),
        [sessions, "sessions", "of", users, "users"] => {
            let (sessions, users) = (number(sessions)?, number(users)?);
            text::audit::sessions_of_users(grouped(sessions), grouped(users))
        }
        _ => return None,
    })
}

/// Returns the word for an invitation without a note.
fn invitation(label: &str) -> Option<String> {
    (label == "invitation").then(|| text::audit::invitation().to_owned())
}

/// Returns the name of a limit: its subject, metric and model.
fn limit(label: &str) -> Option<String> {
    let parts = |metric: Metric| {
        let (subject, rest) = label.rsplit_once(&format!(": {}", metric.as_str()))?;
        let model = rest.strip_prefix(" of ");
        (rest.is_empty() || model.is_some()).then(|| (subject, limits::metric_of(metric, model)))
    };
    let (subject, metric) = Metric::ALL.iter().copied().find_map(parts)?;
    let (subject, is_shared) = match subject.strip_suffix(", shared") {
        Some(subject) => (subject, true),
        None => (subject, false),
    };
    let subject = if subject == "all users" {
        text::limits::all_users().to_owned()
    } else {
        let (kind, name) = subject.split_once(' ')?;
        let kind = limits::subject_kind(kind.parse::<SubjectKind>().ok()?);
        format!("{kind} {name}")
    };
    let subject = if is_shared {
        text::limits::shared_by(subject)
    } else {
        subject
    };
    Some(text::limits::name(subject, metric))
}

/// Returns whether an entry is about all objects of a kind, and not about one that has such a name.
fn names_all(entry: &AuditEntry) -> bool {
    entry.target_id.is_none()
        && (entry.action.ends_with("exported")
            || ["api_key.reencrypted", "conversation.searched"].contains(&entry.action.as_str()))
}

/// Returns the word for all objects of a kind.
fn all(label: &str) -> Option<&'static str> {
    Some(match label {
        "roles" => text::roles::title(),
        "groups" => text::groups::title(),
        "clients" => text::clients::title(),
        "resources" => text::resources::title(),
        "conversations" => text::conversations::title(),
        "usage" => text::usage::title(),
        "audit log" => text::frame::screen_audit(),
        "API keys" => text::frame::screen_keys(),
        _ => return None,
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::audit::Changes;
    use leptos::{prelude::provide_context, reactive::owner::Owner};
    use time::OffsetDateTime;

    use super::*;
    use crate::text::language::Language;

    fn entry(action: &str, target_kind: &str, target: &str) -> AuditEntry {
        AuditEntry {
            id: 1,
            at: OffsetDateTime::UNIX_EPOCH,
            actor_id: None,
            actor: "ada".to_owned(),
            via: "ui".to_owned(),
            token: None,
            action: action.to_owned(),
            target_kind: target_kind.to_owned(),
            target_id: None,
            target: target.to_owned(),
            changes: Changes::new(),
            reason: None,
            ip: None,
            request_id: None,
            parent_id: None,
        }
    }

    #[test]
    fn words_are_in_the_language_of_the_page_and_names_stay() {
        Owner::new().with(|| {
            provide_context(Language::German);
            for (action, kind, stored, label) in [
                ("users.suspended", "users", "5000 users", "5.000 Benutzer"),
                (
                    "sessions.revoked",
                    "users",
                    "905 sessions of 816 users",
                    "905 Sitzungen von 816 Benutzern",
                ),
                ("users.suspended", "users", "some users", "some users"),
                ("role.exported", "role", "roles", "Rollen"),
                ("role.updated", "role", "roles", "roles"),
                ("audit.exported", "audit", "audit log", "Audit-Protokoll"),
                (
                    "conversation.searched",
                    "system",
                    "conversations",
                    "Unterhaltungen",
                ),
                (
                    "invitation.created",
                    "invitation",
                    "invitation",
                    "Einladung",
                ),
                ("invitation.created", "invitation", "Lab", "Lab"),
                (
                    "limit.stored",
                    "limit",
                    "all users: requests",
                    "Alle Benutzer: Anfragen",
                ),
                (
                    "limit.stored",
                    "limit",
                    "role a: b, shared: tokens of gpt: 4",
                    "Rolle a: b, gemeinsam: Tokens (gpt: 4)",
                ),
                ("user.suspended", "user", "users", "users"),
            ] {
                assert_eq!(target(&entry(action, kind, stored)), label, "{action}");
            }
        });
    }
}
