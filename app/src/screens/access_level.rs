//! Access to pages.

/// Users who can open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Every visitor, signed in or not.
    Public,
    /// Signed-in users.
    SignedIn,
    /// Users with a permission for the admin panel, and managers of groups.
    Groups,
    /// Users with a permission for the admin panel.
    Panel,
}
