//! Export of the resources that match a filter, as a file that is streamed.

use std::mem::take;

use db::resources::ResourceFilter;
use domain::{
    action::Action,
    list::{Limits, PageParams, Position, UnfilteredQuery},
    resources::{ListedResource, ResourceListParams},
};
use tokio::sync::mpsc::Sender;

use super::listing;
use crate::{
    Error, Services,
    access::{Authorized, ResourcesRead},
    audit::{
        Format,
        csv::{cell, line},
    },
    exports::{self, Pieces},
    row_exports::{self, PIECE, object, text, timestamp},
};

/// Names of the columns, in order.
const COLUMNS: [&str; 15] = [
    "id",
    "kind",
    "externalId",
    "name",
    "owner",
    "ownerId",
    "client",
    "clientId",
    "active",
    "grantedUsers",
    "grantedGroups",
    "grantedMembers",
    "grantedEveryone",
    "createdAt",
    "updatedAt",
];

/// Starts an export of the matching resources, the first created first. It is audited before the first byte. An error as the last
/// piece means that the file is incomplete.
///
/// # Errors
/// [`Error::List`] when the filter is not valid, or about an unknown user or what the actor cannot read, [`Error::TooManyAtOnce`] when
/// too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    params: &ResourceListParams,
    format: Format,
) -> Result<Pieces, Error> {
    let params = params.only_filter();
    let query = params.parse(Limits::API)?;
    let users = listing::find_users(&services.pool, authorized, &query).await?;
    let about = (Action::ResourceExported, "resources");
    let filter = exports::written(params.pairs());
    let slot = row_exports::start(services, authorized.actor(), about, filter, format).await?;
    let pool = services.pool.clone();
    let viewer = authorized.actor().id();
    Ok(exports::spawn(slot, move |sender| async move {
        let filter = listing::filter(viewer, &query, users);
        send(&pool, filter, format, &sender).await
    }))
}

async fn send(
    pool: &db::PgPool,
    filter: ResourceFilter<'_>,
    format: Format,
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let mut piece = row_exports::head(format, COLUMNS);
    let mut page = UnfilteredQuery {
        limit: PIECE,
        position: Position::First,
    };
    loop {
        let (resources, more) = db::resources::list_page(pool, &page, filter).await?;
        let last = resources.last().map(|last| last.cursor(1));
        match format {
            Format::Csv => {
                // The names and grants are another statement.
                if sender.send(Ok(take(&mut piece))).await.is_err() {
                    return Ok(());
                }
                for listed in listing::with_surroundings(pool, resources).await? {
                    piece.push_str(&row(&listed)?);
                }
            }
            Format::Ndjson => {
                for resource in &resources {
                    piece.push_str(&object(resource)?);
                }
            }
        }
        if sender.send(Ok(take(&mut piece))).await.is_err() {
            return Ok(());
        }
        match last {
            Some(last) if more => page.position = Position::After(last),
            _ => return Ok(()),
        }
    }
}

/// Returns the row of a resource.
fn row(listed: &ListedResource) -> Result<String, Error> {
    let ListedResource {
        resource,
        owner,
        client,
        granted,
    } = listed;
    Ok(line([
        resource.id.to_string(),
        cell(&resource.kind),
        cell(&resource.external_id),
        cell(&resource.name),
        cell(owner.as_deref().unwrap_or_default()),
        text(resource.owner_id),
        cell(client.as_deref().unwrap_or_default()),
        text(resource.client_id),
        resource.active.to_string(),
        granted.users.to_string(),
        granted.groups.to_string(),
        granted.members.to_string(),
        granted.everyone.to_string(),
        cell(&timestamp(resource.created_at)?),
        cell(&timestamp(resource.updated_at)?),
    ]))
}
