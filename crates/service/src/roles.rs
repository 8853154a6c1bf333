//! Roles: listing, creation, changes and deletion. An actor changes no role that has a permission or a rank above the own ones, neither
//! as it is nor as it would be.

mod delete;
mod export;

use db::users::password::LastingOf;
use domain::{
    action::Action,
    error::Entity,
    fields::FieldErrors,
    jobs::JobKind,
    message::Message,
    messages,
    permission::{Permission, Permissions},
    policy::Denied,
    roles::{Role, RoleDraft, RoleEdit, RolePatch, RoleRank, role_denied},
    stored::StoredObject,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Authorized, RolesRead, RolesWrite},
    audit::{self, Changes},
    deletions,
    guard::{self, TargetRef},
    lasting_passwords::{self, Gain},
};

pub use delete::{delete, preview_deletion};
pub use export::export;

const NOT_FOUND: Error = Error::NotFound(Entity::Role);

/// Lists all roles, the most powerful first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(services: &Services, _: &Authorized<RolesRead>) -> Result<Vec<Role>, Error> {
    Ok(db::roles::edit::list(&services.pool).await?)
}

/// Returns a role by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such role.
pub async fn find(services: &Services, _: &Authorized<RolesRead>, id: Uuid) -> Result<Role, Error> {
    db::roles::edit::find(&services.pool, id)
        .await?
        .ok_or(NOT_FOUND)
}

/// Returns the reason why the caller cannot change a role, for each of these roles; `None` for one without a reason.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn denied_changes(
    services: &Services,
    authorized: &Authorized<RolesRead>,
    roles: &[Role],
) -> Result<Vec<Option<Message>>, Error> {
    let actor = authorized.actor();
    let own_rank = match actor.id() {
        Some(id) => db::roles::edit::find_rank(&services.pool, id).await?,
        None => None,
    };
    let denied = |role: &Role| {
        let granted = Permissions::new(role.permissions.clone());
        role_denied(&actor.subject, own_rank, (&granted, role.rank)).map(Denied::message)
    };
    Ok(roles.iter().map(denied).collect())
}

/// Lists the ids of the roles that jobs are deleting.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_being_deleted(
    services: &Services,
    _: &Authorized<RolesRead>,
) -> Result<Vec<String>, Error> {
    Ok(db::deletions::list_running(&services.pool, JobKind::DeleteRole).await?)
}

/// Creates a role.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors, [`Error::Denied`] for permissions or a rank above those of the actor.
pub async fn create(
    services: &Services,
    authorized: &Authorized<RolesWrite>,
    draft: RoleDraft,
) -> Result<Role, Error> {
    let new = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, own_rank) = &open(&mut transaction, authorized).await?;
    let granted = Permissions::new(new.permissions.clone());
    authorize(actor, *own_rank, (&granted, new.rank))?;
    let id = db::roles::edit::insert(&mut transaction, &new)
        .await
        .map_err(taken)?;
    let changes = Changes::default()
        .with("name", Value::Null, new.name.as_str())
        .with("label", Value::Null, new.label.clone())
        .with("description", Value::Null, new.description.as_str())
        .with("permissions", Value::Null, new.permissions.clone())
        .with("rank", Value::Null, new.rank);
    let about = (Action::RoleCreated, Some(id), new.name.as_str());
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    let role = db::roles::edit::find(&mut *transaction, id).await?;
    db::commit(transaction, audited).await?;
    role.ok_or(NOT_FOUND)
}

/// Creates a role with the permissions, the description and the rank of another one.
///
/// # Errors
/// As [`create`], and [`Error::NotFound`] when there is no such role.
pub async fn clone(
    services: &Services,
    authorized: &Authorized<RolesWrite>,
    source: impl Into<TargetRef>,
    name: String,
) -> Result<Role, Error> {
    let source = source.into();
    let role = db::roles::edit::find(&services.pool, source.id)
        .await?
        .ok_or(NOT_FOUND)?;
    source.check_name(&role.name)?;
    let draft = RoleDraft {
        name,
        label: None,
        description: role.description,
        permissions: role.permissions,
        rank: Some(role.rank),
    };
    create(services, authorized, draft).await
}

