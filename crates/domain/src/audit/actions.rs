//! Names and labels of audited actions.

/// Every audited action with its label, in the order in which a list offers them.
pub const ACTIONS: &[(&str, &str)] = &[
    ("session.started", "Signed in"),
    ("user.session_ended", "Session ended"),
    ("user.session_revoked", "Session revoked"),
    ("user.sessions_ended", "Sessions ended"),
    ("sessions.revoked", "Sessions of several users revoked"),
    ("user.created", "User created"),
    ("user.updated", "User changed"),
    ("user.suspended", "User suspended"),
    ("user.unsuspended", "Suspension lifted"),
    ("user.deleted", "User deleted"),
    ("user.restored", "User restored"),
    ("users.suspended", "Several users suspended"),
    ("users.unsuspended", "Suspensions of several users lifted"),
    ("users.signed_out", "Several users signed out"),
    ("users.deleted", "Several users deleted"),
    ("users.restored", "Several users restored"),
    ("user.purged", "User removed for good"),
    ("user.purge_retried", "Removal tried again"),
    ("user.admin_recovered", "Admin recovered"),
    ("user.reset_link_created", "Link for a new password created"),
    ("user.reset_link_revoked", "Link for a new password revoked"),
    ("user.password_chosen", "Password chosen"),
    ("user.email_settled", "Address settled"),
    ("user.email_contested", "Address belongs to somebody else"),
    ("user.data_given", "Data given away"),
    ("user.data_received", "Data received"),
    ("user.exported", "Data exported"),
    ("user.registered", "Registered"),
    ("user.approved", "Registration approved"),
    ("user.rejected", "Registration rejected"),
    ("registrations.approved", "Several registrations approved"),
    ("registrations.rejected", "Several registrations rejected"),
    ("user.invitation_accepted", "Invitation accepted"),
    ("invitation.created", "Invitation created"),
    ("invitation.resent", "Invitation resent"),
    ("invitation.revoked", "Invitation revoked"),
    ("user.token_created", "Access token made"),
    ("user.token_revoked", "Access token revoked"),
    ("api_key.created", "API key added"),
    ("api_key.updated", "API key changed"),
    ("api_key.deleted", "API key deleted"),
    ("api_key.revoked", "API key revoked"),
    ("api_key.resolved", "API key told to a program"),
    ("api_key.reencrypted", "API keys encrypted anew"),
    ("persona.created", "Persona created"),
    ("persona.updated", "Persona changed"),
    ("persona.deleted", "Persona deleted"),
    ("ontology.created", "Ontology created"),
    ("ontology.updated", "Ontology changed"),
    ("ontology.deleted", "Ontology deleted"),
    ("annotation.created", "Annotation created"),
    ("annotation.updated", "Annotation changed"),
    ("annotation.deleted", "Annotation deleted"),
    ("role.created", "Role created"),
    ("demo.loaded", "Demo people loaded"),
    ("audit.exported", "Audit log exported"),
];

/// Returns the label of an action. An unknown action, which a newer version has written, is its own label.
#[must_use]
pub fn action_words(action: &str) -> &str {
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
            .is_some_and(|(kind, deed)| letters(kind) && letters(deed))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_action_has_words_of_its_own() {
        let names: BTreeSet<_> = ACTIONS.iter().map(|(name, _)| name).collect();
        let words: BTreeSet<_> = ACTIONS.iter().map(|(_, words)| words).collect();
        assert_eq!((names.len(), words.len()), (ACTIONS.len(), ACTIONS.len()));
        for (name, words) in ACTIONS {
            assert!(is_action(name), "{name}");
            assert_eq!(action_words(name), *words);
        }
    }

    #[test]
    fn an_unknown_action_stands_for_itself() {
        assert_eq!(action_words("planet.moved"), "planet.moved");
    }

    #[test]
    fn actions_on_many_are_told_from_the_rest() {
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
    fn names_of_actions() {
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
