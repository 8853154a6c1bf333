//! The screens in the parts in which a browser loads them: a part comes when somebody goes to one of its screens, and stays.
//! What all of them need comes first: see [`crate::routes`].

use leptos::prelude::*;
use leptos_router::ChooseView;

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

/// Declares a part: its name, the function that it is loaded by, what `lazy` calls that which only loads, and its screens.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident by $load:ident, $preload:ident: $($screen:ident => $component:path),* $(,)?) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the screens are named as in the addresses")]
        #[derive(Debug, Clone, Copy)]
        pub enum $part {
            $($screen),*
        }

        impl ChooseView for $part {
            async fn choose(self) -> AnyView {
                $load(self).await
            }

            async fn preload(&self) {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }
        }

        #[lazy]
        fn $load(screen: $part) -> AnyView {
            match screen {
                $($part::$screen => $component().into_any()),*
            }
        }
    };
}

part!(
    /// What is open to everyone.
    Door by load_door, __preload_load_door: SignIn => LoginPage, Setup => Setup, Reset => Reset, ResetDone => ResetDone
);
part!(
    /// What is for everyone who is signed in.
    Own by load_own, __preload_load_own: Account => AccountPage
);
part!(
    /// The first screen of the panel.
    Home by load_home, __preload_load_home: Overview => Overview
);
part!(
    /// The list of people.
    Users by load_users, __preload_load_users: List => UsersPage, Create => Create, Bulk => Bulk
);
part!(
    /// A person, and what is done to them.
    Person by load_person, __preload_load_person:
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
pub async fn preload(path: &str) {
    let mut words = path.split('/').skip(1);
    match (words.next().unwrap_or_default(), words.next()) {
        ("overview", _) => Home::Overview.preload().await,
        ("users", None | Some("" | "new" | "bulk")) => Users::List.preload().await,
        ("users", Some(_)) => Person::Page.preload().await,
        ("account", _) => Own::Account.preload().await,
        _ => Door::SignIn.preload().await,
    }
}
