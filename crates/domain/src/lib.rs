//! Domain types and policy of Rollcall, shared by the browser and the server: ids, the types that travel between them, parsing and
//! permissions. Pure: no input or output, no clock, no randomness.

pub mod access;
pub mod access_tokens;
pub mod account;
pub mod action;
pub mod audit;
pub mod client_address;
pub mod cookies;
pub mod credentials;
pub mod error;
pub mod fields;
pub mod filter;
pub mod flash;
pub mod invitations;
pub mod jobs;
pub mod json;
pub mod keys;
pub mod label;
pub mod list;
pub mod message;
pub mod messages;
pub mod object;
pub mod offsets;
pub mod overview;
pub mod owned;
pub mod permission;
pub mod policy;
pub mod problem;
pub mod registrations;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod stored;
pub mod text;
pub mod users;
