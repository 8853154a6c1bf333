//! Batches of demo users for `COPY`: large enough to amortize its setup, small enough for little memory.

use db::demo::{
    AnnotationRow, Batch, GrantRow, KeyRow, OntologyRow, PersonaRow, SessionRow, UserRow,
};

use super::{crowd::Crowd, keys, person::Person};

/// Number of users in a chunk: some 80,000 rows and 15 MB. Three chunks are in memory at a time: one generated, one queued,
/// one sent.
const PEOPLE: u64 = 10_000;

/// Rows of a range of users, one batch for each table.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) people: u64,
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

    fn add(&mut self, person: &Person) {
        self.people += 1;
        self.users.push(&person.user);
        self.grants.extend(&person.grants);
        self.personas.extend(&person.personas);
        self.ontologies.extend(&person.ontologies);
        self.annotations.extend(&person.annotations);
        self.sessions.extend(&person.sessions);
        self.keys.extend(&person.keys);
    }
}

impl Crowd {
    /// Generates all users, oldest first. The last chunk has the provider API keys of the system too.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Chunk> {
        let users = self.plan.users;
        (0..users.div_ceil(PEOPLE)).map(move |index| {
            let mut chunk = Chunk::default();
            for person in index * PEOPLE..users.min((index + 1) * PEOPLE) {
                chunk.add(&Person::of(self, person));
            }
            if (index + 1) * PEOPLE >= users {
                chunk.keys.extend(&keys::of_system(self));
            }
            chunk
        })
    }
}
