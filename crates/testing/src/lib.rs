//! Rows that tests need before they begin: users with roles and sessions.
//!
//! Only tests depend on this package. The rows are inserted by SQL, without the rules of the services, and an error ends
//! the test.

#![expect(
    clippy::unwrap_used,
    reason = "a test cannot continue without its rows"
)]

pub mod crowd;
pub mod roles;
pub mod sessions;
pub mod users;
