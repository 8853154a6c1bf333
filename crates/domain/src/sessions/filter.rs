//! Conditions on sessions.

use time::OffsetDateTime;

use super::Session;
use crate::{
    client_address::ClientAddress,
    filter::{Dated, When},
    users::{UserId, detail::UserRef},
};

/// Conditions on sessions; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Owner of the session.
    pub user: Option<UserRef>,
    /// IP address of the client.
    pub address: Option<ClientAddress>,
    /// Part of the device's words.
    pub device: Option<String>,
    /// Condition on the time of the sign-in.
    pub created: Option<When>,
    /// Condition on the time of the last request.
    pub seen: Option<When>,
}

impl Dated for SessionFilter {
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When)) {
        let whens = [&mut self.created, &mut self.seen];
        whens.into_iter().flatten().for_each(visit);
    }
}

impl SessionFilter {
    /// Returns whether every session matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether the device of these words matches.
    #[must_use]
    pub fn is_of_device(&self, words: &str) -> bool {
        let asked = self
            .device
            .as_ref()
            .map(|asked| asked.trim().to_lowercase());
        asked.is_none_or(|asked| words.to_lowercase().contains(&asked))
    }

    /// Returns whether a session matches. `user` is the user that the filter's reference resolves to.
    #[must_use]
    pub fn matches(&self, session: &Session, user: Option<UserId>, now: OffsetDateTime) -> bool {
        let within = |when: Option<When>, at: OffsetDateTime| {
            let bounds = when.map(|when| when.bounds(now));
            // `never` has no bounds, and matches no session: both times are always set.
            bounds.is_none_or(|bounds| {
                bounds.is_some_and(|bounds| {
                    bounds.from.is_none_or(|from| from <= at)
                        && bounds.until.is_none_or(|until| at < until)
                })
            })
        };
        (self.user.is_none() || user == Some(session.user.id))
            && (self.address.is_none()
                || self.address == session.ip_address.map(ClientAddress::from))
            && self.is_of_device(&session.device)
            && within(self.created, session.created_at)
            && within(self.seen, session.last_seen_at)
    }
}
