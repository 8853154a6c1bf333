//! Lazily loaded groups of views, each with a file of wasm modules. A browser loads a group when the user first opens one of its
//! views. Code that all pages need is in the main module: see [`crate::routes`]. The paths are in [`crate::screens`].

use std::{fmt::Debug, pin::Pin};

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

use domain::{
    messages,
    problem::{Code, Problem},
};

use crate::{
    components::state::LoadErrorNotice,
    pages::{
        access_tokens, account, audit, confirm, conversations, features, groups, invite, keys,
        limits, login, overview, register, registrations, reset, resources, roles, sessions,
        settings, setup, usage,
        user::{self, dialogs},
        users,
    },
    text,
};

/// A view that a browser loads with the other views of its group.
pub trait LazyView: Debug + Send + Sync {
    /// Loads the group and renders the view, or an error if the group cannot be loaded.
    fn load(&self) -> LocalFuture<AnyView>;

    /// Loads the group without rendering.
    fn preload(&self) -> LocalFuture<Result<(), SplitLoaderError>>;
}

/// A future that borrows nothing and is not sent to other threads.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Declares views that are loaded together: the name of the group, its wasm module, the functions that load and preload it,
/// and each view. Code that several modules share is split into further modules, whose number grows with the number of
/// modules.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident in $module:ident by $load:ident, $preload:ident: $($screen:ident => $component:path),* $(,)?) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the screens are named as in the addresses")]
        #[derive(Debug, Clone, Copy)]
        pub enum $part {
            $($screen),*
        }

        impl LazyView for $part {
            fn load(&self) -> LocalFuture<AnyView> {
                let screen = *self;
                Box::pin(async move {
                    match $load(screen).await {
                        Ok(view) => view,
                        Err(_) => missing(),
                    }
                })
            }

            fn preload(&self) -> LocalFuture<Result<(), SplitLoaderError>> {
                Box::pin($preload())
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
    /// Pages for visitors, pages of the own account, the dialogs of provider API keys, and the confirmation dialog.
    Account in public by load_account, preload_account:
    SignIn => login::Login,
    Setup => setup::Setup,
    Reset => reset::Reset,
    PasswordChanged => reset::PasswordChanged,
    Register => register::Register,
    Registered => register::Registered,
    Invited => invite::Invited,
    InvitationAccepted => invite::InvitationAccepted,
    Page => account::Account,
    Profile => account::profile::Profile,
    Password => account::password::Password,
    Sessions => account::sessions::Sessions,
    Keys => keys::own::Keys,
    AddKey => keys::dialogs::Add,
    EditKey => keys::dialogs::Edit,
    Tokens => account::tokens::TokensTab,
    NewToken => account::new_token::NewToken,
    NewKey => account::new_key::NewKey,
    Preferences => account::preferences::Preferences,
    Data => account::data::Data,
    Delete => account::delete::Delete,
    Deleted => account::deleted::Deleted,
    Confirm => confirm::Confirm,
);
part!(
    /// The list of users, the most visited page.
    Users in users by load_users, preload_users: List => users::Users
);
part!(
    /// The dashboard, and other lists.
    Lists in lists by load_lists, preload_lists:
    Overview => overview::Overview,
    Sessions => sessions::Sessions,
    FailedSignIns => sessions::failed::Failed,
    Registrations => registrations::queue::Queue,
    Invitations => registrations::invitations::Invitations,
    Keys => keys::Keys,
);
part!(
    /// The page of a user, and the pages that share code with it: audit log, access tokens, settings, dialects and background jobs.
    User in user by load_user, preload_user:
    Page => user::UserPage,
    Overview => user::overview::OverviewTab,
    Sessions => user::Sessions,
    Keys => user::Keys,
    Data => user::Data,
    History => user::History,
    AuditLog => audit::Audit,
    AccessTokens => access_tokens::AccessTokens,
    Settings => settings::Settings,
    Dialects => settings::dialects::Dialects,
    Jobs => settings::jobs::Jobs,
);
part!(
    /// Dialogs above the pages of the panel.
    Dialogs in dialogs by load_dialogs, preload_dialogs:
    Create => dialogs::Create,
    Bulk => users::bulk::Bulk,
    Edit => dialogs::Edit,
    Suspend => user::SuspendUser,
    Delete => dialogs::Delete,
    Reset => dialogs::Reset,
    Reassign => dialogs::Reassign,
    NewKey => dialogs::NewKey,
    RotateKey => dialogs::RotateKey,
    EditVirtualKey => dialogs::EditVirtualKey,
    Revoke => sessions::revoke::Revoke,
    Approve => registrations::decide::Approve,
    Reject => registrations::decide::Reject,
    Reopen => registrations::decide::Reopen,
    Restore => registrations::decide::Restore,
    Invite => registrations::invite::Invite,
    ChangeInvitation => registrations::change::Change,
);

/// Declares the part with the pages about access, those of a table of lists included.
macro_rules! access_part {
    ({ $($own:tt)+ } $($one:ident $many:ident $icon:ident;)+) => {
        pastey::paste! {
            part!(
                $($own)+
                $(
                    [<$many:camel>] => crate::pages::$many::[<$many:camel>],
                    [<New $one>] => crate::pages::$many::New,
                    [<Edit $one>] => crate::pages::$many::Edit,
                    [<Delete $one>] => crate::pages::$many::Delete,
                )+
            );
        }
    };
}

domain::for_each_list! { access_part! {
    /// Pages about access: roles, clients and resources.
    Access in access by load_access, preload_access:
    Roles => roles::Roles,
    NewRole => roles::dialogs::New,
    EditRole => roles::dialogs::EditOf,
    CloneRole => roles::dialogs::CloneRole,
    DeleteRole => roles::delete::Delete,
    Resources => resources::Resources,
    NewResource => resources::new::NewResource,
    ResourcePage => resources::page::ResourcePage,
    GrantAccess => resources::dialogs::GrantAccess,
    TransferResource => resources::dialogs::TransferResource,
    TransferResources => resources::transfer::TransferResources,
    EditResource => resources::edit::EditResource,
    DeleteResource => resources::dialogs::DeleteResource,
} }

part!(
    /// Pages about groups and features, and the groups and features of a user.
    Groups in groups by load_groups, preload_groups:
    UserTab => user::access::AccessTab,
    UserGroups => user::access::groups::SetGroups,
    List => groups::Groups,
    New => groups::new::NewGroup,
    Page => groups::page::GroupPage,
    Members => groups::members::GroupMembers,
    GroupFeatures => groups::features::GroupFeatures,
    Resources => groups::resources::GroupResources,
    Activity => groups::activity::GroupActivity,
    Edit => groups::edit::EditGroup,
    Delete => groups::delete::DeleteGroup,
    AddMembers => groups::add::AddMembers,
    Invite => groups::links::InviteToGroup,
    ResetMember => groups::links::ResetMember,
    Features => features::Features,
    NewFeature => features::dialogs::NewFeature,
    AddFeatureSet => features::dialogs::AddFeatureSet,
    EditFeature => features::edit::EditFeature,
    DeleteFeature => features::dialogs::DeleteFeature,
);

part!(
    /// Pages about limits, usage and conversations.
    Metering in metering by load_metering, preload_metering:
    Adjust => user::limits::balance::Adjust,
    Conversation => conversations::reader::Reader,
    Conversations => conversations::Conversations,
    DeleteLimit => limits::dialogs::Delete,
    EditLimit => limits::dialogs::Edit,
    Limits => limits::Limits,
    NewLimit => limits::dialogs::New,
    OwnUsage => account::usage::Usage,
    ResetShared => limits::balance::Reset,
    ResetUsed => user::limits::balance::Reset,
    ResetUsageOfUsers => users::reset_usage::ResetUsage,
    SetLimitOfUsers => users::set_limit::SetLimit,
    SetUserLimit => user::limits::set::SetLimit,
    TopUp => user::limits::balance::TopUp,
    TopUpShared => limits::balance::TopUp,
    Usage => usage::Usage,
    UserLimits => user::limits::LimitsTab,
    UserUsage => user::usage::UsageTab,
);

/// Renders the error if a module could not be loaded: the network is down, or the server has been upgraded and has other modules.
fn missing() -> AnyView {
    let problem = Problem::new(Code::Unavailable, messages::part_not_loaded());
    let problem = text::message::of_problem(problem);
    view! { <LoadErrorNotice title=text::frame::module_missing() problem=problem /> }.into_any()
}
