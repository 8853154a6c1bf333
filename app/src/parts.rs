//! Lazily loaded groups of pages. A browser loads a group when the user first opens one of its pages. Code that all pages
//! need is in the main module: see [`crate::routes`].

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::ChooseView;

use domain::problem::{Code, Problem};

use crate::{
    components::state::LoadErrorNotice,
    pages::{
        access_tokens, account, audit, confirm, invite, keys, login, overview, register,
        registrations, reset, sessions, settings, setup,
        user::{self, dialogs},
        users,
    },
};

/// Declares pages that are loaded together: the name of the group, its wasm module, the functions that load and preload it,
/// and each page. Code that several modules share is split into further modules, whose number grows with the number of
/// modules.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident in $module:ident by $load:ident, $preload:ident: $($screen:ident => $component:path),* $(,)?) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the screens are named as in the addresses")]
        #[derive(Debug, Clone, Copy)]
        pub enum $part {
            $($screen),*
        }

        impl ChooseView for $part {
            async fn choose(self) -> AnyView {
                match $load(self).await {
                    Ok(view) => view,
                    Err(_) => missing(),
                }
            }

            async fn preload(&self) {
                // If loading fails now, opening the page tries again.
                drop($preload().await);
            }
        }

        #[wasm_split($module, wasm_split_path = leptos::wasm_split, preload($preload), fallible)]
        fn $load(screen: $part) -> Result<AnyView, SplitLoaderError> {
            Ok(match screen {
                $($part::$screen => $component().into_any()),*
            })
        }
    };
}

part!(
    /// Pages that are open to all visitors.
    PublicPages in public by load_public, preload_public:
    SignIn => login::Login,
    Setup => setup::Setup,
    Reset => reset::Reset,
    PasswordChanged => reset::PasswordChanged,
    Deleted => account::deleted::Deleted,
    Register => register::Register,
    Registered => register::Registered,
    Invited => invite::Invited,
    InvitationAccepted => invite::InvitationAccepted,
);
part!(
    /// Account pages, the dialogs of provider API keys, and the confirmation dialog.
    Own in public by load_own, preload_own:
    Account => account::Account,
    Profile => account::profile::Profile,
    Password => account::password::Password,
    Sessions => account::sessions::Sessions,
    Keys => keys::own::Keys,
    AddKey => keys::dialogs::Add,
    EditKey => keys::dialogs::Edit,
    Tokens => account::tokens::TokensTab,
    NewToken => account::new_token::NewToken,
    Preferences => account::preferences::Preferences,
    Data => account::data::Data,
    Delete => account::delete::Delete,
    Confirm => confirm::Confirm,
);
part!(
    /// The dashboard, the first page of the panel.
    Home in lists by load_home, preload_home: Overview => overview::Overview
);
part!(
    /// The list of users.
    Users in users by load_users, preload_users: List => users::Users
);
part!(
    /// The sessions of all users, and the failed sign-ins.
    Sessions in lists by load_sessions, preload_sessions:
    List => sessions::Sessions,
    Failed => sessions::failed::Failed,
);
part!(
    /// The access tokens of all users.
    Tokens in user by load_tokens, preload_tokens: List => access_tokens::AccessTokens
);
part!(
    /// Pending registrations, and invitations.
    Registrations in lists by load_registrations, preload_registrations:
    Pending => registrations::pending::Pending,
    Invitations => registrations::invitations::Invitations,
);
part!(
    /// The provider API keys of the system.
    Keys in lists by load_keys, preload_keys: List => keys::Keys
);
part!(
    /// The audit log. It is in the module of the user pages, because it shares code with the history of a user.
    Audit in user by load_audit, preload_audit: List => audit::Audit
);
part!(
    /// Settings and background jobs.
    Settings in user by load_settings, preload_settings:
    All => settings::Settings,
    Jobs => settings::jobs::Jobs,
);
part!(
    /// The page of a user.
    User in user by load_user, preload_user:
    Page => user::UserPage,
    Overview => user::overview::OverviewTab,
    Sessions => user::Sessions,
    Keys => user::Keys,
    Data => user::Data,
    History => user::History,
);
part!(
    /// Dialogs above the pages of the panel.
    Dialogs in dialogs by load_dialogs, preload_dialogs:
    Create => dialogs::Create,
    Bulk => users::bulk::Bulk,
    Edit => dialogs::Edit,
    Suspend => dialogs::SuspendUser,
    Delete => dialogs::Delete,
    Reset => dialogs::Reset,
    Reassign => dialogs::Reassign,
    Revoke => sessions::revoke::Revoke,
    Approve => registrations::decide::Approve,
    Reject => registrations::decide::Reject,
    Invite => registrations::invite::Invite,
    ChangeInvitation => registrations::change::Change,
);

/// Loads the modules for the page at a path. Hydration of a page cannot wait for a module, so they have to be loaded before.
///
/// # Errors
/// Fails when a module cannot be loaded. The page still works as the server rendered it.
pub async fn preload(path: &str) -> Result<(), SplitLoaderError> {
    let words: Vec<&str> = path.split('/').skip(1).collect();
    match words.as_slice() {
        ["account", "deleted"] => return preload_public().await,
        ["account", ..] => return preload_own().await,
        ["overview", ..] => return preload_home().await,
        ["sessions", ..] => preload_sessions().await?,
        ["tokens", ..] => preload_tokens().await?,
        ["registrations", ..] => preload_registrations().await?,
        ["keys", ..] => preload_keys().await?,
        ["settings", ..] => preload_settings().await?,
        ["audit", ..] => preload_audit().await?,
        ["users"] | ["users", "" | "new" | "bulk", ..] => preload_users().await?,
        ["users", ..] => preload_user().await?,
        _ => return preload_public().await,
    }
    // A dialog above the page can be in another module than the page.
    let tabs = ["", "sessions", "keys", "data", "history", "invitations"];
    match words.as_slice() {
        ["users", "bulk", ..] => preload_dialogs().await,
        ["keys", _, ..] | [_, _, .., "revoke" | "sign-out" | "revoke-links" | "retry"] => {
            preload_own().await
        }
        ["sessions", "failed"] => Ok(()),
        ["users", "new", ..] | ["sessions" | "registrations", _, ..] => preload_dialogs().await,
        ["users", _, word] if !tabs.contains(word) => preload_dialogs().await,
        _ => Ok(()),
    }
}

/// Renders the error if a module could not be loaded: the network is down, or the server has been upgraded and has other modules.
fn missing() -> AnyView {
    let problem = Problem::new(
        Code::Unavailable,
        "The server cannot be reached, or Rollcall has been updated. Reload the page and try again.",
    );
    view! { <LoadErrorNotice title="This page could not be loaded" problem=problem /> }.into_any()
}
