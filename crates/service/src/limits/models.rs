//! Models that users can use.

use db::limits as rows;
use domain::{
    action::Action,
    error::Conflict,
    limits::{AllowedModels, AllowedModelsDraft},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, LimitsRead, LimitsWrite},
    audit::{self, Change, Changes},
    guard::{self, TargetRef},
};

/// Returns the models that a user can use.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn find_models(
    services: &Services,
    _: &Authorized<LimitsRead>,
    user: Uuid,
) -> Result<AllowedModels, Error> {
    let found = rows::find_user(&services.pool, user, None).await?;
    found.status.ok_or(guard::NOT_FOUND)?;
    Ok(AllowedModels {
        id: user,
        allowed_models: found.models,
    })
}

/// Sets the models that a user can use, with any key.
///
/// # Errors
/// [`Error::Invalid`] with the field error, [`Error::NotFound`] when there is no such user, [`Error::Conflict`] when the user is deleted.
pub async fn set_models(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    target: impl Into<TargetRef>,
    draft: &AllowedModelsDraft,
) -> Result<AllowedModels, Error> {
    let target = target.into();
    let models = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    // Held until the end, so that of two changes at once each audits what it replaces.
    let account = db::users::account::lock(&mut transaction, target.id).await?;
    let account = account.ok_or(guard::NOT_FOUND)?;
    target.check_username(&account.username)?;
    if account.deleted_at.is_some() {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    let before = rows::models::find(&mut *transaction, account.id).await?;
    let stored = AllowedModels {
        id: account.id,
        allowed_models: models,
    };
    if before == stored.allowed_models {
        return Ok(stored);
    }
    match &stored.allowed_models {
        Some(models) => rows::models::set(&mut transaction, account.id, models).await?,
        None => rows::models::delete(&mut transaction, account.id).await?,
    }
    // Null is all models, and an absent value in an entry.
    let text = |models: Option<Vec<String>>| models.map_or_else(|| Value::from("all"), Value::from);
    let change = Change {
        action: Action::ModelsAllowed,
        user: (account.id, account.username.as_str()),
        changes: Changes::default().with(
            "models",
            text(before),
            text(stored.allowed_models.clone()),
        ),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(stored)
}
