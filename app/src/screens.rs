//! Screens of the app, one entry for each: path, access, title, link in the sidebar, view, and the tabs and dialogs below it.
//! The name of a view begins with the group that is loaded with it, as declared in [`crate::parts`]. Routes, access, sidebar,
//! document titles and preloading are derived from the entries.

mod access;
mod access_level;
mod account;
mod lists;
mod metering;
mod node;
mod operation;

use domain::permission::Permission;
use leptos::wasm_split::SplitLoaderError;

pub use self::access_level::Access;
pub(crate) use self::node::Node;
use self::node::USER_CONFIRMATIONS;
use crate::{
    components::{frame::SidebarLink, icon::Icon},
    parts::{Account, Dialogs, Groups, LazyView, Lists, Metering, User, Users},
    text,
};

/// Screens of visitors, of the own account and of users.
static USERS: &[Screen] = &[
    Screen::public("/login", &Account::SignIn),
    Screen::public("/setup", &Account::Setup),
    Screen::public("/reset", &Account::Reset),
    Screen::public("/reset/done", &Account::PasswordChanged),
    Screen::public("/register", &Account::Register),
    Screen::public("/register/done", &Account::Registered),
    Screen::public("/invite", &Account::Invited),
    Screen::public("/invite/done", &Account::InvitationAccepted),
    Screen::public("/account/deleted", &Account::Deleted),
    account::ACCOUNT,
    Screen::panel("/overview", &Lists::Overview).in_sidebar(
        text::frame::screen_overview,
        Icon::Gauge,
        Permission::UsersRead,
    ),
    Screen::panel("/users", &Users::List)
        .in_sidebar(
            text::frame::screen_users,
            Icon::Users,
            Permission::UsersRead,
        )
        .with(&[
            Node::new("new", &Dialogs::Create),
            metering::LIMIT_OF_USERS,
            metering::USAGE_OF_USERS,
            Node::new("bulk/:action", &Dialogs::Bulk),
        ]),
    // The title is the name of the user.
    Screen::panel("/users/:user", &User::Page).with(&[
        Node::new("", &User::Overview).with(&USER_CONFIRMATIONS),
        Node::new("sessions", &User::Sessions).with(&[Node::confirmation(":id/revoke")]),
        Node::new("keys", &User::Keys).with(&[
            Node::new("tokens/new", &Dialogs::NewKey),
            Node::new("tokens/:id/rotate", &Dialogs::RotateKey),
            Node::new("tokens/:id/edit", &Dialogs::EditVirtualKey),
            Node::confirmation("tokens/:id/block"),
            Node::confirmation("tokens/:id/unblock"),
            Node::confirmation("tokens/:id/end-previous"),
            Node::confirmation("tokens/:id/revoke"),
            Node::confirmation(":id/revoke"),
        ]),
        Node::new("data", &User::Data),
        Node::new("access", &Groups::UserTab).with(&[Node::new("groups", &Groups::UserGroups)]),
        Node::new("usage", &Metering::UserUsage),
        metering::USER_LIMITS,
        Node::new("history", &User::History),
        Node::new("edit", &Dialogs::Edit),
        Node::new("suspend", &Dialogs::Suspend),
        Node::new("delete", &Dialogs::Delete),
        Node::new("reset", &Dialogs::Reset),
        Node::new("reassign", &Dialogs::Reassign),
    ]),
];

