//! What the interface asks of the server. Each function only translates: read, one call, map the error.

pub mod access_tokens;
pub mod account;
pub mod audit;
pub mod auth;
pub mod bulk;
pub mod confirm;
pub mod done;
pub mod error;
pub mod flash;
pub mod invitations;
pub mod keys;
#[cfg(feature = "ssr")]
pub mod links;
pub mod listed;
pub mod overview;
pub mod people;
pub mod person;
pub mod registrations;
pub mod reset;
pub mod sessions;
pub mod settings;
pub mod setup;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod users;
pub mod wire;
