//! Rows of the demo data, a struct for each table. Columns that are not listed have their default.

use std::net::IpAddr;

use serde_json::Value;
use uuid::Uuid;

use super::{
    copy::{CopyRow, Field},
    millis::Millis,
};

/// Defines a struct for each table. The name of a field is that of its column, so that the two cannot differ.
macro_rules! rows {
    ($($(#[$meta:meta])* $row:ident in $table:literal { $($column:ident: $type:ty,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[expect(missing_docs, reason = "fields are columns, which the migrations describe")]
        pub struct $row { $(pub $column: $type,)+ }

        impl CopyRow for $row {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column),)+];

            fn fields(&self, out: &mut Vec<u8>) {
                $(self.$column.put(out);)+
            }
        }
    )+};
}

rows! {
    /// A user. It has no password, so that signing in to it is impossible.
    UserRow in "users" {
        id: Uuid,
        username: String,
        display_name: String,
        email: Option<String>,
        status: &'static str,
        suspended_reason: Option<&'static str>,
        suspended_until: Option<Millis>,
        suspended_by: Option<Uuid>,
        must_change_password: bool,
        password_changed_at: Option<Millis>,
        last_login_at: Option<Millis>,
        last_active_at: Option<Millis>,
        created_by: Option<Uuid>,
        created_via: &'static str,
        client_list: Vec<i32>,
        created_at: Millis,
        updated_at: Millis,
    }

    /// A role assigned to a user.
    GrantRow in "user_roles" {
        user_id: Uuid,
        role_id: Uuid,
        granted_by: Option<Uuid>,
        granted_at: Millis,
    }

    /// A persona of a user.
    PersonaRow in "personas" {
        id: Uuid,
        user_id: Uuid,
        name: String,
        role: &'static str,
        information_need: String,
        hidden: bool,
        client_id: Option<i32>,
        created_at: Millis,
    }

    /// An ontology of a persona.
    OntologyRow in "ontologies" {
        id: Uuid,
        persona_id: Uuid,
        user_id: Uuid,
        name: String,
        content: Value,
        created_at: Millis,
    }

    /// An annotation created as a persona.
    AnnotationRow in "annotations" {
        id: Uuid,
        persona_id: Uuid,
        user_id: Uuid,
        video_id: String,
        label: String,
        content: Value,
        created_at: Millis,
    }

    /// A session whose cookie does not exist.
    SessionRow in "sessions" {
        id: Uuid,
        token_hash: [u8; 32],
        user_id: Uuid,
        ip: IpAddr,
        user_agent: &'static str,
        device: &'static str,
        created_at: Millis,
        last_seen_at: Millis,
        idle_expires_at: Millis,
        expires_at: Millis,
        ended_at: Option<Millis>,
        ended_reason: Option<&'static str>,
        ended_by: Option<Uuid>,
    }

    /// A provider API key with a ciphertext that cannot be decrypted.
    KeyRow in "api_keys" {
        id: Uuid,
        user_id: Option<Uuid>,
        provider: &'static str,
        name: String,
        ciphertext: Vec<u8>,
        nonce: [u8; 24],
        key_version: i32,
        last4: String,
        is_active: bool,
        usage_count: i64,
        last_used_at: Option<Millis>,
        created_at: Millis,
        updated_at: Millis,
    }

    /// A group of users.
    GroupRow in "groups" {
        id: Uuid,
        name: String,
        description: String,
        features: Value,
        created_by: Option<Uuid>,
        created_at: Millis,
        updated_at: Millis,
    }

    /// A member of a group.
    MemberRow in "group_members" {
        group_id: Uuid,
        user_id: Uuid,
        is_manager: bool,
        added_by: Option<Uuid>,
        added_at: Millis,
        password_links: bool,
    }

    /// A resource of the host application.
    ResourceRow in "resources" {
        id: Uuid,
        kind: &'static str,
        external_id: String,
        name: String,
        owner_id: Option<Uuid>,
        client_id: Option<i32>,
        active: bool,
        created_at: Millis,
        updated_at: Millis,
    }

    /// A grant of access to a resource.
    ResourceGrantRow in "resource_grants" {
        resource_id: Uuid,
        user_id: Option<Uuid>,
        group_id: Option<Uuid>,
        level: &'static str,
        granted_by: Option<Uuid>,
        granted_at: Millis,
    }
}
