//! Features of the host application: the catalogue, and the features that users have.

use db::deletions::Object;
use domain::{
    action::Action,
    error::{Conflict, Entity},
    features::{EffectiveFeature, Feature, FeatureDraft, FeatureSet, check_key},
    jobs::{JobKind, is_job},
    stored::StoredObject,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{AccessRead, Authorized, Caller, FeaturesRead, FeaturesWrite},
    audit::{self, Audited, Changes},
    deletions, guard,
};

const NOT_FOUND: Error = Error::NotFound(Entity::Feature);

/// Lists all features in their order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<FeaturesRead>,
) -> Result<Vec<Feature>, Error> {
    Ok(db::features::list(&services.pool).await?)
}

/// Lists the keys of the features that jobs are deleting.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_being_deleted(
    services: &Services,
    _: &Authorized<FeaturesRead>,
) -> Result<Vec<String>, Error> {
    Ok(db::deletions::list_running(&services.pool, JobKind::DeleteFeature).await?)
}

/// Returns the feature with a key.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feature.
pub async fn find(
    services: &Services,
    authorized: &Authorized<FeaturesRead>,
    key: &str,
) -> Result<Feature, Error> {
    let features = list(services, authorized).await?;
    let found = features.into_iter().find(|feature| feature.key == key);
    found.ok_or(NOT_FOUND)
}

/// Counts the groups that lose a feature when it is deleted.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feature.
pub async fn preview_deletion(
    services: &Services,
    authorized: &Authorized<FeaturesRead>,
    key: &str,
) -> Result<u64, Error> {
    find(services, authorized, key).await?;
    Ok(db::features::count_groups(&services.pool, key).await?)
}

/// Creates or replaces a feature. `version` is that of the feature that was shown, if one was; 0 stands for no feature.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Outdated`] when the feature was changed since the caller read it,
/// [`Error::NotFound`] when it was deleted since.
pub async fn put(
    services: &Services,
    authorized: &Authorized<FeaturesWrite>,
    key: &str,
    version: Option<i32>,
    draft: FeatureDraft,
) -> Result<Feature, Error> {
    let new = draft.check(key).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let created = db::features::insert(&mut transaction, &new).await?;
    let before = db::features::lock(&mut transaction, key)
        .await?
        .ok_or(NOT_FOUND)?;
    // A feature that was shown is changed, and not created again after its deletion.
    if created && version.is_some_and(|version| version > 0) {
        return Err(NOT_FOUND);
    }
    let (action, changes) = if created {
        let changes = Changes::default()
            .with("label", Value::Null, new.label.as_str())
            .with("description", Value::Null, new.description.as_str())
            .with("defaultValue", Value::Null, new.default_value)
            .with("position", Value::Null, new.position);
        (Action::FeatureCreated, changes)
    } else {
        if version.is_some_and(|version| version != before.version) {
            return Err(Error::Outdated(Box::new(StoredObject::Feature(before))));
        }
        deletions::check_stays(&mut transaction, key).await?;
        let changes = Changes::default()
            .with("label", before.label.as_str(), new.label.as_str())
            .with(
                "description",
                before.description.as_str(),
                new.description.as_str(),
            )
            .with("defaultValue", before.default_value, new.default_value)
            .with("position", before.position, new.position);
        if changes.is_empty() {
            return Ok(before);
        }
        db::features::set(&mut transaction, &new).await?;
        (Action::FeatureUpdated, changes)
    };
    let about = (action, None, key);
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    let after = db::features::lock(&mut transaction, key).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NOT_FOUND)
}

/// Deletes a feature, and removes it from all groups. `groups` is their number in the preview, if one was shown. A feature of many groups
/// is no longer given by default at once, and is deleted by a job; until then it cannot be changed. Returns the id of this job.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feature, [`Error::Outdated`] when it was changed since the caller read it,
/// [`Error::Conflict`] for another number of groups, and for a feature that is being deleted.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<FeaturesWrite>,
    key: &str,
    version: Option<i32>,
    groups: Option<u64>,
) -> Result<Option<Uuid>, Error> {
    check_key(key).map_err(|_| NOT_FOUND)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let feature = db::features::lock(&mut transaction, key)
        .await?
        .ok_or(NOT_FOUND)?;
    if version.is_some_and(|version| version != feature.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Feature(feature))));
    }
    deletions::check_stays(&mut transaction, key).await?;
    let having = db::features::count_groups(&mut *transaction, key).await?;
    let (job, removed) = if is_job(having) {
        db::deletions::disable_feature(&mut transaction, key).await?;
        let object = Object::Feature(key.to_owned());
        let job = db::deletions::queue(&mut transaction, &object, key, having).await?;
        (Some(job), having)
    } else {
        (None, db::features::delete(&mut transaction, key).await?)
    };
    // The error undoes the deletion, which is the first to lock the groups.
    if groups.is_some_and(|groups| groups != removed) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    let changes = Changes::default()
        .with("label", feature.label.as_str(), Value::Null)
        .with("defaultValue", feature.default_value, Value::Null)
        .with("groups", removed, 0);
    let about = (Action::FeatureDeleted, None, key);
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    if job.is_some() {
        services.work.notify_one();
    }
    Ok(job)
}

/// Adds the features of a known set that the catalogue lacks. Returns their number.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn add_set(
    services: &Services,
    authorized: &Authorized<FeaturesWrite>,
    set: FeatureSet,
) -> Result<usize, Error> {
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let mut added = Vec::new();
    for feature in set.features() {
        if db::features::insert(&mut transaction, &feature).await? {
            added.push(feature.key);
        }
    }
    let number = added.len();
    let audited = if added.is_empty() {
        Audited::not_needed("the catalogue has all features of the set")
    } else {
        let changes = Changes::default().with("features", Value::Null, added);
        let about = (Action::FeatureSetAdded, None, set.as_str());
        audit::write_about(&mut transaction, &actor, about, changes).await?
    };
    db::commit(transaction, audited).await?;
    Ok(number)
}

/// Lists all features with the reasons for which a user has them.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn list_effective(
    services: &Services,
    _: &Authorized<AccessRead>,
    user: Uuid,
) -> Result<Vec<EffectiveFeature>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::users::account::find_target(&mut *connection, user).await?;
    found.ok_or(guard::NOT_FOUND)?;
    Ok(db::features::list_effective(&mut *connection, user).await?)
}

/// Lists all features with the reasons for which the caller has them.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own(
    services: &Services,
    caller: &Caller,
) -> Result<Vec<EffectiveFeature>, Error> {
    caller.require_account()?;
    Ok(db::features::list_effective(&services.pool, caller.principal.id.0).await?)
}
