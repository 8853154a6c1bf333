//! Annotations under personas. The owner of a persona can also read, change and delete the annotations that other users
//! have created under it.

use db::owned::annotations;
use domain::{
    action::Action,
    error::Entity,
    owned::{Annotation, AnnotationDraft},
};
use serde_json::Value;
use uuid::Uuid;

use super::{OpenedOwner, Reader, Writer, personas};
use crate::{Error, Services, audit::Changes, quota::Quota};

const NO_ANNOTATION: Error = Error::NotFound(Entity::Annotation);

/// Lists annotations under a persona in the order of their creation, starting after the one with the id `after`. Returns
/// whether there are more. A page is limited by its bytes too.
///
/// # Errors
/// [`Error::NotFound`] when there is no such persona, or it belongs to another user.
pub async fn list(
    services: &Services,
    reader: &Reader,
    persona: Uuid,
    after: Option<Uuid>,
    limit: u16,
) -> Result<(Vec<Annotation>, bool), Error> {
    let mut connection = db::acquire(&services.pool).await?;
    personas::visible(&mut connection, reader, persona).await?;
    Ok(annotations::list(&mut *connection, persona, after, limit).await?)
}

/// Returns an annotation by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such annotation, or both it and its persona belong to other users.
pub async fn get(services: &Services, reader: &Reader, id: Uuid) -> Result<Annotation, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    visible(&mut connection, reader, id).await
}

async fn visible(
    connection: &mut db::PgConnection,
    reader: &Reader,
    id: Uuid,
) -> Result<Annotation, Error> {
    let annotation = annotations::find(&mut *connection, id).await?;
    let annotation = annotation.ok_or(NO_ANNOTATION)?;
    if reader.sees(annotation.user_id) {
        return Ok(annotation);
    }
    match personas::visible(connection, reader, annotation.persona_id).await {
        Ok(_) => Ok(annotation),
        Err(Error::NotFound(_)) => Err(NO_ANNOTATION),
        Err(error) => Err(error),
    }
}

/// Creates an annotation under a persona, owned by the owner of the persona.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::NotFound`] when there is no such persona, [`Error::Denied`] when the
/// policy denies it, [`Error::OwnedDataFull`] when the owner's quota is reached.
pub async fn create(
    services: &Services,
    writer: &Writer,
    persona: Uuid,
    draft: AnnotationDraft,
) -> Result<Annotation, Error> {
    let draft = draft.check(true).map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, persona) = writer.open_persona(&mut transaction, persona).await?;
    let quota = Quota::measure(services, &mut transaction, opened.owner).await?;
    let id = annotations::insert(&mut transaction, persona.id, opened.owner, &draft).await?;
    quota.check(&mut transaction).await?;
    let changes = noted(None, &draft).about("annotation", None, Some(id));
    finish(transaction, &opened, Action::AnnotationCreated, changes, id).await
}

/// Changes an annotation. Fields that the draft leaves out keep their values.
///
/// # Errors
/// As [`create`].
pub async fn edit(
    services: &Services,
    writer: &Writer,
    id: Uuid,
    draft: AnnotationDraft,
) -> Result<Annotation, Error> {
    let draft = draft.check(false).map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, before) = open(&mut transaction, writer, id).await?;
    let mut changes = noted(Some(&before), &draft);
    if let Some(content) = &draft.content
        && annotations::differs(&mut *transaction, id, content.as_str()).await?
    {
        changes.note("content", Value::Null, "replaced");
    }
    if changes.is_empty() {
        return Ok(before);
    }
    let quota = Quota::measure(services, &mut transaction, opened.owner).await?;
    annotations::set(&mut transaction, id, &draft).await?;
    quota.check(&mut transaction).await?;
    let changes = changes.about("annotation", Some(id), Some(id));
    finish(transaction, &opened, Action::AnnotationUpdated, changes, id).await
}

/// Deletes an annotation.
///
/// # Errors
/// [`Error::NotFound`] when there is no such annotation, [`Error::Denied`] when the policy denies it.
pub async fn delete(services: &Services, writer: &Writer, id: Uuid) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (opened, annotation) = open(&mut transaction, writer, id).await?;
    annotations::delete(&mut transaction, id).await?;
    let changes = Changes::default().about("annotation", Some(id), None).with(
        "label",
        annotation.label,
        Value::Null,
    );
    let audited = opened
        .write_entry(&mut transaction, Action::AnnotationDeleted, changes)
        .await?;
    Ok(db::commit(transaction, audited).await?)
}

/// Locks the account of the owner of an annotation (for a writer of own data: the account of the writer) and then the
/// persona, and reads the annotation again under the locks.
async fn open(
    transaction: &mut db::Transaction,
    writer: &Writer,
    id: Uuid,
) -> Result<(OpenedOwner, Annotation), Error> {
    let reader = writer.reader();
    let found = visible(transaction, &reader, id).await?;
    let opened = writer.open(transaction, found.user_id).await?;
    db::owned::personas::lock(transaction, found.persona_id).await?;
    let annotation = visible(transaction, &reader, id).await?;
    Ok((opened, annotation))
}

async fn finish(
    mut transaction: db::Transaction,
    opened: &OpenedOwner,
    action: Action,
    changes: Changes,
    id: Uuid,
) -> Result<Annotation, Error> {
    let audited = opened
        .write_entry(&mut transaction, action, changes)
        .await?;
    let after = annotations::find(&mut *transaction, id).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NO_ANNOTATION)
}

/// Returns the audited changes, without the content.
fn noted(before: Option<&Annotation>, draft: &AnnotationDraft) -> Changes {
    let mut changes = Changes::default();
    for (field, before, after) in [
        ("videoId", before.map(|b| &b.video_id), &draft.video_id),
        ("label", before.map(|b| &b.label), &draft.label),
    ] {
        if let Some(after) = after {
            changes.note(field, before.map(String::as_str), after.as_str());
        }
    }
    changes
}
