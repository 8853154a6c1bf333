//! Text of each flash message.

use domain::flash::{Flash, FlashEvent};
use service::flash::ShownFlash;

use super::{FlashMessage, UndoForm};
use crate::format::grouped;

impl From<ShownFlash> for FlashMessage {
    fn from(shown: ShownFlash) -> Self {
        Self {
            text: text(&shown.flash),
            names: names(&shown.flash),
            until: shown.flash.until,
            undo: shown.undo.map(|undo| UndoForm {
                action: undo.path,
                id: shown.id,
            }),
        }
    }
}

/// Returns the sentence about the change, with names and counts.
fn text(flash: &Flash) -> String {
    let (first, second) = (name(flash, 0), name(flash, 1));
    let count = |one: &str, many: &str| match flash.count {
        1 => format!("1 {one}"),
        count => format!("{} {many}", grouped(count)),
    };
    let users = || match flash.count {
        1 => first.clone(),
        _ => count("user", "users"),
    };
    match flash.event {
        FlashEvent::UserCreated => format!("Created {first}"),
        FlashEvent::UserSaved => format!("Saved changes to {first}"),
        FlashEvent::UserSuspended => format!("Suspended {}", users()),
        FlashEvent::UserUnsuspended => format!("Unsuspended {}", users()),
        FlashEvent::UserDeleted => format!("Deleted {}", users()),
        FlashEvent::DeletionStarted => format!("Started permanent deletion of {}", users()),
        FlashEvent::UserRestored => format!("Restored {}", users()),
        FlashEvent::UserSignedOut => format!("Signed out {} everywhere", users()),
        FlashEvent::DataTransferred => format!(
            "Transferred {} from {first} to {second}",
            count("persona", "personas")
        ),
        FlashEvent::ResetLinksRevoked => format!("Revoked the password links of {first}"),
        FlashEvent::PasswordChanged => {
            "Password changed. Other sessions were signed out".to_owned()
        }
        FlashEvent::Saved => "Changes saved".to_owned(),
        FlashEvent::SessionRevoked => match &*second {
            "" => format!("Signed out on {first}"),
            device => format!("Revoked the session of {first} on {device}"),
        },
        FlashEvent::SessionsRevoked => match &*first {
            "" => format!("Revoked {}", count("session", "sessions")),
            user => format!("Revoked {} of {user}", count("session", "sessions")),
        },
        FlashEvent::OthersRevoked => {
            format!("Signed out {}", count("other session", "other sessions"))
        }
        FlashEvent::RegistrationApproved => format!("Approved {}", registrations(flash, &first)),
        FlashEvent::RegistrationRejected => format!("Rejected {}", registrations(flash, &first)),
        FlashEvent::InvitationRevoked if first.is_empty() => "Revoked an invitation".to_owned(),
        FlashEvent::InvitationRevoked => format!("Revoked the invitation for {first}"),
        FlashEvent::KeyAdded => format!("Added API key {first}"),
        FlashEvent::KeySaved => format!("Saved API key {first}"),
        FlashEvent::KeyEnabled => format!("Enabled API key {first}"),
        FlashEvent::KeyDisabled => format!("Disabled API key {first}"),
        FlashEvent::KeyDeleted => match &*second {
            "" => format!("Deleted API key {first}"),
            user => format!("Revoked API key {first} of {user}"),
        },
        FlashEvent::TokenRevoked => match &*second {
            "" => format!("Revoked access token {first}"),
            user => format!("Revoked access token {first} of {user}"),
        },
        FlashEvent::JobRetried => format!("Retrying the permanent deletion of {first}"),
        FlashEvent::UndoExpired => "This can no longer be undone".to_owned(),
    }
}

fn registrations(flash: &Flash, first: &str) -> String {
    match flash.count {
        1 => first.to_owned(),
        count => format!("{} registrations", grouped(count)),
    }
}

/// Returns the names of the changed users, where the text contains only their number.
fn names(flash: &Flash) -> Option<String> {
    let counts_users = matches!(
        flash.event,
        FlashEvent::UserSuspended
            | FlashEvent::UserUnsuspended
            | FlashEvent::UserDeleted
            | FlashEvent::DeletionStarted
            | FlashEvent::UserRestored
            | FlashEvent::UserSignedOut
            | FlashEvent::RegistrationApproved
            | FlashEvent::RegistrationRejected
    );
    if !counts_users || flash.count < 2 || flash.names.is_empty() {
        return None;
    }
    let named: Vec<String> = flash.names.iter().map(|name| isolated(name)).collect();
    let named_count = u64::try_from(named.len()).unwrap_or(u64::MAX);
    Some(match flash.count.saturating_sub(named_count) {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), grouped(more)),
    })
}

fn name(flash: &Flash, at: usize) -> String {
    flash
        .names
        .get(at)
        .map_or_else(String::new, |name| isolated(name))
}

/// Isolates a name from the direction of the surrounding text (U+2068, U+2069), as `<bdi>` does for an element.
fn isolated(name: &str) -> String {
    if name.is_ascii() {
        name.to_owned()
    } else {
        format!("\u{2068}{name}\u{2069}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_users_and_counts() {
        use FlashEvent::{
            DataTransferred, KeyDeleted, SessionRevoked, SessionsRevoked, TokenRevoked,
            UserDeleted, UserSuspended,
        };
        for (event, targets, count, expected) in [
            (UserDeleted, &["zoe.ohara"][..], 1, "Deleted zoe.ohara"),
            (UserDeleted, &["זוהר"], 1, "Deleted \u{2068}זוהר\u{2069}"),
            (
                UserSuspended,
                &["ada", "bob"],
                2,
                "Suspended 2 users (ada, bob)",
            ),
            (
                UserSuspended,
                &["a", "b", "c", "d", "e"],
                1_200,
                "Suspended 1,200 users (a, b, c, d, e and 1,195 more)",
            ),
            (SessionsRevoked, &[], 904, "Revoked 904 sessions"),
            (SessionsRevoked, &["ada"], 1, "Revoked 1 session of ada"),
            (
                SessionRevoked,
                &["Firefox on Linux"],
                1,
                "Signed out on Firefox on Linux",
            ),
            (
                SessionRevoked,
                &["ada", "Firefox on Linux"],
                2,
                "Revoked the session of ada on Firefox on Linux",
            ),
            (
                DataTransferred,
                &["ada", "bob"],
                37,
                "Transferred 37 personas from ada to bob",
            ),
            (TokenRevoked, &["script"], 1, "Revoked access token script"),
            (KeyDeleted, &["lab", "ada"], 2, "Revoked API key lab of ada"),
        ] {
            let flash = Flash::of(event, targets.iter().copied()).counting(count);
            let names = names(&flash).map(|names| format!(" ({names})"));
            let shown = text(&flash) + &names.unwrap_or_default();
            assert_eq!(shown, expected);
        }
    }
}
