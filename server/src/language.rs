//! Language of a response.

use app::{preferences::Preferences, text::language::Language};
use axum::{extract::Request, http::header};

/// Whether users can select the pseudo-language: on development servers only.
pub(crate) const PSEUDO_LANGUAGE: bool = cfg!(debug_assertions);

/// Returns the language of the response: the one that the user has chosen, or else the best one that the browser accepts. The
/// API is in English.
pub(crate) fn language(request: &Request, preferences: Preferences) -> Language {
    if request.uri().path().starts_with("/api/") {
        return Language::default();
    }
    let chosen = preferences.language;
    let chosen = chosen.filter(|language| PSEUDO_LANGUAGE || *language != Language::Pseudo);
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    chosen
        .or_else(|| accepted.map(Language::accepted))
        .unwrap_or_default()
}
