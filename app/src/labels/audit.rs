//! Labels of audited actions and their sources. [`changes`] has those of the changed fields.

pub(crate) mod changes;

use domain::{
    action::Action,
    audit::{AuditEntry, Via},
};

use crate::text;

/// Returns the label of an action.
pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::SessionStarted => text::audit::action_session_started(),
        Action::OwnSessionRevoked => text::audit::action_own_session_revoked(),
        Action::SessionRevoked => text::audit::action_session_revoked(),
        Action::SessionsRevoked => text::audit::action_sessions_revoked(),
        Action::SessionsRevokedInBulk => text::audit::action_sessions_revoked_in_bulk(),
        Action::UserCreated => text::audit::action_user_created(),
        Action::UserUpdated => text::audit::action_user_updated(),
        Action::UserSuspended => text::audit::action_user_suspended(),
        Action::UserUnsuspended => text::audit::action_user_unsuspended(),
        Action::UserDeleted => text::audit::action_user_deleted(),
        Action::UserRestored => text::audit::action_user_restored(),
        Action::UsersSuspended => text::audit::action_users_suspended(),
        Action::UsersUnsuspended => text::audit::action_users_unsuspended(),
        Action::UsersSignedOut => text::audit::action_users_signed_out(),
        Action::UsersDeleted => text::audit::action_users_deleted(),
        Action::UsersRestored => text::audit::action_users_restored(),
        Action::UserPurged => text::audit::action_user_purged(),
        Action::PurgeRetried => text::audit::action_purge_retried(),
        Action::AdminRecovered => text::audit::action_admin_recovered(),
        Action::ResetLinkCreated => text::audit::action_reset_link_created(),
        Action::ResetLinkRevoked => text::audit::action_reset_link_revoked(),
        Action::PasswordSet => text::audit::action_password_set(),
        Action::EmailConfirmed => text::audit::action_email_confirmed(),
        Action::EmailConflict => text::audit::action_email_conflict(),
        Action::DataTransferredOut => text::audit::action_data_transferred_out(),
        Action::DataTransferredIn => text::audit::action_data_transferred_in(),
        Action::DataExported => text::audit::action_data_exported(),
        Action::UserRegistered => text::audit::action_user_registered(),
        Action::RegistrationApproved => text::audit::action_registration_approved(),
        Action::RegistrationRejected => text::audit::action_registration_rejected(),
        Action::RegistrationsApproved => text::audit::action_registrations_approved(),
        Action::RegistrationsRejected => text::audit::action_registrations_rejected(),
        Action::InvitationAccepted => text::audit::action_invitation_accepted(),
        Action::InvitationCreated => text::audit::action_invitation_created(),
        Action::InvitationResent => text::audit::action_invitation_resent(),
        Action::InvitationRevoked => text::audit::action_invitation_revoked(),
        Action::TokenCreated => text::audit::action_token_created(),
        Action::TokenRevoked => text::audit::action_token_revoked(),
        Action::ApiKeyCreated => text::audit::action_api_key_created(),
        Action::ApiKeyUpdated => text::audit::action_api_key_updated(),
        Action::ApiKeyDeleted => text::audit::action_api_key_deleted(),
        Action::ApiKeyRevoked => text::audit::action_api_key_revoked(),
        Action::ApiKeyResolved => text::audit::action_api_key_resolved(),
        Action::ApiKeysReencrypted => text::audit::action_api_keys_reencrypted(),
        Action::PersonaCreated => text::audit::action_persona_created(),
        Action::PersonaUpdated => text::audit::action_persona_updated(),
        Action::PersonaDeleted => text::audit::action_persona_deleted(),
        Action::OntologyCreated => text::audit::action_ontology_created(),
        Action::OntologyUpdated => text::audit::action_ontology_updated(),
        Action::OntologyDeleted => text::audit::action_ontology_deleted(),
        Action::AnnotationCreated => text::audit::action_annotation_created(),
        Action::AnnotationUpdated => text::audit::action_annotation_updated(),
        Action::AnnotationDeleted => text::audit::action_annotation_deleted(),
        Action::RoleCreated => text::audit::action_role_created(),
        Action::DemoLoaded => text::audit::action_demo_loaded(),
        Action::AuditExported => text::audit::action_audit_exported(),
    }
}

/// Returns the label of a stored action. An unknown action, which a newer version has written, is its own label.
pub(crate) fn stored_action(name: &str) -> &str {
    let Ok(known) = name.parse::<Action>() else {
        return name;
    };
    action(known)
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
        let labels: BTreeSet<&str> = Action::ALL.iter().copied().map(action).collect();
        assert_eq!(labels.len(), Action::ALL.len());
        for known in Action::ALL {
            assert_eq!(stored_action(known.as_str()), action(*known));
        }
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
            assert_eq!(action(*known).ends_with("(bulk)"), is_bulk, "{known:?}");
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
            assert_eq!(action(Action::UserSuspended), "Benutzer gesperrt");
            assert_eq!(stored_action("user.created"), "Benutzer erstellt");
            assert_eq!(source(Via::Ui), "Administration");
        });
    }
}
