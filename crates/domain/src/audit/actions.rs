//! Names and labels of audited actions.

/// Every audited action with its label, in the order in which a list offers them.
pub const ACTIONS: &[(&str, &str)] = &[
    ("session.started", "Signed in"),
    ("user.session_ended", "Own session revoked"),
    ("user.session_revoked", "Session revoked"),
    ("user.sessions_ended", "Sessions revoked"),
    ("sessions.revoked", "Sessions revoked (bulk)"),
    ("user.created", "User created"),
    ("user.updated", "User updated"),
    ("user.suspended", "User suspended"),
    ("user.unsuspended", "User unsuspended"),
    ("user.deleted", "User deleted"),
    ("user.restored", "User restored"),
    ("users.suspended", "Users suspended (bulk)"),
    ("users.unsuspended", "Users unsuspended (bulk)"),
    ("users.signed_out", "Users signed out (bulk)"),
    ("users.deleted", "Users deleted (bulk)"),
    ("users.restored", "Users restored (bulk)"),
    ("user.purged", "User permanently deleted"),
    ("user.purge_retried", "Deletion retried"),
    ("user.admin_recovered", "Admin recovered"),
    ("user.reset_link_created", "Reset link created"),
    ("user.reset_link_revoked", "Reset link revoked"),
    ("user.password_chosen", "Password set"),
    ("user.email_settled", "Email confirmed"),
    ("user.email_contested", "Email conflict"),
    ("user.data_given", "Data transferred out"),
    ("user.data_received", "Data transferred in"),
    ("user.exported", "Data exported"),
    ("user.registered", "Registered"),
    ("user.approved", "Registration approved"),
    ("user.rejected", "Registration rejected"),
    ("registrations.approved", "Registrations approved (bulk)"),
    ("registrations.rejected", "Registrations rejected (bulk)"),
    ("user.invitation_accepted", "Invitation accepted"),
    ("invitation.created", "Invitation created"),
    ("invitation.resent", "Invitation resent"),
    ("invitation.revoked", "Invitation revoked"),
    ("user.token_created", "Access token created"),
    ("user.token_revoked", "Access token revoked"),
    ("api_key.created", "API key added"),
    ("api_key.updated", "API key updated"),
    ("api_key.deleted", "API key deleted"),
    ("api_key.revoked", "API key revoked"),
    ("api_key.resolved", "API key read by service"),
    ("api_key.reencrypted", "API keys re-encrypted"),
    ("persona.created", "Persona created"),
    ("persona.updated", "Persona updated"),
    ("persona.deleted", "Persona deleted"),
    ("ontology.created", "Ontology created"),
    ("ontology.updated", "Ontology updated"),
    ("ontology.deleted", "Ontology deleted"),
    ("annotation.created", "Annotation created"),
    ("annotation.updated", "Annotation updated"),
    ("annotation.deleted", "Annotation deleted"),
    ("role.created", "Role created"),
    ("demo.loaded", "Demo users loaded"),
    ("audit.exported", "Audit log exported"),
];

/// Returns the label of an action. An unknown action, which a newer version has written, is its own label.
#[must_use]
pub fn action_label(action: &str) -> &str {
    let known = ACTIONS.iter().find(|(name, _)| *name == action);
    known.map_or(action, |(_, words)| words)
}

/// Returns whether an action is a bulk action, whose entry has others beneath it.
#[must_use]
pub fn is_batch(action: &str) -> bool {
    let kind = action.split_once('.').map(|(kind, _)| kind);
    kind.is_some_and(|kind| ["sessions", "users", "registrations"].contains(&kind))
}

/// Returns whether a text has the form of an action's name.
pub(super) fn is_action(text: &str) -> bool {
    const MOST: usize = 60;
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.len() <= MOST
        && text
            .split_once('.')
            .is_some_and(|(kind, action)| letters(kind) && letters(action))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_action_has_its_own_label() {
        let names: BTreeSet<_> = ACTIONS.iter().map(|(name, _)| name).collect();
        let words: BTreeSet<_> = ACTIONS.iter().map(|(_, words)| words).collect();
        assert_eq!((names.len(), words.len()), (ACTIONS.len(), ACTIONS.len()));
        for (name, words) in ACTIONS {
            assert!(is_action(name), "{name}");
            assert_eq!(action_label(name), *words);
        }
    }

    #[test]
    fn unknown_action_is_its_own_label() {
        assert_eq!(action_label("planet.moved"), "planet.moved");
    }

    #[test]
    fn batch_actions_are_recognised() {
        for (action, is_one) in [
            ("sessions.revoked", true),
            ("users.suspended", true),
            ("registrations.rejected", true),
            ("user.suspended", false),
            ("session.started", false),
            ("users", false),
        ] {
            assert_eq!(is_batch(action), is_one, "{action}");
        }
    }

    #[test]
    fn action_names_are_well_formed() {
        for (text, is_one) in [
            ("user.created", true),
            ("api_key.used", true),
            ("user", false),
            ("user.", false),
            (".created", false),
            ("user.created.twice", false),
            ("User.created", false),
            ("user.created ", false),
        ] {
            assert_eq!(is_action(text), is_one, "{text}");
        }
        assert!(!is_action(&format!("user.{}", "x".repeat(60))));
    }
}
