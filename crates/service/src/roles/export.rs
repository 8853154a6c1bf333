//! Export of all roles as a file.

use domain::{access::BuiltinRole, action::Action, roles::Role};

use crate::{
    Error, Services,
    access::{Authorized, RolesRead},
    audit::{
        Format,
        csv::{cell, line},
    },
    exports::{self, Pieces},
    row_exports,
};

/// Names of the columns, in order.
const COLUMNS: [&str; 10] = [
    "id",
    "name",
    "label",
    "description",
    "permissions",
    "rank",
    "builtin",
    "users",
    "createdAt",
    "updatedAt",
];

/// Starts an export of all roles, the most powerful first. It is audited before the first byte. An error as the last piece means that the
/// file is incomplete.
///
/// # Errors
/// [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<RolesRead>,
    format: Format,
) -> Result<Pieces, Error> {
    let about = (Action::RoleExported, "roles");
    let filter = String::new();
    let slot = row_exports::start(services, authorized.actor(), about, filter, format).await?;
    let pool = services.pool.clone();
    Ok(exports::spawn(slot, move |sender| async move {
        let mut piece = row_exports::head(format, COLUMNS);
        let roles = db::roles::edit::list(&pool).await?;
        piece.push_str(&row_exports::lines(format, &roles, row)?);
        // Fails only if the reader is gone.
        drop(sender.send(Ok(piece)).await);
        Ok(())
    }))
}

/// Returns the row of a role.
fn row(role: &Role) -> Result<String, Error> {
    Ok(line([
        role.id.to_string(),
        cell(&role.name),
        cell(role.label.as_deref().unwrap_or_default()),
        cell(&role.description),
        cell(&role.permissions.join(" ")),
        role.rank.to_string(),
        row_exports::text(role.builtin.map(BuiltinRole::as_str)),
        role.users.to_string(),
        cell(&row_exports::timestamp(role.created_at)?),
        cell(&row_exports::timestamp(role.updated_at)?),
    ]))
}
