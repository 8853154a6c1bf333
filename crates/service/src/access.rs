//! Who asks, and the proof that they may.

use std::{marker::PhantomData, net::IpAddr};

use domain::access::{Permission, Principal};
use uuid::Uuid;

use crate::Error;

/// From where something is asked.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the client.
    pub ip: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Names the log lines of the request.
    pub request_id: Option<Uuid>,
}

/// A signed-in person who asks.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who, with the rights of this moment.
    pub principal: Principal,
    /// In which session.
    pub session_id: Uuid,
}

/// A permission as a type.
pub trait Right {
    /// The permission.
    const PERMISSION: Permission;
}

/// To see every account with its statistics.
#[derive(Debug)]
pub struct ReadUsers;

impl Right for ReadUsers {
    const PERMISSION: Permission = Permission::UsersRead;
}

/// Proof that an actor holds a right. Only [`Actor::require`] makes one, so a function that takes it cannot be called
/// without asking.
#[derive(Debug)]
pub struct Granted<R>(PhantomData<R>);

impl Actor {
    /// Proves a right.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor lacks it.
    pub fn require<R: Right>(&self) -> Result<Granted<R>, Error> {
        if self.principal.permissions.include(R::PERMISSION) {
            Ok(Granted(PhantomData))
        } else {
            Err(Error::Forbidden("Admin access required"))
        }
    }
}
