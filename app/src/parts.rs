//! The screens in the parts in which a browser loads them: a part comes when somebody goes to one of its screens, and stays.
//! What all of them need comes first: see [`crate::routes`].

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::ChooseView;

use domain::problem::{Code, Problem};

use crate::components::state::LoadFailure;
use crate::pages::{
    account::Account as AccountPage,
    login::Login as LoginPage,
    overview::Overview,
    person::{
        self, PersonPage,
        dialogs::{self, Create, Delete, Edit, Reassign, SuspendPerson},
    },
    reset::{Reset, ResetDone},
    setup::Setup,
    users::{Users as UsersPage, bulk::Bulk},
};

/// Declares a part: its name, its module, the functions that load it, and its screens.
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
    Door in door by load_door, preload_door: SignIn => LoginPage, Setup => Setup, Reset => Reset, ResetDone => ResetDone
);
part!(
    /// What is for everyone who is signed in.
    Own in own by load_own, preload_own: Account => AccountPage
);
part!(
    /// The first screen of the panel.
    Home in home by load_home, preload_home: Overview => Overview
);
part!(
    /// The list of people.
    Users in users by load_users, preload_users: List => UsersPage, Create => Create, Bulk => Bulk
);
part!(
    /// A person, and what is done to them.
    Person in person by load_person, preload_person:
    Page => PersonPage,
    Overview => person::overview::Overview,
    Sessions => person::Sessions,
    Keys => person::Keys,
    Data => person::Data,
    History => person::History,
    Edit => Edit,
    Suspend => SuspendPerson,
    Delete => Delete,
    Reset => dialogs::Reset,
    Reassign => Reassign,
);

/// Loads what the screen at an address is made of. A page that the server drew is taken over in one go, so that has to be
/// there before.
///
/// # Errors
/// When it cannot be loaded. The page can be used as the server drew it.
pub async fn preload(path: &str) -> Result<(), SplitLoaderError> {
    let mut words = path.split('/').skip(1);
    match (words.next().unwrap_or_default(), words.next()) {
        ("overview", _) => preload_home().await,
        ("users", None | Some("" | "new" | "bulk")) => preload_users().await,
        ("users", Some(_)) => preload_person().await,
        ("account", _) => preload_own().await,
        _ => preload_door().await,
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
