//! Conversations of users with the host application: lists, single conversations and their messages. Each look at a conversation of
//! another user is audited, and so is each search for words of messages.

mod export;
mod file;
mod own;
mod search;
mod store;

use db::conversations::ConversationConditions;
use domain::{
    action::Action,
    conversations::{
        Conversation, ConversationFilter, ConversationListing, ConversationMessage,
        ConversationParams, ConversationQuery, ConversationTotals, OpenedConversation,
    },
    error::Entity,
    filter::Dated,
    list::{Listed, Page, Total, UnfilteredQuery},
    users::detail::UserRef,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Authorized, ConversationsRead},
    audit::{self, Audited, Change, Changes},
    days, guard,
};

pub use export::{ConversationExport, ConversationFormat, export, export_one};
pub use own::{find_own, list_own, list_own_messages};
pub use search::prepare_search;
pub use store::{append, create, set_feedback};

const NOT_FOUND: Error = Error::NotFound(Entity::Conversation);

/// Lists conversations without their messages. A search for words of messages is audited.
///
/// # Errors
/// [`Error::List`] when a search is not possible, [`Error::Conflict`] when its index is not complete.
pub async fn list(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    query: &ConversationQuery,
) -> Result<Listed<Conversation>, Error> {
    let resolved = resolve(services, authorized, &query.filter).await?;
    page(services, query, resolved.conditions()).await
}

/// Lists conversations without their messages, with the sums of all that match.
///
/// # Errors
/// As [`list`].
pub async fn list_with_totals(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    query: &ConversationQuery,
) -> Result<ConversationListing, Error> {
    let resolved = resolve(services, authorized, &query.filter).await?;
    let conditions = resolved.conditions();
    let mut connection = db::acquire(&services.pool).await?;
    let (rows, more) = db::conversations::list_page(&mut *connection, query, conditions).await?;
    let totals = db::conversations::sum(&mut *connection, conditions).await?;
    let total = Total {
        count: totals.conversations,
        or_more: totals.or_more,
    };
    Ok(ConversationListing {
        page: page_of(query, rows, more, total),
        totals,
        now: (services.clock)(),
    })
}

/// Adds up the conversations that match the parameters, counted up to the limit of exact totals.
///
/// # Errors
/// [`Error::List`] when a parameter is not valid, otherwise as [`list`].
pub async fn totals(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    params: &ConversationParams,
) -> Result<ConversationTotals, Error> {
    let resolved = resolve(services, authorized, &params.filter()?).await?;
    Ok(db::conversations::sum(&services.pool, resolved.conditions()).await?)
}

/// Returns a conversation without its messages. The look is audited.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conversation.
pub async fn find(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    id: Uuid,
) -> Result<Conversation, Error> {
    look(services, authorized, id, Action::ConversationViewed).await
}

/// Lists messages of a conversation, the first one first. The look is audited.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conversation.
pub async fn list_messages(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    id: Uuid,
    query: &UnfilteredQuery,
) -> Result<(Conversation, Listed<ConversationMessage>), Error> {
    let conversation = look(services, authorized, id, Action::ConversationViewed).await?;
    let messages = messages(services, &conversation, query).await?;
    Ok((conversation, messages))
}

/// Returns a conversation with a page of its messages, the first one first. The look is audited once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conversation.
pub async fn open(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    id: Uuid,
    query: &UnfilteredQuery,
) -> Result<OpenedConversation, Error> {
    let (conversation, messages) = list_messages(services, authorized, id, query).await?;
    Ok(OpenedConversation {
        conversation,
        messages: messages.page,
        now: messages.now,
    })
}

/// Filter with the names in it resolved.
struct Resolved {
    filter: ConversationFilter,
    user: Option<Uuid>,
    branches: Option<Vec<String>>,
    ids: Option<Vec<Uuid>>,
    now: OffsetDateTime,
}

impl Resolved {
    /// Returns the conditions of a statement.
    fn conditions(&self) -> ConversationConditions<'_> {
        ConversationConditions {
            filter: &self.filter,
            user: self.user,
            branches: self.branches.as_deref(),
            ids: self.ids.as_deref(),
            now: self.now,
        }
    }
}

/// Resolves the names, the days and the words in a filter.
async fn resolve(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    filter: &ConversationFilter,
) -> Result<Resolved, Error> {
    let ids = search::find(services, authorized, filter).await?;
    let days = days::find(services, authorized.actor(), filter).await?;
    let user = match &filter.user {
        // No user has this id, so that no conversation matches an unknown user.
        Some(user) => {
            let id = db::users::find_id(&services.pool, &UserRef::parse(user)).await?;
            Some(id.unwrap_or_default())
        }
        None => None,
    };
    let branches = match &filter.branch {
        Some(part) => Some(db::conversations::list_branches(&services.pool, part).await?),
        None => None,
    };
    Ok(Resolved {
        filter: filter.in_days(&days),
        user,
        branches,
        ids,
        now: (services.clock)(),
    })
}

/// Lists conversations, for callers whose permission is checked.
async fn page(
    services: &Services,
    query: &ConversationQuery,
    conditions: ConversationConditions<'_>,
) -> Result<Listed<Conversation>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (rows, more) = db::conversations::list_page(&mut *connection, query, conditions).await?;
    let counted = db::conversations::count(&mut *connection, conditions).await?;
    let page = page_of(query, rows, more, Total::up_to_limit(counted));
    Ok(page.at((services.clock)()))
}

/// Returns the page of the conversations that were read for a query.
fn page_of(
    query: &ConversationQuery,
    rows: Vec<Conversation>,
    more: bool,
    total: Total,
) -> Page<Conversation> {
    let cursor = |row: &Conversation, number| row.cursor(query.sort, number);
    Page::of(rows, more, total, &query.position, cursor)
}

/// Lists messages, for callers whose permission is checked.
async fn messages(
    services: &Services,
    conversation: &Conversation,
    query: &UnfilteredQuery,
) -> Result<Listed<ConversationMessage>, Error> {
    let id = conversation.id;
    let (messages, more) =
        db::conversations::messages::list_page(&services.pool, id, query).await?;
    let total = Total::exact(conversation.messages.unsigned_abs().into());
    let cursor = |row: &ConversationMessage, number| row.cursor(id, number);
    let page = Page::of(messages, more, total, &query.position, cursor);
    Ok(page.at((services.clock)()))
}

/// Returns a conversation, and writes the audit log entry about the look at it, unless it is the actor's own.
async fn look(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    id: Uuid,
    action: Action,
) -> Result<Conversation, Error> {
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let found = db::conversations::find(&mut *transaction, id).await?;
    let conversation = found.ok_or(NOT_FOUND)?;
    let audited =
        if actor.id() == Some(conversation.user_id) && action == Action::ConversationViewed {
            Audited::not_needed("users look at their own conversations")
        } else {
            write_entry(&mut transaction, &actor, action, &conversation).await?
        };
    db::commit(transaction, audited).await?;
    Ok(conversation)
}

/// Writes an audit log entry about a conversation, whose name is as private as its messages.
async fn write_entry(
    transaction: &mut db::Transaction,
    actor: &Actor,
    action: Action,
    conversation: &Conversation,
) -> Result<Audited, Error> {
    let id = Some(conversation.id);
    let before = (action != Action::ConversationCreated).then_some(conversation.id);
    let change = Change {
        action,
        user: (conversation.user_id, &conversation.username),
        changes: Changes::default().about("conversation", before, id),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}
