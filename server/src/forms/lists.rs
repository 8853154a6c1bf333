//! Forms on the screens that are a list of a resource.

use axum::routing::post;

use super::send::{FormRoute, send};

/// Declares the forms of a table.
macro_rules! forms {
    ({} $($one:ident $many:ident $icon:ident;)+) => {
        pastey::paste! {
            /// Forms, each at the path of its page.
            pub(super) const FORMS: &[FormRoute] = &[
                $(
                    (concat!("/", stringify!($many), "/new"), || post(send::<app::api::$many::[<Create $one>]>)),
                    (concat!("/", stringify!($many), "/{id}/edit"), || post(send::<app::api::$many::[<Edit $one>]>)),
                    (concat!("/", stringify!($many), "/{id}/delete"), || post(send::<app::api::$many::[<Delete $one>]>)),
                )+
            ];
        }
    };
}

domain::for_each_list! { forms! {} }