/// Changes a role. Fields that the edit leaves out stay.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors, [`Error::Outdated`] when the role was changed since the caller read it,
/// [`Error::Denied`] for a role above the actor, [`Error::NotFound`] when there is no such role.
pub async fn edit(
    services: &Services,
    authorized: &Authorized<RolesWrite>,
    target: impl Into<TargetRef>,
    edit: RoleEdit,
) -> Result<Role, Error> {
    let patch = edit.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, own_rank) = &open(&mut transaction, authorized).await?;
    let before = lock(&mut transaction, (actor, *own_rank), &target.into()).await?;
    patch.check_builtin(&before).map_err(Error::Invalid)?;
    let (granted, rank) = patch.applied_to(&before);
    authorize(actor, *own_rank, (&granted, rank))?;
    let changes = changes(&before, &patch);
    if changes.is_empty() {
        return Ok(before);
    }
    db::roles::edit::set(&mut transaction, before.id, &patch)
        .await
        .map_err(taken)?;
    if !Permissions::new(before.permissions.clone()).include_all(&granted) {
        let holders = LastingOf::Role(before.id);
        lasting_passwords::clear_of(&mut transaction, actor, holders, Gain::Rights).await?;
    }
    let about = (Action::RoleUpdated, Some(before.id), before.name.as_str());
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    let after = db::roles::edit::find(&mut *transaction, before.id).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NOT_FOUND)
}

/// Begins a change of roles: no other change of roles or administrators runs until it ends. Returns the actor with the current
/// permissions and rank.
async fn open(
    transaction: &mut db::Transaction,
    authorized: &Authorized<RolesWrite>,
) -> Result<(Actor, RoleRank), Error> {
    db::users::lock_admins(transaction).await?;
    let actor = guard::confirm(transaction, authorized.actor(), Permission::RolesWrite).await?;
    let own_rank = match actor.id() {
        Some(id) => db::roles::edit::find_rank(&mut **transaction, id).await?,
        None => None,
    };
    Ok((actor, own_rank))
}

/// Locks a role that the actor can change, in the version that was shown.
async fn lock(
    transaction: &mut db::Transaction,
    (actor, own_rank): (&Actor, RoleRank),
    target: &TargetRef,
) -> Result<Role, Error> {
    let role = db::roles::edit::lock(transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    let granted = Permissions::new(role.permissions.clone());
    authorize(actor, own_rank, (&granted, role.rank))?;
    // Before the name, so that a form for a role that was renamed since shows its new name.
    if !target.is_at(role.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Role(role))));
    }
    target.check_name(&role.name)?;
    deletions::check_stays(transaction, &role.id.to_string()).await?;
    Ok(role)
}

fn authorize(actor: &Actor, own_rank: RoleRank, role: (&Permissions, i16)) -> Result<(), Error> {
    role_denied(&actor.subject, own_rank, role).map_or(Ok(()), |denied| Err(denied.into()))
}

/// Returns the audited changes of a patch.
fn changes(before: &Role, patch: &RolePatch) -> Changes {
    let mut changes = Changes::default();
    if let Some(name) = &patch.name {
        changes.note("name", before.name.as_str(), name.as_str());
    }
    if let Some(label) = &patch.label {
        changes.note("label", before.label.clone(), label.clone());
    }
    if let Some(description) = &patch.description {
        changes.note(
            "description",
            before.description.as_str(),
            description.as_str(),
        );
    }
    if let Some(permissions) = &patch.permissions {
        changes.note(
            "permissions",
            before.permissions.clone(),
            permissions.clone(),
        );
    }
    if let Some(rank) = patch.rank {
        changes.note("rank", before.rank, rank);
    }
    changes
}

/// Translates a violated constraint into the error of the name.
fn taken(error: db::Error) -> Error {
    let is_name = matches!(&error, db::Error::Constraint { constraint }
        if constraint == "roles_name_key" || constraint == "roles_name_not_of_builtin");
    if !is_name {
        return error.into();
    }
    let mut errors = FieldErrors::default();
    errors.add("name", messages::role_exists());
    Error::Taken(errors)
}
