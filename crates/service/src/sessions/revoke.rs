//! Revocation of other users' sessions: one, or many at once.

use db::{
    sessions::{
        changes,
        revoke::{self, Many},
    },
    users::retain,
};
use domain::{
    action::Action,
    error::Entity,
    filter::Dated,
    permission::Permission,
    policy,
    sessions::{
        SessionUser,
        filter::SessionFilter,
        revoke::{RevokeOutcome, RevokeRequest},
    },
    users::{action::UserAction, detail::UserRef},
};
use uuid::Uuid;

use super::list::{ask, user_of};
use crate::{
    Error, Services,
    access::{Actor, Authorized, SessionsWrite},
    audit::{self, Batch, Change, Changes},
    days, device,
    guard::{self, Access, TargetRef},
};

/// Response text of FOVEA.
const NOT_FOUND: Error = Error::NotFound(Entity::Session);
/// Number of sessions revoked in one transaction, which takes some tenths of a second.
const BATCH: u16 = 5_000;

/// Revokes a session.
///
/// # Errors
/// [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there is no such live session.
pub async fn revoke_one(
    services: &Services,
    authorized: &Authorized<SessionsWrite>,
    session: impl Into<TargetRef>,
) -> Result<(), Error> {
    let session = session.into();
    let id = session.id;
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let target = revoke::find(&mut *transaction, id)
        .await?
        .ok_or(NOT_FOUND)?;
    let access = Access::by(Permission::SessionsWrite, UserAction::RevokeSessions);
    let owner = session.owner(target.user_id);
    let account = guard::open(&mut transaction, actor, access, owner).await?;
    session.check_name(target.device.as_deref().unwrap_or(device::UNKNOWN))?;
    if !revoke::set_revoked(&mut transaction, id, actor.id()).await? {
        return Err(NOT_FOUND);
    }
    let address = target.ip.map(|ip| ip.to_string());
    let what = target.device.into_iter().chain(address);
    let what = what.collect::<Vec<_>>().join(", ");
    let change = Change {
        action: Action::SessionRevoked,
        user: (account.id, &account.username),
        changes: Changes::default().with("session", what, serde_json::Value::Null),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    Ok(db::commit(transaction, audited).await?)
}

/// Revokes many sessions. Without `expected` it only counts them. The caller's own session is spared; sessions of users
/// with permissions that the actor lacks are skipped and counted. The number is compared with the revoked rows before the
/// commit. More than [`BATCH`] are revoked in several transactions, each with its audit events; the number is then checked
/// before the first one only, and sessions that have ended by themselves meanwhile are not in the outcome.
///
/// # Errors
/// [`Error::RevocationChanged`] when the number differs from `expected`: nothing is revoked then. [`Error::List`] for an
/// invalid filter, [`Error::TargetMismatch`] when the user of the filter was shown with another username.
pub async fn revoke_many(
    services: &Services,
    authorized: &Authorized<SessionsWrite>,
    request: RevokeRequest,
) -> Result<RevokeOutcome, Error> {
    let filter = request.parse_filter()?;
    let days = days::find(services, authorized.actor(), &filter).await?;
    let filter = filter.in_days(&days);
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let out_of_reach = out_of_reach(&mut transaction, &actor).await?;
    let now = changes::now(&mut *transaction).await?;
    let asked = ask(&mut transaction, &filter, now).await?;
    let user = match asked.user {
        Some(id) => user_of(&mut transaction, id).await?,
        None => None,
    };
    check_shown(request.username, user.as_ref())?;
    let many = Many {
        asked,
        but_session: actor.session(),
        out_of_reach: &out_of_reach,
    };
    let found = many.count(&mut *transaction).await?;
    let Some(expected) = request.expected else {
        return Ok(found);
    };
    if found.sessions != expected {
        return Err(Error::RevocationChanged(found));
    }
    let resolved_filter = SessionFilter {
        user: user
            .map(|user| UserRef::Name(user.username))
            .or_else(|| filter.user.clone()),
        ..filter.clone()
    };
    let reason = reason(&resolved_filter, request.everyone_but_me);
    let actor = &begin(&mut transaction, &actor, found, &reason).await?;
    let mut ended = RevokeOutcome {
        sessions: 0,
        users: found.users,
        out_of_reach: found.out_of_reach,
    };
    let mut after = None;
    loop {
        let (ids, users, last) = many.pick(&mut *transaction, after, BATCH).await?;
        // None of the accounts is changed or gets a new session until the commit.
        retain::users_alone(&mut transaction, &users).await?;
        let gone = many.set_revoked(&mut transaction, &ids, actor.id()).await?;
        ended.sessions += gone
            .iter()
            .map(|(_, count)| count.unsigned_abs())
            .sum::<u64>();
        let is_last = ids.len() < usize::from(BATCH);
        let audited =
            audit::write_sessions_ended(&mut transaction, actor, &gone, &reason, is_last).await?;
        if is_last && after.is_none() && ended.sessions != expected {
            // Rolled back: no session was revoked.
            drop(transaction);
            let found = many.count(&services.pool).await?;
            return Err(Error::RevocationChanged(found));
        }
        db::commit(transaction, audited).await?;
        if is_last {
            return Ok(ended);
        }
        after = last;
        transaction = db::begin(&services.pool).await?;
    }
}

/// Compares the username that the page showed for the user of a filter with the actual one.
fn check_shown(shown: Option<String>, user: Option<&SessionUser>) -> Result<(), Error> {
    let Some(shown) = shown else { return Ok(()) };
    let (id, username) = user.map_or((Uuid::nil(), ""), |user| (user.id.0, &user.username));
    TargetRef::of_user(id, shown).check_username(username)
}

/// Writes the parent event of a revocation for several users. Returns the actor for the events of the single users.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    found: RevokeOutcome,
    reason: &str,
) -> Result<Actor, Error> {
    if found.users < 2 {
        return Ok(actor.clone());
    }
    let label = format!("{} sessions of {} users", found.sessions, found.users);
    let batch = Batch {
        action: Action::SessionsRevokedInBulk,
        users: found.users,
        label: &label,
        changes: Changes::default().with("sessions", found.sessions, 0),
        reason: Some(reason),
    };
    audit::write_batch(transaction, actor, batch).await
}

