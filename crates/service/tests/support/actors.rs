//! Those who look after the people of a test.

use domain::{
    access::{Permissions, Principal},
    audit::Via,
    users::{Status, UserId},
};
use service::access::{Actor, Credential, Granted, Origin, Right};
use time::macros::datetime;
use uuid::Uuid;

/// Somebody who asks, with permissions.
pub(crate) fn actor(id: Uuid, permissions: &[&str]) -> Actor {
    Actor {
        principal: Principal {
            id: UserId(id),
            username: "asker".to_owned(),
            display_name: "Asker".to_owned(),
            email: None,
            roles: Vec::new(),
            permissions: Permissions::new(permissions.iter().map(ToString::to_string).collect()),
            status: Status::Active,
            created_at: datetime!(2026-01-01 0:00 UTC),
            last_login_at: None,
            time_zone: None,
        },
        credential: Credential::Session(Uuid::nil()),
        via: Via::Ui,
        origin: Origin::default(),
    }
}

/// The right of an admin.
pub(crate) fn admin<R: Right>(id: Uuid) -> Granted<R> {
    actor(id, &["*"]).require().unwrap()
}
