//! Export of the resources that match a filter, as a file that is streamed.

use std::mem::take;

use db::resources::ResourceFilter;
use domain::{
    action::Action,
    list::{Limits, PageParams, Position, UnfilteredQuery},
    resources::{ListedResource, Resource, ResourceListParams},
};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::mpsc::Sender;

use super::listing;
use crate::{
    Error, Services,
    access::{Authorized, ResourcesRead},
    audit::{
        self, Changes, Format,
        csv::{cell, line},
    },
    exports::{self, Pieces},
};

/// Number of resources that one query reads.
const PIECE: u16 = 1_000;

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
    let slot = services.exports.reserve(authorized.actor())?;
    let changes = Changes::default()
        .with("filter", Value::Null, exports::written(params.pairs()))
        .with("format", Value::Null, format.as_str());
    let mut transaction = db::begin(&services.pool).await?;
    let about = (Action::ResourcesExported, None, "resources");
    let audited = audit::write_about(&mut transaction, authorized.actor(), about, changes).await?;
    db::commit(transaction, audited).await?;
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
    let mut piece = match format {
        Format::Csv => line(COLUMNS.map(str::to_owned)),
        Format::Ndjson => String::new(),
    };
    let mut page = UnfilteredQuery {
        limit: PIECE,
        position: Position::First,
    };
    loop {
        let (resources, more) = db::resources::list_page(pool, &page, filter).await?;
        let last = resources.last().map(|last| last.cursor(1));
        match format {
            Format::Csv => {
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

/// Returns the line of a resource in the schema of the API.
fn object(resource: &Resource) -> Result<String, Error> {
    let line = serde_json::to_string(resource);
    Ok(line.map_err(|error| Error::Internal(error.into()))? + "\n")
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

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn timestamp(at: OffsetDateTime) -> Result<String, Error> {
    let at = at.format(&Rfc3339);
    at.map_err(|error| Error::Internal(error.into()))
}