/// Lists the ids of the roles whose members the policy does not let the actor change.
async fn out_of_reach(
    transaction: &mut db::Transaction,
    actor: &Actor,
) -> Result<Vec<Uuid>, Error> {
    let roles = db::roles::list_permissions(&mut **transaction).await?;
    let beyond = roles
        .into_iter()
        .filter(|role| policy::is_out_of_reach(&actor.subject, &role.permissions));
    Ok(beyond.map(|role| role.id).collect())
}

/// Describes the filter of a revocation, for the audit log.
fn reason(filter: &SessionFilter, everyone_but_me: bool) -> String {
    let device = filter.device.as_deref().map(str::trim);
    let conditions = [
        filter
            .user
            .as_ref()
            .map(|user| format!("user {}", user.describe())),
        filter
            .address
            .map(|address| format!("IP address {address}")),
        device.map(|device| format!("device {device}")),
        filter.created.map(|when| format!("signed in {when}")),
        filter.seen.map(|when| format!("last seen {when}")),
        everyone_but_me.then(|| "all other sessions".to_owned()),
    ];
    let words: Vec<String> = conditions.into_iter().flatten().collect();
    if words.is_empty() {
        return "Sessions revoked: all.".to_owned();
    }
    format!("Sessions revoked: {}.", words.join(", "))
}

#[cfg(test)]
mod tests {
    use domain::sessions::list::SessionParams;

    use super::*;

    #[test]
    fn audit_reason_describes_the_filter() {
        let params = SessionParams {
            user: Some("ada".into()),
            address: Some(format!("192.0.2.1{}", " ".repeat(60_000))),
            device: Some(" Firefox ".into()),
            created: Some("2026-11-19".into()),
            seen: Some("before-7d".into()),
            ..SessionParams::default()
        };
        assert_eq!(
            reason(&params.filter().unwrap(), false),
            "Sessions revoked: user ada, IP address 192.0.2.1, device Firefox, signed in 2026-11-19, last seen before-7d."
        );
        let all = SessionFilter::default();
        assert_eq!(reason(&all, true), "Sessions revoked: all other sessions.");
        assert_eq!(reason(&all, false), "Sessions revoked: all.");
    }
}
