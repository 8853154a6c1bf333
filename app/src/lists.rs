//! Table of the screens that are a list of a resource, each in one line.

/// Calls a macro with the table of the lists, after what the caller has of its own.
///
/// A line has the type of the resource, the module with its page, its server functions and its texts, and the icon in the sidebar. The
/// line `Client clients Building;` declares:
///
/// | item | of |
/// |---|---|
/// | the screen `/clients`, named `text::clients::title`, with the dialogs `new`, `:id/edit` and `:id/delete` | [`screens`](crate::screens) |
/// | their views `Clients`, `New`, `Edit` and `Delete` of `pages::clients` | [`Access`](crate::parts::Access) |
/// | the forms `CreateClient`, `EditClient` and `DeleteClient` of `api::clients` | the server |
#[macro_export]
macro_rules! for_each_list {
    ($callback:ident! $own:tt) => {
        $callback! { $own
            Client clients Building;
        }
    };
}
