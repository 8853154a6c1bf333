//! Groups: listing, creation, changes and deletion. Their members are in [`members`].

mod authority;
mod change;
mod delete;
mod export;
mod invite;
mod meant;
pub mod member;
pub mod members;
mod of_user;
mod overview;
mod reset;
mod selection;
pub mod whole;

use db::groups::GroupFilter;
use domain::{
    action::Action,
    error::Entity,
    fields::FieldErrors,
    groups::{Group, GroupAction, GroupDraft, GroupEdit, GroupPatch, GroupSummary},
    list::{Listed, Page, SearchQuery, Total},
    messages,
    stored::StoredObject,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, GroupsRead, GroupsWrite},
    audit::{self, Changes},
    deletions,
    guard::{self, TargetRef},
};

pub use authority::GroupActor;
pub use delete::{delete, preview_deletion};
pub use export::export;
pub use invite::invite;
pub use meant::find_meant;
pub use of_user::{GroupsChange, set_of_user};
pub use overview::{list_overviews, list_resources, open, search_members};
pub use reset::{create_reset_link, list_resettable};

const NOT_FOUND: Error = Error::NotFound(Entity::Group);

/// Lists groups by name.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<GroupsRead>,
    query: &SearchQuery,
) -> Result<Listed<GroupSummary>, Error> {
    let filter = GroupFilter {
        text: query.text.as_deref(),
        ..GroupFilter::default()
    };
    page(services, query, filter).await
}

/// Lists the groups of a user by name.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_of(
    services: &Services,
    _: &Authorized<GroupsRead>,
    user: Uuid,
    query: &SearchQuery,
) -> Result<Listed<GroupSummary>, Error> {
    let filter = GroupFilter {
        text: query.text.as_deref(),
        member: Some(user),
        ..GroupFilter::default()
    };
    page(services, query, filter).await
}

/// Lists the groups that the caller manages, by name.
///
/// # Errors
/// [`Error::Forbidden`] for a caller who manages none, [`Error::TokenNotAllowed`] for an access token.
pub async fn list_managed(
    services: &Services,
    caller: &Caller,
    query: &SearchQuery,
) -> Result<Listed<GroupSummary>, Error> {
    caller.session()?;
    let managed = GroupFilter {
        manager: Some(caller.principal.id.0),
        ..GroupFilter::default()
    };
    if db::groups::count(&services.pool, managed).await? == 0 {
        return Err(authority::FORBIDDEN);
    }
    let filter = GroupFilter {
        text: query.text.as_deref(),
        ..managed
    };
    page(services, query, filter).await
}

/// Lists the groups that the caller can see, by name: all of them with the permission, otherwise those that the caller manages.
///
/// # Errors
/// [`Error::Forbidden`] for a caller who manages none, [`Error::OutOfScope`] for an access token without the permission.
pub async fn list_visible(
    services: &Services,
    caller: &Caller,
    query: &SearchQuery,
) -> Result<Listed<GroupSummary>, Error> {
    match caller.require::<GroupsRead>() {
        Ok(authorized) => list(services, &authorized, query).await,
        Err(error) => {
            caller.session().map_err(|_| error)?;
            list_managed(services, caller, query).await
        }
    }
}

async fn page(
    services: &Services,
    query: &SearchQuery,
    filter: GroupFilter<'_>,
) -> Result<Listed<GroupSummary>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (groups, more) = db::groups::list_page(&mut *connection, query, filter).await?;
    let counted = db::groups::count(&mut *connection, filter).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(groups, more, total, &query.position, GroupSummary::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns a group by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group, [`Error::Forbidden`] for an actor who cannot see it.
pub async fn find(services: &Services, actor: &GroupActor, id: Uuid) -> Result<Group, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    actor.open(&mut transaction, id, GroupAction::Read).await?;
    let group = db::groups::find(&mut *transaction, id).await?;
    group.ok_or(NOT_FOUND)
}

