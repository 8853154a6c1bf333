//! Access level that each page requires.

/// Users who can open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Every visitor, signed in or not.
    Public,
    /// Signed-in users.
    SignedIn,
    /// Users with a permission for the admin panel.
    Panel,
}

/// Returns the access level of the page at a path. The server checks it before it renders the page; the server functions
/// that load the data of the page check their own permissions in addition.
#[must_use]
pub fn access(path: &str) -> Access {
    match path {
        "/login" | "/setup" | "/reset" | "/reset/done" | "/register" | "/register/done"
        | "/invite" | "/invite/done" | "/account/deleted" => Access::Public,
        "/account" => Access::SignedIn,
        _ if path.starts_with("/account/") => Access::SignedIn,
        _ => Access::Panel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_require_panel_access_by_default() {
        for (path, expected) in [
            ("/login", Access::Public),
            ("/setup", Access::Public),
            ("/reset", Access::Public),
            ("/reset/done", Access::Public),
            ("/register", Access::Public),
            ("/register/done", Access::Public),
            ("/invite", Access::Public),
            ("/invite/done", Access::Public),
            ("/registrations", Access::Panel),
            ("/audit", Access::Panel),
            ("/account", Access::SignedIn),
            ("/account/password", Access::SignedIn),
            ("/account/keys/new", Access::SignedIn),
            ("/keys", Access::Panel),
            ("/account/tokens/new", Access::SignedIn),
            ("/tokens", Access::Panel),
            ("/account/deleted", Access::Public),
            ("/accounts", Access::Panel),
            ("/users", Access::Panel),
            ("/login/x", Access::Panel),
            ("/anything", Access::Panel),
        ] {
            assert_eq!(access(path), expected, "{path}");
        }
    }
}
