//! Personas of users.

use db::owned::{ontologies, personas};
use domain::{
    action::Action,
    owned::{OntologyDraft, Persona, PersonaDraft},
};
use uuid::Uuid;

use super::{NO_PERSONA, OpenedOwner, Reader, Writer};
use crate::{Error, Services, audit::Changes, quota::Quota};

/// Lists personas of a user, newest first, starting after the one with the id `after`. Returns whether there are more. A
/// page is limited by its bytes too. A reader of own data gets these whatever `owner` is.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    reader: &Reader,
    owner: Uuid,
    after: Option<Uuid>,
    limit: u16,
) -> Result<(Vec<Persona>, bool), Error> {
    let owner = reader.owner.unwrap_or(owner);
    Ok(personas::list(&services.pool, (owner, reader.viewer), after, limit).await?)
}

/// Returns a persona by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such persona, or it belongs to another user.
pub async fn get(services: &Services, reader: &Reader, id: Uuid) -> Result<Persona, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    visible(&mut connection, reader, id).await
}

pub(super) async fn visible(
    connection: &mut db::PgConnection,
    reader: &Reader,
    id: Uuid,
) -> Result<Persona, Error> {
    let persona = personas::find(connection, id, reader.viewer).await?;
    persona
        .filter(|persona| reader.sees(persona.user_id))
        .ok_or(NO_PERSONA)
}

/// Creates a persona with an empty ontology, for the caller or for another user.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::NotFound`] when there is no such owner, [`Error::Denied`] when the
/// policy denies it, [`Error::OwnedDataFull`] when the owner's quota is reached.
pub async fn create(
    services: &Services,
    writer: &Writer,
    owner: Option<Uuid>,
    draft: PersonaDraft,
) -> Result<Persona, Error> {
    let draft = draft.check(true).map_err(Error::Invalid)?;
    let owner = writer.owner(owner)?;
    let mut transaction = db::begin(&services.pool).await?;
    let opened = writer.open(&mut transaction, owner).await?;
    let quota = Quota::measure(services, &mut transaction, owner).await?;
    let id = personas::insert(&mut transaction, owner, &draft).await?;
    let empty = OntologyDraft::default();
    let ontology = ontologies::insert(&mut transaction, id, owner, &empty).await?;
    quota.check(&mut transaction).await?;
    let changes =
        Changes::default()
            .about("persona", None, Some(id))
            .about("ontology", None, Some(ontology));
    let changes = noted(changes, None, &draft);
    finish(transaction, &opened, Action::PersonaCreated, changes, id).await
}

/// Changes a persona. Fields that the draft leaves out keep their values.
///
/// # Errors
/// As [`create`].
pub async fn edit(
    services: &Services,
    writer: &Writer,
    id: Uuid,
    draft: PersonaDraft,
) -> Result<Persona, Error> {
    let draft = draft.check(false).map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, before) = writer.open_persona(&mut transaction, id).await?;
    let changes = noted(Changes::default(), Some(&before), &draft);
    if changes.is_empty() {
        return Ok(before);
    }
    let quota = Quota::measure(services, &mut transaction, opened.owner).await?;
    personas::set(&mut transaction, id, &draft).await?;
    quota.check(&mut transaction).await?;
    let changes = changes.about("persona", Some(id), Some(id));
    finish(transaction, &opened, Action::PersonaUpdated, changes, id).await
}

/// Deletes a persona, with its ontology and all annotations under it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such persona, [`Error::Denied`] when the policy denies it.
pub async fn delete(services: &Services, writer: &Writer, id: Uuid) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, persona) = writer.open_persona(&mut transaction, id).await?;
    let (ontologies, annotations) = personas::count_under(&mut *transaction, id).await?;
    personas::delete(&mut transaction, id).await?;
    let changes = Changes::default()
        .about("persona", Some(id), None)
        .with("name", persona.name, serde_json::Value::Null)
        .with("ontologies", ontologies, 0)
        .with("annotations", annotations, 0);
    let audited = opened
        .write_entry(&mut transaction, Action::PersonaDeleted, changes)
        .await?;
    Ok(db::commit(transaction, audited).await?)
}

async fn finish(
    mut transaction: db::Transaction,
    opened: &OpenedOwner,
    action: Action,
    changes: Changes,
    id: Uuid,
) -> Result<Persona, Error> {
    let audited = opened
        .write_entry(&mut transaction, action, changes)
        .await?;
    let after = personas::find(&mut *transaction, id, None).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NO_PERSONA)
}

/// Returns the audited changes.
fn noted(mut changes: Changes, before: Option<&Persona>, draft: &PersonaDraft) -> Changes {
    for (field, before, after) in [
        ("name", before.map(|b| b.name.as_str()), &draft.name),
        ("role", before.map(|b| b.role.as_str()), &draft.role),
        (
            "informationNeed",
            before.map(|b| b.information_need.as_str()),
            &draft.information_need,
        ),
        (
            "details",
            before.map(|b| b.details.as_deref().unwrap_or_default()),
            &draft.details,
        ),
    ] {
        if let Some(after) = after {
            changes.note(field, before, after.as_str());
        }
    }
    for (field, before, after) in [
        (
            "isSystemGenerated",
            before.map(|b| b.is_system_generated),
            draft.is_system_generated,
        ),
        ("hidden", before.map(|b| b.hidden), draft.hidden),
    ] {
        if let Some(after) = after {
            changes.note(field, before, after);
        }
    }
    changes
}
