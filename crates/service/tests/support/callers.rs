//! Actors of tests.

use domain::{access::Principal, audit::Via, permission::Permissions, users::UserId};
use service::access::{Authorized, Caller, Credential, Origin, RequiredPermission};
use uuid::Uuid;

/// Returns an actor with the given permissions, in a session.
pub(crate) fn caller(id: Uuid, permissions: &[&str]) -> Caller {
    Caller {
        principal: Principal {
            id: UserId(id),
            username: "asker".to_owned(),
            display_name: "Asker".to_owned(),
            email: None,
            roles: Vec::new(),
            is_admin: false,
            permissions: Permissions::new(permissions.iter().map(ToString::to_string).collect()),
            time_zone: None,
        },
        credential: Credential::Session(Uuid::nil()),
        via: Via::Ui,
        origin: Origin::default(),
    }
}

/// Returns the proof of an admin's permission.
pub(crate) fn admin<R: RequiredPermission>(id: Uuid) -> Authorized<R> {
    caller(id, &["*"]).require().unwrap()
}