/// Screens of sessions, registrations, keys, tokens, and of the operation of the server.
static SERVER: &[Screen] = &[
    Screen::panel("/sessions/failed", &Lists::FailedSignIns)
        .titled(text::frame::screen_failed_sign_ins),
    Screen::panel("/sessions", &Lists::Sessions)
        .in_sidebar(
            text::frame::screen_sessions,
            Icon::Monitor,
            Permission::SessionsRead,
        )
        .with(&[
            Node::new("revoke", &Dialogs::Revoke),
            Node::confirmation(":id/revoke"),
        ]),
    Screen::panel("/registrations/invitations", &Lists::Invitations)
        .titled(text::frame::screen_registrations)
        .with(&[
            Node::new("new", &Dialogs::Invite),
            Node::new(":id/resend", &Dialogs::ChangeInvitation),
            Node::confirmation(":id/revoke"),
        ]),
    Screen::panel("/registrations", &Lists::Registrations)
        .in_sidebar(
            text::frame::screen_registrations,
            Icon::User,
            Permission::RegistrationsRead,
        )
        .with(&[
            Node::new("approve", &Dialogs::Approve),
            Node::new("reject", &Dialogs::Reject),
            Node::new("reopen", &Dialogs::Reopen),
            Node::new("restore", &Dialogs::Restore),
        ]),
    Screen::panel("/keys", &Lists::Keys)
        .in_sidebar(text::frame::screen_keys, Icon::Key, Permission::ApiKeysRead)
        .with(&[
            Node::new("new", &Account::AddKey),
            Node::new(":id/edit", &Account::EditKey),
            Node::confirmation(":id/delete"),
        ]),
    Screen::panel("/tokens", &User::AccessTokens)
        .in_sidebar(
            text::frame::screen_tokens,
            Icon::Shield,
            Permission::TokensRead,
        )
        .with(&[
            Node::confirmation(":id/revoke"),
            Node::confirmation(":id/end-previous"),
        ]),
    operation::AUDIT_LOG,
    operation::SETTINGS,
    operation::DIALECTS,
    operation::JOBS,
];

/// A page, with its tabs and dialogs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    access: Access,
    /// Icon in the sidebar, and permission without which the sidebar does not list the screen.
    sidebar: Option<(Icon, Permission)>,
    /// The page and all below it.
    pub(crate) node: Node,
}

impl Screen {
    const fn new(access: Access, path: &'static str, view: &'static dyn LazyView) -> Self {
        Self {
            access,
            sidebar: None,
            node: Node::new(path, view),
        }
    }

    /// Creates a screen for every visitor.
    const fn public(path: &'static str, view: &'static dyn LazyView) -> Self {
        Self::new(Access::Public, path, view)
    }

    /// Creates a screen of the signed-in user's own account.
    const fn own(path: &'static str, view: &'static dyn LazyView) -> Self {
        Self::new(Access::SignedIn, path, view)
    }

    /// Creates a screen of the panel, inside its frame.
    const fn panel(path: &'static str, view: &'static dyn LazyView) -> Self {
        Self::new(Access::Panel, path, view)
    }

    /// Creates a screen of the panel that managers of groups can open, too.
    const fn of_groups(path: &'static str, view: &'static dyn LazyView) -> Self {
        Self::new(Access::Groups, path, view)
    }

    /// Sets the document title.
    const fn titled(mut self, title: text::Label) -> Self {
        self.node.title = Some(title);
        self
    }

    /// Adds a link to the sidebar, for users with the permission. The document title is its name.
    const fn in_sidebar(self, name: text::Label, icon: Icon, permission: Permission) -> Self {
        let mut screen = self.titled(name);
        screen.sidebar = Some((icon, permission));
        screen
    }

    /// Adds the tabs and dialogs.
    const fn with(mut self, below: &'static [Node]) -> Self {
        self.node = self.node.with(below);
        self
    }

    /// Returns whether the screen is in the frame of the panel.
    pub(crate) fn is_of_panel(&self) -> bool {
        matches!(self.access, Access::Groups | Access::Panel)
    }

    /// Returns whether a path is that of the page, or below a page with tabs or dialogs.
    fn includes(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.node.pattern.0);
        rest.is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with('/') && !self.node.below.is_empty())
        })
    }
}

/// Returns every screen, in the order in which their paths are matched, and in that of the sidebar.
pub(crate) fn screens() -> impl Iterator<Item = &'static Screen> {
    let parts = [
        USERS,
        access::GROUPS_AND_ROLES,
        lists::SCREENS,
        access::HOST,
        metering::SCREENS,
        SERVER,
    ];
    parts.into_iter().flatten()
}

/// Returns the links of the sidebar.
pub(crate) fn sidebar() -> Vec<SidebarLink> {
    let link = |screen: &Screen| {
        let (icon, permission) = screen.sidebar?;
        Some(SidebarLink {
            path: screen.node.pattern.0,
            name: screen.node.title?,
            icon,
            permission,
        })
    };
    screens().filter_map(link).collect()
}

/// Returns the parameter at the end of a page's path, such as the number of a user; `None` for a page without one.
pub(crate) fn page_parameter(path: &str) -> Option<String> {
    let screen = screens().find(|screen| screen.node.views(path).is_some())?;
    screen.node.pattern.last_parameter(path)
}

