//! Ontologies: at most one for each persona.

use db::owned::ontologies;
use domain::{
    action::Action,
    error::Entity,
    fields::FieldErrors,
    json::{JsonError, JsonLimits},
    owned::{Ontology, OntologyDraft},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Reader, Writer, personas};
use crate::{Error, Services, audit::Changes, quota::Quota};

const NO_ONTOLOGY: Error = Error::NotFound(Entity::Ontology);

/// Returns the ontology of a persona.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or the persona belongs to another user.
pub async fn get(services: &Services, reader: &Reader, persona: Uuid) -> Result<Ontology, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    personas::visible(&mut connection, reader, persona).await?;
    let ontology = ontologies::find(&mut *connection, persona).await?;
    ontology.ok_or(NO_ONTOLOGY)
}

/// Creates the ontology of a persona, or changes it. Fields that the draft leaves out keep their values.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::NotFound`] when there is no such persona, [`Error::Denied`] when the
/// policy denies it, [`Error::OwnedDataFull`] when the owner's quota is reached.
pub async fn set(
    services: &Services,
    writer: &Writer,
    persona: Uuid,
    draft: OntologyDraft,
) -> Result<Ontology, Error> {
    let draft = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, persona) = writer.open_persona(&mut transaction, persona).await?;
    let quota = Quota::measure(services, &mut transaction, opened.owner).await?;
    let before = ontologies::find(&mut *transaction, persona.id).await?;
    let mut changes = Changes::default();
    let (action, id) = match &before {
        None => {
            changes.note("name", Value::Null, draft.new_name());
            let id = ontologies::insert(&mut transaction, persona.id, opened.owner, &draft).await?;
            (Action::OntologyCreated, id)
        }
        Some(before) => {
            if let Some(name) = &draft.name {
                changes.note("name", before.name.as_str(), name.as_str());
            }
            if ontologies::differs(&mut *transaction, before.id, &draft).await? {
                changes.note("content", Value::Null, "replaced");
            }
            if changes.is_empty() {
                return Ok(before.clone());
            }
            ontologies::set(&mut transaction, before.id, &draft).await?;
            (Action::OntologyUpdated, before.id)
        }
    };
    quota.check(&mut transaction).await?;
    let known = before.map(|before| before.id);
    let changes = changes.about("ontology", known, Some(id));
    let audited = opened
        .write_entry(&mut transaction, action, changes)
        .await?;
    let after = ontologies::find(&mut *transaction, persona.id).await?;
    let after = after.ok_or(NO_ONTOLOGY)?;
    check_size(&after)?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Denies an ontology whose lists exceed the limit together, although each is within it.
fn check_size(ontology: &Ontology) -> Result<(), Error> {
    // The limit is doubled: PostgreSQL writes a space after each comma and colon, which the limit on the input does not
    // count.
    let max = JsonLimits::CONTENT.bytes;
    if ontology.content.as_str().len() <= 2 * max {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    errors.add("content", JsonError::Bytes(max));
    Err(Error::Invalid(errors))
}

/// Deletes the ontology of a persona.
///
/// # Errors
/// [`Error::NotFound`] when there is none, [`Error::Denied`] when the policy denies it.
pub async fn delete(services: &Services, writer: &Writer, persona: Uuid) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, persona) = writer.open_persona(&mut transaction, persona).await?;
    let ontology = ontologies::find(&mut *transaction, persona.id).await?;
    let ontology = ontology.ok_or(NO_ONTOLOGY)?;
    ontologies::delete(&mut transaction, ontology.id).await?;
    let changes = Changes::default()
        .about("ontology", Some(ontology.id), None)
        .with("name", ontology.name, Value::Null);
    let audited = opened
        .write_entry(&mut transaction, Action::OntologyDeleted, changes)
        .await?;
    Ok(db::commit(transaction, audited).await?)
}
