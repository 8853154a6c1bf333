//! Routes of the forms that change something for a signed-in user.

use std::sync::LazyLock;

use app::{api::confirm::Confirm, screens::confirmations};
use axum::{Router, routing::post};

use super::{
    access, account, groups, limits, lists, resources,
    send::{FormRoute, send},
    users,
};
use crate::{route::is_at, state::AppState};

/// Paths of the confirmation dialogs, which have the same form.
static CONFIRMATIONS: LazyLock<Vec<String>> = LazyLock::new(confirmations);

/// Returns the forms that are not in a confirmation dialog.
fn forms() -> impl Iterator<Item = &'static FormRoute> {
    let panel = users::FORMS.iter().chain(groups::FORMS);
    let panel = panel.chain(access::FORMS).chain(resources::FORMS);
    let panel = panel.chain(lists::FORMS).chain(limits::FORMS);
    panel.chain(account::FORMS)
}

/// Returns the paths of the forms that change something for a signed-in user, with names of parameters in braces.
pub fn form_paths() -> impl Iterator<Item = &'static str> {
    let confirmations = CONFIRMATIONS.iter().map(String::as_str);
    forms().map(|(path, _)| *path).chain(confirmations)
}

/// Returns the routes of the forms that change something for a signed-in user, each at the path of its page.
pub(crate) fn routes() -> Router<AppState> {
    let router = forms().fold(Router::new(), |router, (path, form)| {
        router.route(path, form())
    });
    CONFIRMATIONS.iter().fold(router, |router, path| {
        router.route(path, post(send::<Confirm>))
    })
}

/// Returns whether a path is that of one of these forms.
pub(super) fn is_form(path: &str) -> bool {
    form_paths().any(|route| is_at(path, route))
}

#[cfg(test)]
mod tests {
    use super::is_form;

    #[test]
    fn only_form_addresses_match() {
        for (path, expected) in [
            ("/account", true),
            ("/account/keys/new", true),
            ("/users/ada/edit", true),
            ("/users/ada/sign-out", true),
            ("/users/ada/sessions/1/revoke", true),
            ("/users/ada/sessions", false),
            ("/users/ada/edit/", false),
            ("/users//edit", false),
            ("/users", false),
            ("/login", false),
            ("/register", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(is_form(path), expected, "{path}");
        }
    }
}
