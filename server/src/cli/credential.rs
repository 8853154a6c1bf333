//! Options and output that access tokens and virtual keys share.

use domain::{
    access_tokens::{AccessToken, DAYS_DEFAULT, TokenKind, TokenState, list::TokenParams},
    users::detail::UserRef,
};
use time::OffsetDateTime;

use super::{filter_value::filled, user::print::timestamp};

/// Conditions of a list, newest first.
#[derive(Debug, clap::Args)]
pub(super) struct CredentialFilter {
    /// Number, id or username of the owner.
    #[arg(long, value_parser = owner)]
    user: Option<UserRef>,
    /// State: live, expiring, blocked, expired or revoked.
    #[arg(long, value_parser = filled)]
    state: Option<String>,
    /// Maximum number of rows, at most 1000.
    #[arg(long)]
    limit: Option<u16>,
}

impl CredentialFilter {
    /// Returns the parameters of the list; without a kind, of both kinds.
    pub(super) fn params(self, kind: Option<TokenKind>) -> TokenParams {
        TokenParams {
            user: self.user.map(|user| user.to_string()),
            state: self.state,
            kind: kind.map(|kind| kind.as_str().to_owned()),
            limit: self.limit.map(|limit| limit.to_string()),
            ..TokenParams::default()
        }
    }
}

/// Lifetime of a new token or key.
#[derive(Debug, clap::Args)]
pub(super) struct Lifetime {
    /// Lifetime in days.
    #[arg(long, default_value_t = DAYS_DEFAULT)]
    days: u16,
    /// Set no end. Requires TOKEN_MAX_DAYS=0.
    #[arg(long, conflicts_with = "days")]
    no_end: bool,
}

impl Lifetime {
    /// Returns the number of days; `None` without an end.
    pub(super) fn days(&self) -> Option<u16> {
        (!self.no_end).then_some(self.days)
    }
}

/// Parses the filter by owner.
fn owner(text: &str) -> Result<UserRef, String> {
    filled(text).map(|text| UserRef::parse(&text))
}

/// Formats an end for a sentence.
pub(super) fn validity(end: Option<OffsetDateTime>) -> String {
    match end {
        Some(end) => format!("valid until {}", timestamp(end)),
        None => "never expires".to_owned(),
    }
}

/// Formats the time of the revocation, or else the end.
pub(super) fn end(token: &AccessToken) -> String {
    let revoked = token.revoked_at;
    let end = revoked
        .filter(|_| token.state == TokenState::Revoked)
        .or(token.expires_at);
    end.map_or_else(|| "never".to_owned(), timestamp)
}
