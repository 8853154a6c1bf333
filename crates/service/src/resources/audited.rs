//! Resources in entries of the audit log, by the names that their owners and clients have at the time.

use std::collections::{BTreeMap, HashMap};

use domain::resources::{Resource, ResourceDeletion, ResourcePatch};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, audit::Changes, client_lists};

/// Names of owners and of clients.
struct Names {
    owners: HashMap<Uuid, String>,
    clients: BTreeMap<i32, String>,
}

impl Names {
    async fn find(
        connection: &mut db::PgConnection,
        owners: [Option<Uuid>; 2],
        clients: [Option<i32>; 2],
    ) -> Result<Self, Error> {
        let owners: Vec<Uuid> = owners.into_iter().flatten().collect();
        let clients: Vec<i32> = clients.into_iter().flatten().collect();
        Ok(Self {
            owners: db::resources::grants::find_names(&mut *connection, &owners).await?,
            clients: client_lists::names(connection, &clients).await?,
        })
    }

    /// Returns the name of an owner. An id without a user, which no change can set, stands for itself.
    fn owner(&self, id: Option<Uuid>) -> Option<String> {
        let name = |id: Uuid| self.owners.get(&id).cloned();
        id.map(|id| name(id).unwrap_or_else(|| id.to_string()))
    }

    fn client(&self, id: Option<i32>) -> Option<String> {
        self.clients.get(&id?).cloned()
    }
}

/// Returns the audited changes of a patch.
pub(super) async fn changes(
    connection: &mut db::PgConnection,
    before: &Resource,
    patch: &ResourcePatch,
) -> Result<Changes, Error> {
    let owner = patch.owner_id.unwrap_or(before.owner_id);
    let client = patch.client_id.unwrap_or(before.client_id);
    let owners = [before.owner_id, owner];
    let names = Names::find(connection, owners, [before.client_id, client]).await?;
    let mut changes = Changes::default();
    if let Some(name) = &patch.name {
        changes.note("name", before.name.as_str(), name.as_str());
    }
    changes.note_named("owner", (before.owner_id, owner), |id| names.owner(id));
    changes.note_named("client", (before.client_id, client), |id| names.client(id));
    if let Some(active) = patch.active {
        changes.note("active", before.active, active);
    }
    Ok(changes)
}

/// Returns the audited changes of a deletion.
pub(super) async fn deleted(
    connection: &mut db::PgConnection,
    resource: &Resource,
    deletion: &ResourceDeletion,
) -> Result<Changes, Error> {
    let (owner, client) = (resource.owner_id, resource.client_id);
    let names = Names::find(connection, [owner, None], [client, None]).await?;
    Ok(Changes::default()
        .with("kind", resource.kind.as_str(), Value::Null)
        .with("externalId", resource.external_id.as_str(), Value::Null)
        .with("name", resource.name.as_str(), Value::Null)
        .with("owner", names.owner(owner), Value::Null)
        .with("client", names.client(client), Value::Null)
        .with("users", deletion.users, 0)
        .with("groups", deletion.groups, 0))
}
