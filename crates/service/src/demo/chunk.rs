//! Batches of demo users for `COPY`: large enough to amortize its setup, small enough for little memory.

use db::demo::{
    AnnotationRow, Batch, GrantRow, KeyRow, OntologyRow, PersonaRow, SessionRow, UserRow,
};

use super::{crowd::Crowd, keys, user::DemoUser};

/// Number of users in a chunk: some 80,000 rows and 15 MB. Three chunks are in memory at a time: one generated, one queued,
/// one sent.
const USERS: u64 = 10_000;

/// Rows of a range of users, one batch for each table.
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
        self.keys.copy(connection).await
    }

    /// Returns the number of rows of all tables, those of the users included.
    pub(super) fn rows(&self) -> u64 {
        let owned = self.personas.rows() + self.ontologies.rows() + self.annotations.rows();
        self.users.rows() + self.grants.rows() + owned + self.sessions.rows() + self.keys.rows()
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
    /// Generates all users, oldest first. The last chunk has the provider API keys of the system too.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Chunk> {
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
