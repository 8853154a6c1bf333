//! Export of the clients that match a search, as a file that is streamed.

use std::mem::take;

use domain::{
    action::Action,
    clients::{CLIENTS_ORDER, Client},
    list::{Limits, PageParams, Position, SearchParams, SearchQuery},
};
use tokio::sync::mpsc::Sender;

use crate::{
    Error, Services,
    access::{Authorized, ClientsRead},
    audit::{
        Format,
        csv::{cell, line},
    },
    exports::{self, Pieces},
    row_exports::{self, PIECE},
};

/// Names of the columns, in order.
const COLUMNS: [&str; 6] = ["id", "name", "logoUrl", "version", "createdAt", "updatedAt"];

/// Starts an export of the matching clients, by name. It is audited before the first byte. An error as the last piece means that the file
/// is incomplete.
///
/// # Errors
/// [`Error::List`] when the search is not valid, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<ClientsRead>,
    params: &SearchParams,
    format: Format,
) -> Result<Pieces, Error> {
    let query = params.parse(Limits::API, CLIENTS_ORDER)?;
    let first = SearchQuery {
        limit: PIECE,
        position: Position::First,
        ..query
    };
    let about = (Action::ClientExported, "clients");
    let filter = exports::written(params.pairs());
    let slot = row_exports::start(services, authorized.actor(), about, filter, format).await?;
    let pool = services.pool.clone();
    Ok(exports::spawn(slot, move |sender| async move {
        send(&pool, first, format, &sender).await
    }))
}

async fn send(
    pool: &db::PgPool,
    mut page: SearchQuery,
    format: Format,
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let mut piece = row_exports::head(format, COLUMNS);
    loop {
        let (clients, more) = db::clients::list_page(pool, &page).await?;
        piece.push_str(&row_exports::lines(format, &clients, row)?);
        if sender.send(Ok(take(&mut piece))).await.is_err() {
            return Ok(());
        }
        match clients.last() {
            Some(last) if more => page.position = Position::After(last.cursor(1)),
            Some(_) | None => return Ok(()),
        }
    }
}

/// Returns the row of a client.
fn row(client: &Client) -> Result<String, Error> {
    Ok(line([
        client.id.to_string(),
        cell(&client.name),
        cell(client.logo_url.as_deref().unwrap_or_default()),
        client.version.to_string(),
        cell(&row_exports::timestamp(client.created_at)?),
        cell(&row_exports::timestamp(client.updated_at)?),
    ]))
}
