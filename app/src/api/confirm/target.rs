//! Targets of the confirmation dialogs, parsed from their paths.

use domain::{
    error::Entity,
    users::{action::UserAction, detail::UserRef},
};
use service::Error;
use uuid::Uuid;

/// Target of a revocation, deletion or retry, or of another action on a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A provider API key of a user.
    UserKey(UserRef, Uuid),
    /// A provider API key of the system.
    SystemKey(Uuid),
    /// A provider API key of the caller.
    OwnKey(Uuid),
    /// An access token of any user.
    Token(Uuid),
    /// A virtual key of any user, which is blocked.
    BlockKey(Uuid),
    /// A virtual key of any user, which is unblocked.
    UnblockKey(Uuid),
    /// A virtual key of any user, whose previous secret ends.
    EndPrevious(Uuid),
    /// An access token of the caller.
    OwnToken(Uuid),
    /// A session of any user.
    Session(Uuid),
    /// A session of the caller.
    OwnSession(Uuid),
    /// All sessions of the caller except the current one.
    OwnOthers,
    /// A user, and the action on the user.
    User(UserRef, UserAction),
    /// The password reset links of a user.
    ResetLinks(UserRef),
    /// An invitation, with its link.
    Invitation(Uuid),
    /// A failed job.
    Job(Uuid),
}

impl Target {
    /// Parses the path of a dialog.
    pub(super) fn parse(path: &str) -> Result<Self, Error> {
        const UNKNOWN: Error = Error::NotFound(Entity::Dialog);
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| UNKNOWN);
        let user = |text: &str| {
            let pair = form_urlencoded::parse(text.as_bytes()).next();
            UserRef::parse(&pair.map(|(name, _)| name).unwrap_or_default())
        };
        let words: Vec<&str> = path.split('/').skip(1).collect();
        Ok(match words.as_slice() {
            ["users", name, "keys", key, "revoke"] => Self::UserKey(user(name), id(key)?),
            ["users", _, "keys", "tokens", token, "revoke"] | ["tokens", token, "revoke"] => {
                Self::Token(id(token)?)
            }
            ["users", _, "keys", "tokens", key, "block"] => Self::BlockKey(id(key)?),
            ["users", _, "keys", "tokens", key, "unblock"] => Self::UnblockKey(id(key)?),
            ["users", _, "keys", "tokens", key, "end-previous"]
            | ["tokens", key, "end-previous"] => Self::EndPrevious(id(key)?),
            ["users", _, "sessions", session, "revoke"] | ["sessions", session, "revoke"] => {
                Self::Session(id(session)?)
            }
            ["users", name, "revoke-links"] => Self::ResetLinks(user(name)),
            ["users", name, action] => {
                let action = action.parse::<UserAction>().ok();
                let action = action.filter(|action| action.is_confirmed());
                Self::User(user(name), action.ok_or(UNKNOWN)?)
            }
            ["registrations", "invitations", invitation, "revoke"] => {
                Self::Invitation(id(invitation)?)
            }
            ["settings", "jobs", job, "retry"] => Self::Job(id(job)?),
            ["keys", key, "delete"] => Self::SystemKey(id(key)?),
            ["account", "keys", key, "delete"] => Self::OwnKey(id(key)?),
            ["account", "tokens", token, "revoke"] => Self::OwnToken(id(token)?),
            ["account", "sessions", "others"] => Self::OwnOthers,
            ["account", "sessions", session, "revoke"] => Self::OwnSession(id(session)?),
            _ => return Err(UNKNOWN),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_determines_the_target() {
        let id = "0198c2a4-0000-7000-8000-000000000001";
        let read = |path: &str| Target::parse(&path.replace("ID", id));
        let ada = || UserRef::Name("ada".to_owned());
        let uuid = id.parse().unwrap();
        for (path, expected) in [
            ("/users/ada/keys/ID/revoke", Target::UserKey(ada(), uuid)),
            ("/users/ada/keys/tokens/ID/revoke", Target::Token(uuid)),
            ("/users/ada/keys/tokens/ID/block", Target::BlockKey(uuid)),
            (
                "/users/ada/keys/tokens/ID/unblock",
                Target::UnblockKey(uuid),
            ),
            ("/tokens/ID/end-previous", Target::EndPrevious(uuid)),
            (
                "/users/ada/keys/tokens/ID/end-previous",
                Target::EndPrevious(uuid),
            ),
            ("/users/ada/sessions/ID/revoke", Target::Session(uuid)),
            ("/sessions/ID/revoke", Target::Session(uuid)),
            (
                "/users/o%27hara/sign-out",
                Target::User(
                    UserRef::Name("o'hara".to_owned()),
                    UserAction::RevokeSessions,
                ),
            ),
            ("/users/ada/revoke-links", Target::ResetLinks(ada())),
            ("/account/sessions/others", Target::OwnOthers),
            ("/settings/jobs/ID/retry", Target::Job(uuid)),
        ] {
            assert_eq!(read(path).unwrap(), expected, "{path}");
        }
        for action in UserAction::ALL.iter().copied() {
            let target = read(&format!("/users/ada/{}", action.as_str())).ok();
            let expected = Target::User(ada(), action);
            assert_eq!(target, action.is_confirmed().then_some(expected));
        }
        for path in [
            "",
            "/",
            "/users/ada",
            "/users/ada/anything",
            "/tokens/x/revoke",
            "/sessions/revoke",
            "/x/ID/revoke",
        ] {
            assert!(read(path).is_err(), "{path}");
        }
    }
}
