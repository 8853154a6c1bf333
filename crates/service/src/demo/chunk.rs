//! Some people at a time, ready to be copied: enough that a COPY is worth its beginning, few enough for little memory.

use db::demo::{
    AnnotationRow, Batch, GrantRow, KeyRow, OntologyRow, PersonaRow, SessionRow, UserRow,
};

use super::{crowd::Crowd, keys, person::Person};

/// People at a time. Some 80,000 rows and 15 MB, of which three are alive: one made, one waiting, one sent.
const PEOPLE: u64 = 10_000;

/// The rows of some people.
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
    /// Sends the rows to their tables, owners before what they own.
    pub(super) async fn copy(&self, connection: &mut db::PgConnection) -> Result<(), db::Error> {
        self.users.copy(connection).await?;
        self.grants.copy(connection).await?;
        self.personas.copy(connection).await?;
        self.ontologies.copy(connection).await?;
        self.annotations.copy(connection).await?;
        self.sessions.copy(connection).await?;
        self.keys.copy(connection).await
    }

    /// How many rows there are, the people's own included.
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
    /// Everybody, oldest first, and with the last of them the keys that belong to nobody.
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
