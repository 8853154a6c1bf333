//! Conditions on listed resources.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::access::Reach;

/// Conditions on listed resources.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResourceFilter<'a> {
    /// Kind of the resources.
    pub kind: Option<&'a str>,
    /// The id in the host application.
    pub external_id: Option<&'a str>,
    /// Part of the name.
    pub text: Option<&'a str>,
    /// The id of the owner.
    pub owner: Option<Uuid>,
    /// Number of the client.
    pub client: Option<i32>,
    /// Name of the client.
    pub client_name: Option<&'a str>,
    /// The id of a group with a grant.
    pub group: Option<Uuid>,
    /// What the user reaches who can reach the resources.
    pub reached_by: Option<Reach>,
    /// The user whose clients limit the resources; without one they are not limited.
    pub viewer: Option<Uuid>,
}

impl ResourceFilter<'_> {
    /// Appends the conditions on the resources `r`, each after an `and`.
    pub(super) fn push(self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(kind) = self.kind {
            sql.push(" and r.kind = ").push_bind(kind.to_owned());
        }
        if let Some(external_id) = self.external_id {
            sql.push(" and r.external_id = ")
                .push_bind(external_id.to_owned());
        }
        if let Some(text) = self.text {
            sql.push(" and strpos(r.search, search_fold(")
                .push_bind(text.to_owned())
                .push("::text)) > 0");
        }
        if let Some(owner) = self.owner {
            sql.push(" and r.owner_id = ").push_bind(owner);
        }
        if let Some(client) = self.client {
            sql.push(" and r.client_id = ").push_bind(client);
        }
        if let Some(name) = self.client_name {
            sql.push(
                " and r.client_id = (select c.id from clients c where name_key(c.name) = name_key(",
            )
            .push_bind(name.to_owned())
            .push("::text))");
        }
        if let Some(group) = self.group {
            sql.push(
                " and r.id in (select g.resource_id from resource_grants g where g.group_id = ",
            )
            .push_bind(group)
            .push(")");
        }
        if let Some(Reach::Of(user)) = self.reached_by {
            push_reached(sql, user);
        }
        push_seen(sql, self.viewer);
    }
}

/// Appends the condition that the clients of the viewer include that of the resources `r`. Without a viewer they are not limited.
pub(crate) fn push_seen(sql: &mut QueryBuilder<Postgres>, viewer: Option<Uuid>) {
    if let Some(viewer) = viewer {
        sql.push(" and (r.client_id is null or r.client_id in (select c.id from clients_seen_by(")
            .push_bind(viewer)
            .push(") as c (id)))");
    }
}

/// Appends the condition that a user who is no administrator reaches the resources `r`. The ids are an array, by which the index finds the
/// first of a page: the planner cannot estimate their number, and would rather read all resources.
fn push_reached(sql: &mut QueryBuilder<Postgres>, user: Uuid) {
    sql.push(" and r.id = any(array(select p.resource_id from resource_paths p where p.user_id = ")
        .push_bind(user)
        .push(" and p.through <> 'admin')) and exists (select from users u where u.id = ")
        .push_bind(user)
        .push(" and access_block(false, u, r) is null)");
}
