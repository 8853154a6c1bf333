//! The interface, compiled twice: natively to render the first page, and to WebAssembly to go on from there.

pub mod api;
mod components;
pub mod context;
mod format;
mod pages;
mod routes;
pub mod shell;

pub use routes::{Access, App, access};
