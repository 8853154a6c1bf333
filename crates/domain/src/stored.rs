//! Current state of an object that was changed since a caller read it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::permission::Permission;

/// Declares every kind of object with a version in one entry: description, type, its module, and the permission to read it.
macro_rules! stored_objects {
    ($($(#[$description:meta])+ $object:ident of crate::$module:ident, $to_read:ident;)+) => {
        /// An object as it is stored now.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum StoredObject { $($(#[$description])+ $object(crate::$module::$object),)+ }

        impl StoredObject {
            /// Returns the permission to read the object.
            #[must_use]
            pub const fn to_read(&self) -> Permission {
                match self { $(Self::$object(_) => Permission::$to_read,)+ }
            }

            /// Returns the version of the object, incremented by each change.
            #[must_use]
            pub const fn version(&self) -> i32 {
                match self { $(Self::$object(object) => object.version,)+ }
            }

            /// Returns the names of the schemas of all kinds of objects.
            #[must_use]
            pub fn schema_names() -> Vec<Cow<'static, str>> {
                vec![$(<crate::$module::$object as ToSchema>::name(),)+]
            }
        }
    };
}

/// Declares the resources, and the objects of a table after them.
macro_rules! with_resources {
    ({ $($own:tt)* } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            stored_objects! {
                $(#[doc = $object] $one of crate::$many, [<$many:camel Read>];)+
                $($own)*
            }
        }
    };
}

crate::for_each_resource! { with_resources! {
    /// A limit.
    Limit of crate::limits, LimitsRead;
    /// A virtual key.
    AccessToken of crate::access_tokens, TokensRead;
} }
