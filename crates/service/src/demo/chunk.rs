//! Batches of demo users for `COPY`: large enough to amortize its setup, small enough for little memory.

use std::iter;

use db::demo::{
    AnnotationRow, Batch, CopyRow, GrantRow, GroupRow, KeyRow, MemberRow, OntologyRow, PersonaRow,
    ResourceGrantRow, ResourceRow, SessionRow, UserRow,
};

use super::{crowd::Crowd, groups, keys, resources, user::DemoUser};

/// Number of users in a chunk: some 80,000 rows and 15 MB. Three chunks are in memory at a time: one generated, one queued,
/// one sent.
const USERS: u64 = 10_000;
/// Number of rows in a chunk of another table.
const ROWS: usize = 80_000;

/// Rows of a range of users or of another table, one batch for each table.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) user_count: u64,
    users: Batch<UserRow>,
    grants: Batch<GrantRow>,
    personas: Batch<PersonaRow>,
    ontologies: Batch<OntologyRow>,
    annotations: Batch<AnnotationRow>,
    sessions: Batch<SessionRow>,
    keys: Batch<KeyRow>,
    groups: Batch<GroupRow>,
    members: Batch<MemberRow>,
    resources: Batch<ResourceRow>,
    resource_grants: Batch<ResourceGrantRow>,
}

impl Chunk {
    /// Copies the rows into their tables, owners before the data that they own.
    pub(super) async fn copy(&self, connection: &mut db::PgConnection) -> Result<(), db::Error> {
        self.users.copy(connection).await?;
        self.grants.copy(connection).await?;
        self.personas.copy(connection).await?;
        self.ontologies.copy(connection).await?;
        self.annotations.copy(connection).await?;
        self.sessions.copy(connection).await?;
        self.keys.copy(connection).await?;
        self.groups.copy(connection).await?;
        self.members.copy(connection).await?;
        self.resources.copy(connection).await?;
        self.resource_grants.copy(connection).await
    }

    /// Returns the number of rows of all tables, those of the users included.
    pub(super) fn rows(&self) -> u64 {
        let owned = self.personas.rows() + self.ontologies.rows() + self.annotations.rows();
        let groups = self.groups.rows() + self.members.rows();
        let resources = self.resources.rows() + self.resource_grants.rows();
        let of_users = self.users.rows() + self.grants.rows() + owned;
        of_users + self.sessions.rows() + self.keys.rows() + groups + resources
    }

    fn add(&mut self, demo_user: &DemoUser) {
        self.user_count += 1;
        self.users.push(&demo_user.user);
        self.grants.extend(&demo_user.grants);
        self.personas.extend(&demo_user.personas);
        self.ontologies.extend(&demo_user.ontologies);
        self.annotations.extend(&demo_user.annotations);
        self.sessions.extend(&demo_user.sessions);
        self.keys.extend(&demo_user.keys);
    }
}

impl Crowd {
    /// Generates all rows: users, oldest first, then groups and resources.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Chunk> {
        let chunks = self.chunks_of_users();
        let groups = batches((0..self.groups.count).map(move |index| groups::group(self, index)));
        let chunks = chunks.chain(groups.map(|groups| Chunk {
            groups,
            ..Chunk::default()
        }));
        let members = (0..self.groups.count).flat_map(move |index| groups::members(self, index));
        let chunks = chunks.chain(batches(members).map(|members| Chunk {
            members,
            ..Chunk::default()
        }));
        let resources = (0..self.resources).map(move |index| resources::resource(self, index));
        let chunks = chunks.chain(batches(resources).map(|resources| Chunk {
            resources,
            ..Chunk::default()
        }));
        let grants = (0..self.resources).flat_map(move |index| resources::grants(self, index));
        chunks.chain(batches(grants).map(|resource_grants| Chunk {
            resource_grants,
            ..Chunk::default()
        }))
    }

    /// Generates all users. The last chunk has the provider API keys of the system too.
    fn chunks_of_users(&self) -> impl Iterator<Item = Chunk> {
        let users = self.plan.users;
        (0..users.div_ceil(USERS)).map(move |index| {
            let mut chunk = Chunk::default();
            for demo_user in index * USERS..users.min((index + 1) * USERS) {
                chunk.add(&DemoUser::of(self, demo_user));
            }
            if (index + 1) * USERS >= users {
                chunk.keys.extend(&keys::of_system(self));
            }
            chunk
        })
    }
}

/// Collects rows into batches.
fn batches<R: CopyRow>(mut rows: impl Iterator<Item = R>) -> impl Iterator<Item = Batch<R>> {
    iter::from_fn(move || {
        let mut batch = Batch::default();
        rows.by_ref().take(ROWS).for_each(|row| batch.push(&row));
        (batch.rows() > 0).then_some(batch)
    })
}
