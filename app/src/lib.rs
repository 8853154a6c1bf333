//! User interface, compiled twice: natively to render the first page, and to WebAssembly to continue in the browser.

pub mod api;
pub mod components;
pub mod context;
mod format;
pub mod hydrated;
pub mod labels;
mod links;
pub mod pages;
pub mod parts;
pub mod preferences;
pub mod routes;
pub mod screens;
pub mod shell;
pub mod text;

pub use routes::App;
pub use screens::{Access, access};
