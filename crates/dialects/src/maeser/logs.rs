//! The chat logs: the conversations that the host application has stored. Looking at one is audited.

use std::collections::HashMap;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{
    conversations::{
        Conversation, ConversationListing, ConversationMessage, ConversationParams,
        ConversationQuery, ConversationTotals, OpenedConversation, message_page,
    },
    error::Entity,
    list::{Limits, PageInfo, UnfilteredParams},
};
use service::{
    Error, Services,
    access::{Authorized, ConversationsRead, Identity},
    conversations,
};

use super::{
    html::{self, encode, escape},
    identity::{self, Ident},
    site::FromThisSite,
};
use crate::{Authenticated, DialectError, Mount};

/// Parameters of a page, each with its last value.
type Params = HashMap<String, String>;
/// Maximum number of rows in a page.
const SIZE: Limits = Limits {
    default: 1_000,
    max: 1_000,
};
/// Ending of the names of the files.
const ENDING: &str = ".json";
const NOT_FOUND: Error = Error::NotFound(Entity::Conversation);

/// `GET /logs`. Values that Maeser does not know count as left out.
pub(super) async fn list(
    State(services): State<Services>,
    mount: Mount,
    Authenticated(identity): Authenticated,
    Query(query): Query<Params>,
) -> Result<Response, DialectError> {
    let authorized = identity.require()?;
    let user = match query.get("user").filter(|user| !user.is_empty()) {
        Some(user) => Some(reference(&services, &identity, user).await?),
        None => None,
    };
    let params = params(&query, user);
    let parsed = parse(&params)?;
    let found = conversations::list_with_totals(&services, &authorized, &parsed).await?;
    Ok(draw_list(&mount, &query, &found))
}

/// Returns the parameters of the list that a query means.
fn params(query: &Params, user: Option<String>) -> ConversationParams {
    let value = |name: &str| query.get(name).map(String::as_str);
    let key = match value("sort_by") {
        Some("created") => "created",
        _ => "modified",
    };
    let sign = if value("order") == Some("asc") {
        ""
    } else {
        "-"
    };
    let feedback = value("feedback").filter(|value| ["true", "false"].contains(value));
    ConversationParams {
        branch: value("branch").map(str::to_owned),
        user,
        feedback: feedback.map(str::to_owned),
        sort: Some(format!("{sign}{key}")),
        after: value("after").map(str::to_owned),
        ..ConversationParams::default()
    }
}

fn parse(params: &ConversationParams) -> Result<ConversationQuery, Error> {
    Ok(params.parse(SIZE)?)
}

/// Returns the reference to a user by an identity or a username.
async fn reference(services: &Services, identity: &Identity, user: &str) -> Result<String, Error> {
    if let Some((auth, id)) = user.split_once('.') {
        let ident = Ident {
            auth: auth.to_owned(),
            id: id.to_owned(),
        };
        let found = identity::find(services, &identity.require()?, &ident).await?;
        if let Some(found) = found {
            return Ok(found.summary.id.to_string());
        }
    }
    Ok(format!("username:{user}"))
}

fn draw_list(mount: &Mount, query: &Params, found: &ConversationListing) -> Response {
    let rows: String = found
        .page
        .rows
        .iter()
        .map(|row| draw_row(mount, row))
        .collect();
    let body = format!(
        "{}<div class=\"table\">\n<table>\n\
         <thead><tr><th>Branch</th><th>File</th><th>User</th><th>Created</th><th>Modified</th><th>Has feedback</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n{}",
        draw_totals(&found.totals),
        next_page(&format!("{}/logs", mount.0), query, &found.page.page_info),
    );
    html::page(mount, "Chat Logs", "", &body)
}

/// Draws the sums. A plus stands for conversations beyond the counted ones.
fn draw_totals(totals: &ConversationTotals) -> String {
    let tokens = totals.tokens_in.saturating_add(totals.tokens_out);
    let (cost, more) = (totals.cost, if totals.or_more { "+" } else { "" });
    format!("<p>Total Tokens: {tokens}{more}</p>\n<p>Total Cost: ${cost}{more}</p>\n")
}

fn draw_row(mount: &Mount, row: &Conversation) -> String {
    let name = format!("{}{ENDING}", row.id);
    let path = format!("{}/logs/{}/{name}", mount.0, encode(&row.branch));
    let feedback = if row.has_feedback { "Yes" } else { "No" };
    format!(
        "<tr><td>{}</td><td><a href=\"{}\">{name}</a></td><td>{}</td><td>{}</td><td>{}</td><td>{feedback}</td></tr>\n",
        escape(&row.branch),
        escape(&path),
        escape(&row.username),
        at(
            row.started_at.date(),
            row.started_at.hour(),
            row.started_at.minute()
        ),
        at(
            row.modified_at.date(),
            row.modified_at.hour(),
            row.modified_at.minute()
        ),
    )
}

/// Formats a time in UTC.
fn at(date: impl std::fmt::Display, hour: u8, minute: u8) -> String {
    format!("{date} {hour:02}:{minute:02}")
}

