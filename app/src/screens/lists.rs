//! Screens that are a list of a resource, with the dialogs that create, edit and delete one.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::Access, text};

/// Declares the screens of a table.
macro_rules! screens {
    ({} $($one:ident $many:ident $icon:ident;)+) => {
        pastey::paste! {
            /// Screens in the order of the table.
            pub(super) static SCREENS: &[Screen] = &[
                $(
                    Screen::panel(concat!("/", stringify!($many)), &Access::[<$many:camel>])
                        .in_sidebar(text::$many::title, Icon::$icon, Permission::[<$many:camel Read>])
                        .with(&[
                            Node::new("new", &Access::[<New $one>]),
                            Node::new(":id/edit", &Access::[<Edit $one>]),
                            Node::new(":id/delete", &Access::[<Delete $one>]),
                        ]),
                )+
            ];
        }
    };
}

domain::for_each_list! { screens! {} }
