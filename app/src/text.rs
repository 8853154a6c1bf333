//! Texts of the interface in all languages, one module per area.
//!
//! `cargo xtask texts` generates the modules of the areas from the English texts in `app/locales`: each text is a function, and
//! each placeholder in it is a parameter. A view calls `text::users::title()`. A constant table holds the function itself, as
//! `fn() -> &'static str`, because the language is known only when the page is rendered.
//!
//! | English in `app/locales/users.json` | generated in `text::users` |
//! |---|---|
//! | `"title": "Users"` | `title() -> &'static str` |
//! | `"found": "No users match {query}"` | `found(query: impl Display) -> String` |
//! | `"selected": {"one": "{count} user", "other": "{count} users"}` | `selected(count: u64) -> String` |
//! | `"signed_in_around": "Signed in as {}."` | `signed_in_around() -> [&'static str; 2]` |
//! | `"confirm_around": "Type {} to delete {total} keys."` | `confirm_around(total: impl Display) -> [String; 2]` |
//!
//! A name that ends in `_around` is a sentence with an element inside, at the place of `{}`. The function returns the text
//! before and after it: `let [before, after] = text::users::signed_in_around();`, then `{before} <b>{name}</b> {after}`.

pub mod language;
pub mod message;
pub mod number;
#[cfg(not(feature = "ssr"))]
pub mod page;
pub mod pattern;
#[cfg(feature = "ssr")]
pub mod request;
pub mod typed;

pub mod access;
pub mod account;
pub mod actions;
pub mod audit;
pub mod clients;
pub mod common;
pub mod confirm;
pub mod conversations;
pub mod dialects;
pub mod feature_names;
pub mod features;
pub mod filters;
pub mod flash;
pub mod frame;
pub mod groups;
pub mod keys;
pub mod limits;
pub mod overview;
pub mod public;
pub mod registrations;
pub mod resources;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod time;
pub mod tokens;
pub mod usage;
pub mod user;
pub mod users;
pub mod virtual_keys;

#[cfg(not(feature = "ssr"))]
use page as source;
#[cfg(feature = "ssr")]
use request as source;

use language::Language;

/// Text of a constant table: a function, because the language is known only when the text is shown.
pub type Label = fn() -> &'static str;

/// Returns the current language: of the open page in the browser, and of the request on the server. Without a page or request,
/// as on the command line, it is English.
#[must_use]
pub fn current() -> Language {
    source::language()
}
