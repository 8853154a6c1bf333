//! Table of the resources that administrators manage, each in one line.

/// Calls a macro with the table of the resources, after what the caller has of its own.
///
/// A line has the type of the resource, the module with the types and the texts, the audited actions, a description of one object, and
/// that of the operations of the API. The line of the roles, `Role roles (created …) "A role." "…";`, declares:
///
/// | item | of |
/// |---|---|
/// | `RolesRead` and `RolesWrite`, named `roles:read` and `roles:write` | [`Permission`](crate::permission::Permission) |
/// | `RoleCreated`, named `role.created`, and the other actions | [`Action`](crate::action::Action) |
/// | `Role` | [`TargetKind`](crate::action::TargetKind), [`Entity`](crate::error::Entity) and [`StoredObject`](crate::stored::StoredObject) |
/// | `RoleCreated`, `RoleSaved` and `RoleDeleted` | [`ResourceEvent`](crate::flash::ResourceEvent) |
/// | routes and tag of the API, command, sentences of messages | the callers in other crates |
#[macro_export]
macro_rules! for_each_resource {
    ($callback:ident! $own:tt) => {
        $callback! { $own
            Role roles (created updated deleted exported) "A role." "Roles and their permissions";
            Group groups (created updated deleted members_added members_removed managers_changed exported) "A group." "Groups, their members and managers";
            Feature features (created updated deleted set_added) "A feature." "Features of the host application";
            Client clients (created updated deleted exported) "A client." "Clients, whose data users see by their lists of clients";
            Resource resources (stored updated deleted transferred exported access_granted access_revoked) "A resource." "Resources of the host application, and grants to them";
        }
    };
}
