//! User interface, compiled twice: natively to render the first page, and to WebAssembly to continue in the browser.

mod access;
pub mod api;
pub mod components;
pub mod context;
mod format;
pub mod hydrated;
mod links;
pub mod pages;
pub mod parts;
pub mod routes;
pub mod shell;

pub use access::{Access, access};
pub use routes::App;