/// Creates a group without members.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors.
pub async fn create(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    draft: GroupDraft,
) -> Result<Group, Error> {
    let new = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    check_features(&mut transaction, &new.features).await?;
    let id = db::groups::insert(&mut transaction, &new, actor.id())
        .await
        .map_err(taken)?;
    let changes = Changes::default()
        .with("name", Value::Null, new.name.as_str())
        .with("description", Value::Null, new.description.as_str())
        .with("features", Value::Null, new.features.clone())
        .with("data", Value::Null, new.data.clone())
        .with("meta", Value::Null, new.meta.clone())
        .with("externalId", Value::Null, new.external_id.clone());
    let about = (Action::GroupCreated, Some(id), new.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    let group = db::groups::find(&mut *transaction, id).await?;
    db::commit(transaction, audited).await?;
    group.ok_or(NOT_FOUND)
}

/// Changes a group. Fields that the edit leaves out stay.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors, [`Error::Outdated`] when the group was changed since the caller read
/// it, [`Error::NotFound`] when there is no such group.
pub async fn edit(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    target: impl Into<TargetRef>,
    edit: GroupEdit,
) -> Result<Group, Error> {
    let patch = edit.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let before = lock(&mut transaction, &target.into()).await?;
    // A feature that was deleted meanwhile is removed from its groups; one that is added must exist.
    let added = patch.features.as_ref().map(|features| {
        let added = features.iter().filter(|key| !before.features.contains(key));
        added.cloned().collect::<Vec<String>>()
    });
    check_features(&mut transaction, &added.unwrap_or_default()).await?;
    let changes = changes(&before, &patch);
    if changes.is_empty() {
        return Ok(before);
    }
    db::groups::set(&mut transaction, before.id, &patch)
        .await
        .map_err(taken)?;
    let about = (Action::GroupUpdated, Some(before.id), before.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    let after = db::groups::find(&mut *transaction, before.id).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NOT_FOUND)
}

/// Locks a group in the version that was shown.
async fn lock(transaction: &mut db::Transaction, target: &TargetRef) -> Result<Group, Error> {
    let group = db::groups::lock(transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    // First, so that a form for a group that was renamed since shows its new name.
    if !target.is_at(group.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Group(group))));
    }
    target.check_name(&group.name)?;
    deletions::check_stays(transaction, &group.id.to_string()).await?;
    Ok(group)
}

/// Checks that features are in the catalogue.
async fn check_features(transaction: &mut db::Transaction, keys: &[String]) -> Result<(), Error> {
    let unknown = db::features::find_unknown(&mut **transaction, keys).await?;
    let Some(unknown) = unknown else {
        return Ok(());
    };
    let mut errors = FieldErrors::default();
    errors.add(
        "features",
        messages::feature_unknown(format!("{unknown:?}")),
    );
    Err(Error::Invalid(errors))
}

/// Returns the audited changes of a patch.
fn changes(before: &Group, patch: &GroupPatch) -> Changes {
    let mut changes = Changes::default();
    if let Some(name) = &patch.name {
        changes.note("name", before.name.as_str(), name.as_str());
    }
    if let Some(description) = &patch.description {
        changes.note(
            "description",
            before.description.as_str(),
            description.as_str(),
        );
    }
    if let Some(features) = &patch.features {
        changes.note("features", before.features.clone(), features.clone());
    }
    if let Some(data) = &patch.data {
        changes.note("data", before.data.clone(), data.clone());
    }
    if let Some(meta) = &patch.meta {
        changes.note("meta", before.meta.clone(), meta.clone());
    }
    if let Some(external_id) = &patch.external_id {
        changes.note(
            "externalId",
            before.external_id.clone(),
            external_id.clone(),
        );
    }
    changes
}

/// Translates a violated constraint into the error of its field.
fn taken(error: db::Error) -> Error {
    let mut errors = FieldErrors::default();
    match &error {
        db::Error::Constraint { constraint } if constraint == "groups_name_key" => {
            errors.add("name", messages::group_exists());
        }
        db::Error::Constraint { constraint } if constraint == "groups_external_id_key" => {
            errors.add("external_id", messages::external_id_exists());
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            return error.into();
        }
    }
    Error::Taken(errors)
}
