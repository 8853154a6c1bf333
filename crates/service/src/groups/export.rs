//! Export of the groups that match a search, as a file that is streamed.

use std::mem::take;

use db::groups::GroupFilter;
use domain::{
    action::Action,
    groups::{GROUPS_ORDER, GroupSummary},
    list::{Limits, PageParams, Position, SearchParams, SearchQuery},
};
use tokio::sync::mpsc::Sender;

use crate::{
    Error, Services,
    access::{Authorized, GroupsRead},
    audit::{
        Format,
        csv::{cell, line},
    },
    exports::{self, Pieces},
    row_exports::{self, PIECE},
};

/// Names of the columns, in order.
const COLUMNS: [&str; 5] = ["id", "name", "description", "members", "createdAt"];

/// Starts an export of the matching groups, by name. It is audited before the first byte. An error as the last piece means that the file
/// is incomplete.
///
/// # Errors
/// [`Error::List`] when the search is not valid, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<GroupsRead>,
    params: &SearchParams,
    format: Format,
) -> Result<Pieces, Error> {
    let SearchQuery { text, .. } = params.parse(Limits::API, GROUPS_ORDER)?;
    let about = (Action::GroupExported, "groups");
    let filter = exports::written(params.pairs());
    let slot = row_exports::start(services, authorized.actor(), about, filter, format).await?;
    let pool = services.pool.clone();
    Ok(exports::spawn(slot, move |sender| async move {
        send(&pool, text.as_deref(), format, &sender).await
    }))
}

async fn send(
    pool: &db::PgPool,
    text: Option<&str>,
    format: Format,
    sender: &Sender<Result<String, Error>>,
) -> Result<(), Error> {
    let filter = GroupFilter {
        text,
        ..GroupFilter::default()
    };
    let mut page = SearchQuery {
        text: None,
        limit: PIECE,
        position: Position::First,
    };
    let mut piece = row_exports::head(format, COLUMNS);
    loop {
        let (groups, more) = db::groups::list_page(pool, &page, filter).await?;
        piece.push_str(&row_exports::lines(format, &groups, row)?);
        if sender.send(Ok(take(&mut piece))).await.is_err() {
            return Ok(());
        }
        match groups.last() {
            Some(last) if more => page.position = Position::After(last.cursor(1)),
            Some(_) | None => return Ok(()),
        }
    }
}

/// Returns the row of a group.
fn row(group: &GroupSummary) -> Result<String, Error> {
    Ok(line([
        group.id.to_string(),
        cell(&group.name),
        cell(&group.description),
        group.members.to_string(),
        cell(&row_exports::timestamp(group.created_at)?),
    ]))
}
