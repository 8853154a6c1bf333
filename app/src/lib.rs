//! The interface, compiled twice: natively to render the first page, and to WebAssembly to go on from there.

mod access;
pub mod api;
pub mod components;
pub mod context;
mod format;
pub mod hydrated;
pub mod pages;
pub mod parts;
pub mod routes;
pub mod shell;

pub use access::{Access, access};
pub use routes::App;