/// Returns the access level of the page at a path; that of the panel for other paths. Server functions have their own checks.
#[must_use]
pub fn access(path: &str) -> Access {
    screens()
        .find(|screen| screen.includes(path))
        .map_or(Access::Panel, |screen| screen.access)
}

/// Loads the modules for the page at a path. Hydration of a page cannot wait for a module, so they have to be loaded before.
///
/// # Errors
/// Fails when a module cannot be loaded. The page still works as the server rendered it.
pub async fn preload(path: &str) -> Result<(), SplitLoaderError> {
    // A dialog above the page can be in another module than the page.
    for view in views(path) {
        view.preload().await?;
    }
    Ok(())
}

/// Returns the views at a path, from the outermost to the innermost; none for a path without a screen.
fn views(path: &str) -> Vec<&'static dyn LazyView> {
    screens()
        .find_map(|screen| screen.node.views(path))
        .unwrap_or_default()
}

/// Returns the path of every confirmation dialog, as in the routes of the server.
#[must_use]
pub fn confirmations() -> Vec<String> {
    let nodes = screens().flat_map(|screen| screen.node.all(""));
    let dialogs = nodes.filter(|(_, node)| node.is_confirmation);
    dialogs.map(|(path, _)| path).collect()
}

/// Returns the path of every page, tab and dialog, with names of parameters as their values.
#[cfg(test)]
pub(crate) fn paths() -> Vec<(Access, String)> {
    let mut paths = Vec::new();
    for screen in screens() {
        let nodes = screen.node.all("").into_iter();
        // A tab at the empty path has the path of its page.
        let nodes = nodes.filter(|(_, node)| !node.pattern.0.is_empty());
        paths.extend(nodes.map(|(path, _)| (screen.access, path.replace(['{', '}'], ""))));
    }
    paths
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::users::action::UserAction;

    use super::*;

    #[test]
    fn every_path_is_unique_and_has_views() {
        let mut unique = HashSet::new();
        for (_, path) in paths() {
            assert!(!views(&path).is_empty(), "{path}");
            assert!(unique.insert(path.clone()), "{path}");
        }
    }

    #[test]
    fn every_path_requires_the_access_of_its_screen() {
        for (expected, path) in paths() {
            assert_eq!(access(&path), expected, "{path}");
        }
    }

    #[test]
    fn every_confirmed_action_on_a_user_has_a_dialog() {
        let confirmations = confirmations();
        for action in UserAction::ALL
            .iter()
            .filter(|action| action.is_confirmed())
        {
            let path = format!("/users/{{user}}/{}", action.as_str());
            assert!(confirmations.contains(&path), "{path}");
        }
        for (path, node) in screens().flat_map(|screen| screen.node.all("")) {
            let is_confirmation = format!("{:?}", node.view) == "Confirm";
            assert_eq!(confirmations.contains(&path), is_confirmation, "{path}");
        }
    }

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
            ("/account/deleted", Access::Public),
            ("/account", Access::SignedIn),
            ("/account/", Access::SignedIn),
            ("/account/anything", Access::SignedIn),
            ("/account/keys/new", Access::SignedIn),
            ("/groups", Access::Groups),
            ("/groups/1/features", Access::Groups),
            ("/groupsx", Access::Panel),
            ("/accounts", Access::Panel),
            ("/audit", Access::Panel),
            ("/login/", Access::Panel),
            ("/login/x", Access::Panel),
            ("/", Access::Panel),
            ("/anything", Access::Panel),
        ] {
            assert_eq!(access(path), expected, "{path}");
        }
    }

    #[test]
    fn views_of_a_path_are_those_of_its_page_tab_and_dialog() {
        for (path, expected) in [
            ("/login", "[SignIn]"),
            ("/account/deleted", "[Deleted]"),
            ("/account", "[Page, Profile]"),
            ("/account/tokens", "[Page, Tokens]"),
            ("/account/tokens/new", "[Page, NewToken]"),
            ("/account/tokens/new-key", "[Page, NewKey]"),
            ("/account/tokens/1/revoke", "[Page, Tokens, Confirm]"),
            ("/users", "[List]"),
            ("/users/", "[List]"),
            ("/users/new", "[List, Create]"),
            ("/users/bulk/delete", "[List, Bulk]"),
            ("/users/bulk/limit", "[List, SetLimitOfUsers]"),
            ("/users/bulk/reset-usage", "[List, ResetUsageOfUsers]"),
            ("/users/ada", "[Page, Overview]"),
            ("/users/ada/sign-out", "[Page, Overview, Confirm]"),
            ("/users/ada/revoke-links", "[Page, Overview, Confirm]"),
            ("/users/ada/edit", "[Page, Edit]"),
            ("/users/ada/access", "[Page, UserTab]"),
            ("/users/ada/access/groups", "[Page, UserTab, UserGroups]"),
            ("/users/ada/usage", "[Page, UserUsage]"),
            ("/usage", "[Usage]"),
            ("/users/ada/limits", "[Page, UserLimits]"),
            (
                "/users/ada/limits/cost/set",
                "[Page, UserLimits, SetUserLimit]",
            ),
            ("/users/ada/limits/1/adjust", "[Page, UserLimits, Adjust]"),
            ("/limits/1/edit", "[Limits, EditLimit]"),
            ("/account/usage", "[Page, OwnUsage]"),
            ("/users/ada/sessions/1/revoke", "[Page, Sessions, Confirm]"),
            ("/users/ada/keys/tokens/1/revoke", "[Page, Keys, Confirm]"),
            (
                "/users/ada/keys/tokens/1/edit",
                "[Page, Keys, EditVirtualKey]",
            ),
            ("/groups", "[List]"),
            ("/groups/new", "[List, New]"),
            ("/groups/1", "[Page, Members]"),
            ("/groups/1/edit", "[Page, Members, Edit]"),
            ("/groups/1/members/2/reset", "[Page, Members, ResetMember]"),
            ("/groups/1/features", "[Page, GroupFeatures]"),
            ("/sessions/failed", "[FailedSignIns]"),
            ("/sessions/revoke", "[Sessions, Revoke]"),
            ("/registrations/invitations", "[Invitations]"),
            ("/registrations/invitations/new", "[Invitations, Invite]"),
            ("/keys/1/edit", "[Keys, EditKey]"),
            ("/resources/new", "[Resources, NewResource]"),
            ("/resources/transfer", "[Resources, TransferResources]"),
            ("/resources/1", "[ResourcePage]"),
            ("/resources/1/transfer", "[ResourcePage, TransferResource]"),
            ("/features/chat.call/edit", "[Features, EditFeature]"),
            ("/conversations", "[Conversations]"),
            ("/conversations/1", "[Conversation]"),
            ("/settings/dialects", "[Dialects]"),
            ("/settings/jobs/1/retry", "[Jobs, Confirm]"),
            ("/users/ada/anything", "[]"),
            ("/anything", "[]"),
        ] {
            assert_eq!(format!("{:?}", views(path)), expected, "{path}");
        }
    }

    #[test]
    fn pages_of_one_object_end_with_a_parameter() {
        for (path, expected) in [
            ("/users/ada", Some("ada")),
            ("/users/ada/sessions/1/revoke", Some("ada")),
            ("/users", None),
            ("/users/", None),
            ("/users/new", None),
            ("/users/bulk/delete", None),
            ("/sessions/1/revoke", None),
            ("/groups/1/features", Some("1")),
            ("/resources", None),
            ("/resources/new", None),
            ("/resources/1", Some("1")),
            ("/resources/1/transfer", Some("1")),
            ("/conversations", None),
            ("/conversations/1", Some("1")),
            ("/anything", None),
        ] {
            assert_eq!(page_parameter(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn every_link_of_the_sidebar_opens_a_screen_of_the_panel() {
        let links = sidebar();
        let listed = screens().filter(|screen| screen.sidebar.is_some());
        assert_eq!(links.len(), listed.count());
        for link in links {
            let is_of_panel = matches!(access(link.path), Access::Groups | Access::Panel);
            assert!(is_of_panel, "{}", link.path);
            assert_eq!(views(link.path).len(), 1, "{}", link.path);
        }
    }

    #[test]
    fn only_pages_of_one_object_set_their_own_titles_in_the_panel() {
        let untitled: Vec<&str> = screens()
            .filter(|screen| screen.is_of_panel() && screen.node.title.is_none())
            .map(|screen| screen.node.pattern.0)
            .collect();
        assert_eq!(untitled, ["/users/:user", "/groups/:group"]);
    }
}
