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

/// Declares a part: its name, the function that it is loaded by, and its screens.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident by $load:ident: $($screen:ident => $component:path),* $(,)?) => {
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

            async fn preload(&self) {}
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
    Door by load_door: SignIn => LoginPage, Setup => Setup, Reset => Reset, ResetDone => ResetDone
);
part!(
    /// What is for everyone who is signed in.
    Own by load_own: Account => AccountPage
);
part!(
    /// The first screen of the panel.
    Home by load_home: Overview => Overview
);
part!(
    /// The list of people.
    Users by load_users: List => UsersPage, Create => Create, Bulk => Bulk
);
part!(
    /// A person, and what is done to them.
    Person by load_person:
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