/// Draws the link to the next page, if there is one.
fn next_page(path: &str, query: &Params, info: &PageInfo) -> String {
    let Some(after) = &info.after else {
        return String::new();
    };
    let mut address = format!("{path}?after={}", encode(after));
    for name in ["sort_by", "order", "branch", "user", "feedback"] {
        if let Some(value) = query.get(name) {
            address.push_str(&format!("&{name}={}", encode(value)));
        }
    }
    format!("<p><a href=\"{}\">Next page</a></p>\n", escape(&address))
}

/// `GET /logs/<branch>/<filename>`. The name of a file is the id of the conversation, here or in the host application.
pub(super) async fn show(
    State(services): State<Services>,
    mount: Mount,
    Authenticated(identity): Authenticated,
    _: FromThisSite,
    Path((branch, filename)): Path<(String, String)>,
    Query(query): Query<Params>,
) -> Result<Response, DialectError> {
    let authorized = identity.require()?;
    let params = UnfilteredParams {
        after: query.get("after").cloned(),
        ..UnfilteredParams::default()
    };
    let page = message_page(&params, SIZE).map_err(Error::from)?;
    let stem = filename.strip_suffix(ENDING).unwrap_or(&filename);
    let opened = match stem.parse() {
        Ok(id) => conversations::open(&services, &authorized, id, &page).await,
        Err(_) => Err(NOT_FOUND),
    };
    let opened = match opened {
        Err(Error::NotFound(_)) => {
            let named = find(&services, &authorized, (&branch, &filename)).await?;
            conversations::open(&services, &authorized, named.id, &page).await?
        }
        opened => opened?,
    };
    if opened.conversation.branch != branch {
        return Err(NOT_FOUND.into());
    }
    let path = format!("{}/logs/{}/{}", mount.0, encode(&branch), encode(&filename));
    let next = next_page(&path, &Params::new(), &opened.messages.page_info);
    Ok(draw_log(&mount, &filename, &opened, &next))
}

/// Returns the conversation of a branch by its id in the host application, with or without the ending of the name.
async fn find(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    (branch, filename): (&str, &str),
) -> Result<Conversation, Error> {
    let stem = filename.strip_suffix(ENDING).unwrap_or(filename);
    for name in [filename, stem] {
        let query = parse(&ConversationParams {
            external_id: Some(name.to_owned()),
            ..ConversationParams::default()
        })?;
        let found = conversations::list(services, authorized, &query).await?;
        let mut rows = found.page.rows.into_iter();
        let is_meant =
            |row: &Conversation| row.branch == branch && row.external_id.as_deref() == Some(name);
        if let Some(row) = rows.find(is_meant) {
            return Ok(row);
        }
    }
    Err(NOT_FOUND)
}

fn draw_log(mount: &Mount, filename: &str, opened: &OpenedConversation, next: &str) -> Response {
    let conversation = &opened.conversation;
    let messages: String = opened.messages.rows.iter().map(draw_message).collect();
    let body = format!(
        "<p>Branch: {}</p>\n<p>User: {}</p>\n<p>Total Cost: ${}</p>\n<p>Total Tokens: {}</p>\n{messages}{next}",
        escape(&conversation.branch),
        escape(&conversation.username),
        conversation.cost,
        conversation.tokens(),
    );
    html::page(mount, filename, "", &body)
}

fn draw_message(message: &ConversationMessage) -> String {
    let feedback = message.feedback.as_ref().map(|feedback| {
        let comment = escape(&feedback.comment);
        format!("<p>Feedback: {} {comment}</p>\n", feedback.rating.as_str())
    });
    format!(
        "<h2>{}</h2>\n<p>{}</p>\n<div class=\"message\">{}</div>\n{}",
        message.role.as_str(),
        at(message.at.date(), message.at.hour(), message.at.minute()),
        escape(&message.content),
        feedback.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use domain::conversations::FeedbackFilter;

    use super::*;

    #[test]
    fn totals_say_whether_there_are_more() {
        for (or_more, says) in [(false, "7</p>"), (true, "7+</p>")] {
            let totals = ConversationTotals {
                tokens_in: 3,
                tokens_out: 4,
                or_more,
                ..ConversationTotals::default()
            };
            let drawn = draw_totals(&totals);
            let expected = format!("<p>Total Tokens: {says}");
            assert!(drawn.starts_with(&expected), "{drawn}");
        }
    }

    #[test]
    fn query_has_the_words_of_maeser() {
        for (pairs, sort, feedback) in [
            (&[][..], "-modified", None),
            (&[("sort_by", "created"), ("order", "asc")], "created", None),
            (&[("sort_by", "size"), ("order", "up")], "-modified", None),
            (
                &[("feedback", "true")],
                "-modified",
                Some(FeedbackFilter::Any),
            ),
            (&[("feedback", "maybe")], "-modified", None),
        ] {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (String::from(*name), String::from(*value)));
            let query = parse(&params(&pairs.collect(), None)).unwrap();
            assert_eq!(query.sort.to_string(), sort);
            assert_eq!(query.filter.feedback, feedback);
            assert_eq!(query.limit, 1_000);
        }
    }
}
