//! Routes of the forms that change something for a signed-in user.

use axum::Router;

use super::{account, users};
use crate::state::AppState;

/// Returns the routes of the forms that change something for a signed-in user, each at the path of its page.
pub(crate) fn routes() -> Router<AppState> {
    let forms = users::FORMS.iter().chain(account::FORMS);
    forms.fold(Router::new(), |router, (path, form)| {
        router.route(path, form())
    })
}

/// Returns whether a path is that of one of these forms.
pub(super) fn is_form(path: &str) -> bool {
    let fits = |route: &str| {
        let mut names = path.split('/');
        let fits = route.split('/').all(|part| {
            let name = names.next().unwrap_or_default();
            name == part || (part.starts_with('{') && !name.is_empty())
        });
        fits && names.next().is_none()
    };
    let mut forms = users::FORMS.iter().chain(account::FORMS);
    forms.any(|(route, _)| fits(route))
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
