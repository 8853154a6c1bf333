//! Sessions: start, end, and authentication by a session.

pub mod bearer;
mod list;
pub mod live;
mod revoke;

pub use db::session_store::PgSessionStore;
use db::{
    account::Lifetimes,
    session_store::{OVERTAKEN, OWNER, Owner, SIGN_IN, SignIn},
    users::Credentials,
};
use domain::{audit::Via, error::Unauthenticated};
pub use tower_sessions::Session;
use tower_sessions::{Expiry, session::Error as SessionError, session_store::Error as StoreError};

use crate::{
    Error, Services,
    access::{Caller, Credential, Origin},
    device,
};

pub use list::{devices, find, find_user, list};
pub use revoke::{revoke_many, revoke_one};

/// Returns the actor of a session, with the current permissions. None if the session has ended or never started.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_caller(
    services: &Services,
    session: &Session,
    via: Via,
    origin: &Origin,
) -> Result<Option<Caller>, Error> {
    let owner: Option<Owner> = session.get(OWNER).await.map_err(failed)?;
    Ok(owner.map(
        |Owner {
             session_id,
             principal,
             has_flashes: _,
         }| {
            services
                .last_seen
                .note_session(session_id, (services.clock)());
            Caller {
                principal,
                credential: Credential::Session(session_id),
                via,
                origin: origin.clone(),
            }
        },
    ))
}

/// Returns the actor of a session that was started during the same request: see [`find_caller`].
///
/// # Errors
/// As [`find_caller`].
pub async fn find_started(
    services: &Services,
    session: &Session,
    via: Via,
    origin: &Origin,
) -> Result<Option<Caller>, Error> {
    session.load().await.map_err(failed)?;
    find_caller(services, session, via, origin).await
}

/// Starts a session under a new id. An earlier session of the browser ends.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::Unauthenticated`] when the account was changed
/// since it was read: no session starts then.
pub(crate) async fn start(
    services: &Services,
    session: &Session,
    account: &Credentials,
    remember: bool,
    origin: Origin,
) -> Result<(), Error> {
    let settings = &services.settings;
    let (lifetime, idle) = if remember {
        (settings.remembered_lifetime, settings.remembered_lifetime)
    } else {
        (settings.session_lifetime, settings.session_idle)
    };
    let lifetimes = Lifetimes { idle, lifetime };
    start_for(services, session, account, lifetimes, origin).await
}

/// Starts a session as [`start`] does, with the given lifetimes.
///
/// # Errors
/// As [`start`].
pub(crate) async fn start_for(
    services: &Services,
    session: &Session,
    account: &Credentials,
    Lifetimes { idle, lifetime }: Lifetimes,
    origin: Origin,
) -> Result<(), Error> {
    let sign_in = SignIn {
        user_id: account.id,
        password_changed_at: account.password_changed_at,
        username: account.username.clone(),
        ip: origin.ip,
        device: device::describe(origin.user_agent.as_deref()),
        limit: services.settings.session_limit,
        user_agent: origin.user_agent,
        request_id: origin.request_id,
        idle,
        lifetime,
    };
    // A new id after the sign-in prevents session fixation.
    if session.id().is_some() {
        session.cycle_id().await.map_err(failed)?;
    }
    session.insert(SIGN_IN, sign_in).await.map_err(failed)?;
    session.set_expiry(Some(Expiry::AtDateTime((services.clock)() + lifetime)));
    // Saved here and not after the response, so that the request reports a failure.
    session.save().await.map_err(failed)
}

/// Ends a session. Does nothing for one that has ended already.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn end(session: &Session) -> Result<(), Error> {
    session.flush().await.map_err(failed)
}

fn failed(error: SessionError) -> Error {
    match &error {
        // The session store reports failures by text only.
        SessionError::Store(StoreError::Backend(why)) if why == OVERTAKEN => {
            Error::Unauthenticated(Unauthenticated::InvalidCredentials)
        }
        _ => Error::Unavailable(error.into()),
    }
}
