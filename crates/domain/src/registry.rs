//! Table of the resources that administrators manage, each in one line.

/// Calls a macro with the table of the resources, after what the caller has of its own.
///
/// A line has the type of the resource, the module with the types and the texts, the audited actions, a description of one object, and
/// that of the operations of the API; it ends with an icon if the screen is a list with dialogs, and only then. The line of the roles,
/// `Role roles (created …) "A role." "…";`, declares:
///
/// | item | of |
/// |---|---|
/// | `RolesRead` and `RolesWrite`, named `roles:read` and `roles:write` | [`Permission`](crate::permission::Permission) |
/// | `RoleCreated`, named `role.created`, and the other actions | [`Action`](crate::action::Action) |
/// | `Role` | [`TargetKind`](crate::action::TargetKind), [`Entity`](crate::error::Entity) and [`StoredObject`](crate::stored::StoredObject) |
/// | `RoleCreated`, `RoleSaved` and `RoleDeleted` | [`ResourceEvent`](crate::flash::ResourceEvent) |
/// | routes and tag of the API, commands, messages | the callers in other crates |
#[macro_export]
macro_rules! for_each_resource {
    ($($callback:ident)::+! $own:tt) => {
        $($callback)::+! { $own
            Role roles (created updated deleted exported) "A role." "Roles and their permissions";
            Group groups (created updated deleted members_added members_removed managers_changed exported) "A group." "Groups, their members and managers";
            Feature features (created updated deleted set_added) "A feature." "Features of the host application";
            Client clients (created updated deleted exported) "A client." "Clients, whose data users see by their lists of clients" Building;
            Resource resources (stored updated deleted transferred exported access_granted access_revoked) "A resource." "Resources of the host application, and grants to them";
        }
    };
}

/// Calls a macro with the resources whose screen is a list, each with its type, its module and its icon, after what the caller has of
/// its own.
///
/// `Client clients Building;` declares the screen `/clients` with the dialogs `new`, `:id/edit` and `:id/delete`, the views `Clients`,
/// `New`, `Edit` and `Delete` of the module with the page, and the forms `CreateClient`, `EditClient` and `DeleteClient`.
#[macro_export]
macro_rules! for_each_list {
    ($callback:ident! $own:tt) => {
        $crate::for_each_resource! { $crate::with_icons! { $callback $own } }
    };
}

/// Calls a macro with the resources that have an icon.
#[doc(hidden)]
#[macro_export]
macro_rules! with_icons {
    ({ $callback:ident $own:tt } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        $callback! { $own $($($one $many $icon;)?)+ }
    };
}
