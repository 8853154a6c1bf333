//! Labels of audit log entries and their sources. [`changes`] has those of the changed fields, [`target`] those of the targets.

pub(crate) mod changes;
pub(crate) mod target;

use domain::{
    action::Action,
    audit::{AuditEntry, Via},
};

use super::audited_action;
use crate::text;

/// Returns the label of a stored action. An unknown action, which a newer version has written, is its own label.
pub(crate) fn stored_action(name: &str) -> &str {
    let Ok(known) = name.parse::<Action>() else {
        return name;
    };
    audited_action(known)
}

/// Returns the label of a source.
pub(crate) fn source(via: Via) -> &'static str {
    match via {
        Via::Ui => text::audit::source_panel(),
        Via::Api => text::audit::source_api(),
        Via::Cli => text::audit::source_cli(),
        Via::Job => text::audit::source_job(),
        Via::Personal => text::audit::source_self(),
    }
}

/// Formats the actor, the source and the token of a change: `ada, via panel`.
pub(crate) fn actor_and_source(entry: &AuditEntry) -> String {
    format!("{}{}", actor(entry), source_after_actor(entry))
}

/// Returns the name of the actor. The operator and the system have none: the label of the source stands for it.
pub(crate) fn actor(entry: &AuditEntry) -> &str {
    match nameless(entry) {
        Some(via) => source(via),
        None => &entry.actor,
    }
}

/// Formats the source and the token of a change as the text after the actor: `, via panel`. The source is left out if its label
/// stands for the actor.
pub(crate) fn source_after_actor(entry: &AuditEntry) -> String {
    let source = match entry.via.parse::<Via>() {
        _ if nameless(entry).is_some() => String::new(),
        Ok(via) => after_actor(via).to_owned(),
        Err(_) => text::audit::via_other(&entry.via),
    };
    match &entry.token {
        Some(token) => text::audit::with_token(source, token),
        None => source,
    }
}

/// Returns the text after an actor who has made a change from a source.
fn after_actor(via: Via) -> &'static str {
    match via {
        Via::Ui => text::audit::via_panel(),
        Via::Api => text::audit::via_api(),
        Via::Cli => text::audit::via_cli(),
        Via::Job => text::audit::via_job(),
        Via::Personal => text::audit::via_self(),
    }
}

/// Returns the source of a change that no user has made: on the command line, or by a job.
fn nameless(entry: &AuditEntry) -> Option<Via> {
    let via = entry.via.parse::<Via>().ok();
    via.filter(|via| entry.actor_id.is_none() && matches!(via, Via::Cli | Via::Job))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{action::TargetKind, audit::Changes};
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    fn entry(id: Option<Uuid>, via: &str, token: Option<&str>) -> AuditEntry {
        AuditEntry {
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
        }
    }

    #[test]
    fn each_action_has_its_own_label() {
        let labels: BTreeSet<&str> = Action::ALL.iter().copied().map(audited_action).collect();
        assert_eq!(labels.len(), Action::ALL.len());
        for known in Action::ALL {
            let name = known.as_str();
            assert_eq!(stored_action(name), audited_action(*known));
            assert!(text::audit::action_of(name).is_some(), "{name}");
        }
        assert_eq!(labels.len(), text::audit::ACTION.len());
    }

    #[test]
    fn english_sources_are_those_of_the_command_line() {
        for via in Via::ALL {
            assert_eq!(source(*via), via.label());
        }
    }

    #[test]
    fn bulk_actions_are_labelled_as_such() {
        for known in Action::ALL {
            let is_bulk = known.target() == TargetKind::Users;
            assert_eq!(
                audited_action(*known).ends_with("(bulk)"),
                is_bulk,
                "{known:?}"
            );
        }
    }

    #[test]
    fn unknown_action_is_its_own_label() {
        assert_eq!(stored_action("planet.moved"), "planet.moved");
    }

    #[test]
    fn actor_and_source_are_in_words() {
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
            assert_eq!(actor_and_source(&entry(id, via, token)), words, "{via}");
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn labels_are_in_the_language_of_the_page() {
        Owner::new().with(|| {
            provide_context(Language::German);
            assert_eq!(audited_action(Action::UserSuspended), "Benutzer gesperrt");
            assert_eq!(stored_action("user.created"), "Benutzer erstellt");
            assert_eq!(source(Via::Ui), "Administration");
        });
    }
}
