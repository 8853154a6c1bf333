//! Search for words of messages, which the operator can enable. Its results reveal what users wrote, so each search is audited as a look.

use domain::{
    action::Action,
    conversations::ConversationFilter,
    error::Conflict,
    list::{EXACT_TOTAL_MAX, ListError},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, ConversationsRead},
    audit::{self, Changes},
    exports, guard,
};

/// Creates the index of the words if the operator has enabled the search, or drops it. Returns false if another process does it.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn prepare_search(services: &Services) -> Result<bool, Error> {
    let is_wanted = services.settings.conversation_search;
    Ok(db::conversations::search::set_index(&services.pool, is_wanted).await?)
}

/// Returns the ids of the conversations with a message that has the words of a filter; `None` if it has no words. The search is audited,
/// without its results, which not every reader of the audit log can see.
///
/// # Errors
/// [`Error::List`] when the search is not enabled or too many messages match, [`Error::Conflict`] when the index is not complete.
pub(super) async fn find(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    filter: &ConversationFilter,
) -> Result<Option<Vec<Uuid>>, Error> {
    let Some(words) = filter.words.as_deref() else {
        return Ok(None);
    };
    if !services.settings.conversation_search {
        return Err(ListError::SearchOff.into());
    }
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    if !db::conversations::search::is_indexed(&mut *transaction).await? {
        return Err(Error::Conflict(Conflict::SearchIndexIncomplete));
    }
    let user = filter.user.as_deref().map(|user| ("user", user));
    let searched = std::iter::once(("q", words)).chain(user).collect();
    let searched = exports::written(searched);
    let changes = Changes::default().with("filter", Value::Null, searched);
    let about = (Action::ConversationsSearched, None, "conversations");
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    let mut transaction = db::begin(&services.pool).await?;
    let found = db::conversations::search::find(&mut transaction, words).await?;
    let found = found.ok_or(ListError::SearchBroad(EXACT_TOTAL_MAX))?;
    Ok(Some(found))
}
