//! Pages. A page reads the URL, loads its data once and passes it to the components. It imports no other page: what several
//! pages share is a component.

pub mod access_tokens;
pub mod account;
pub mod audit;
pub mod clients;
pub mod confirm;
pub mod conversations;
pub mod features;
pub mod groups;
pub mod invite;
pub mod keys;
pub mod limits;
pub mod login;
pub mod not_found;
pub mod overview;
pub mod register;
pub mod registrations;
pub mod reset;
pub mod resources;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in_again;
pub mod usage;
pub mod user;
pub mod users;
