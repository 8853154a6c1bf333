//! The screens in the parts in which a browser loads them: a part comes when somebody goes to one of its screens, and stays.
//! What all of them need comes first: see [`crate::routes`].

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::ChooseView;

use domain::problem::{Code, Problem};

use crate::{
    components::state::LoadFailure,
    pages::{
        access_tokens, account, audit, confirm, invite, keys, login, overview,
        person::{self, dialogs},
        register, registrations, reset, sessions, settings, setup, users,
    },
};

/// Declares screens that are loaded together: their name, the module that they are in, the functions that load it, and each of
/// them. What several modules share comes in modules of its own, of which there are the more the more there are of these.
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
                // If it fails now, it is tried once more.
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
    /// What is open to everyone.
    Door in door by load_door, preload_door:
    SignIn => login::Login,
    Setup => setup::Setup,
    Reset => reset::Reset,
    ResetDone => reset::ResetDone,
    Deleted => account::deleted::Deleted,
    Register => register::Register,
    Registered => register::Registered,
    Invited => invite::Invited,
    InvitationAccepted => invite::InvitationAccepted,
);
part!(
    /// One's own account, the dialogs over keys of providers, whosever they are, and the one before what cannot be undone.
    Own in door by load_own, preload_own:
    Account => account::Account,
    Profile => account::profile::Profile,
    Password => account::password::Password,
    Sessions => account::sessions::Sessions,
    Keys => account::keys::Keys,
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
    /// The first screen of the panel.
    Home in lists by load_home, preload_home: Overview => overview::Overview
);
part!(
    /// The list of people.
    Users in users by load_users, preload_users: List => users::Users
);
part!(
    /// Everybody's sessions.
    Sessions in lists by load_sessions, preload_sessions:
    List => sessions::Sessions,
    Failed => sessions::failed::Failed,
);
part!(
    /// Everybody's access tokens.
    Tokens in person by load_tokens, preload_tokens: List => access_tokens::AccessTokens
);
part!(
    /// Who waits to be let in, and who is invited.
    Registrations in lists by load_registrations, preload_registrations:
    Waiting => registrations::waiting::Waiting,
    Invitations => registrations::invitations::Invitations,
);
part!(
    /// The system's keys of providers.
    Keys in lists by load_keys, preload_keys: List => keys::Keys
);
part!(
    /// The record, which is drawn as a person's history is.
    Audit in person by load_audit, preload_audit: List => audit::Audit
);
part!(
    /// What is set, and jobs.
    Settings in person by load_settings, preload_settings:
    All => settings::Settings,
    Jobs => settings::jobs::Jobs,
);
part!(
    /// A person.
    Person in person by load_person, preload_person:
    Page => person::PersonPage,
    Overview => person::overview::OverviewTab,
    Sessions => person::Sessions,
    Keys => person::Keys,
    Data => person::Data,
    History => person::History,
);
part!(
    /// What is done in the panel, each a dialog over a screen.
    Dialogs in dialogs by load_dialogs, preload_dialogs:
    Create => dialogs::Create,
    Bulk => users::bulk::Bulk,
    Edit => dialogs::Edit,
    Suspend => dialogs::SuspendPerson,
    Delete => dialogs::Delete,
    Reset => dialogs::Reset,
    Reassign => dialogs::Reassign,
    Revoke => sessions::revoke::Revoke,
    Approve => registrations::decide::Approve,
    Reject => registrations::decide::Reject,
    Invite => registrations::invite::Invite,
    ChangeInvitation => registrations::change::Change,
);

/// Loads what the screen at an address is made of. A page that the server drew is taken over in one go, so that has to be
/// there before.
///
/// # Errors
/// When it cannot be loaded. The page can be used as the server drew it.
pub async fn preload(path: &str) -> Result<(), SplitLoaderError> {
    let words: Vec<&str> = path.split('/').skip(1).collect();
    match words.as_slice() {
        ["account", "deleted"] => return preload_door().await,
        ["account", ..] => return preload_own().await,
        ["overview", ..] => return preload_home().await,
        ["sessions", ..] => preload_sessions().await?,
        ["tokens", ..] => preload_tokens().await?,
        ["registrations", ..] => preload_registrations().await?,
        ["keys", ..] => preload_keys().await?,
        ["settings", ..] => preload_settings().await?,
        ["audit", ..] => preload_audit().await?,
        ["users"] | ["users", "" | "new" | "bulk", ..] => preload_users().await?,
        ["users", ..] => preload_person().await?,
        _ => return preload_door().await,
    }
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

/// A part could not be loaded: the network is gone, or the server is of a newer version by now and has another one.
fn missing() -> AnyView {
    let problem = Problem::new(
        Code::Unavailable,
        "The server cannot be reached, or there is a newer version of the panel.",
    );
    view! { <LoadFailure title="This screen could not be loaded" problem=problem /> }.into_any()
}
