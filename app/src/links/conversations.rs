//! URLs of the list of conversations and of their exports.

use domain::{
    conversations::{ConversationParams, ConversationSort, ConversationSortKey},
    list::PageParams,
    users::detail::UserRef,
};
use uuid::Uuid;

use super::with_selected;
use crate::api::conversations::CONVERSATIONS;

/// Address of the exports.
const FILES: &str = "/api/admin/conversations";

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &ConversationParams) -> String {
    with_selected(CONVERSATIONS, params.pairs().into_iter(), &[])
}

/// Returns the URL of the list of a user's conversations.
pub(crate) fn of_user(username: &str) -> String {
    href(&ConversationParams {
        user: Some(UserRef::naming(username)),
        ..ConversationParams::default()
    })
}

/// Returns the URL of the first page of the list after a click on a column heading.
pub(crate) fn sorted(params: &ConversationParams, key: ConversationSortKey) -> String {
    let sort = current_sort(params).clicked(key);
    let shown = (sort != ConversationSort::default()).then(|| sort.to_string());
    href(&ConversationParams {
        sort: shown,
        ..params.at_start()
    })
}

/// Returns the order of the list; the default order if the URL has none or an unknown one.
pub(crate) fn current_sort(params: &ConversationParams) -> ConversationSort {
    params.sort().unwrap_or_default()
}

/// Returns the URL of the list without filter, with the same order and page size.
pub(crate) fn cleared(params: &ConversationParams) -> String {
    href(&ConversationParams {
        sort: params.sort.clone(),
        limit: params.limit.clone(),
        ..ConversationParams::default()
    })
}

/// Returns the URL of the export of the matching conversations, in the order of the list.
pub(crate) fn file(params: &ConversationParams, format: &'static str) -> String {
    let exported = ConversationParams {
        sort: params.sort.clone(),
        ..params.only_filter()
    };
    let pairs = std::iter::once(("format", format)).chain(exported.pairs());
    with_selected(&format!("{FILES}/export"), pairs, &[])
}

/// Returns the URL of the export of one conversation.
pub(crate) fn file_of(id: Uuid, format: &'static str) -> String {
    format!("{FILES}/{id}/export?format={format}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_drop_the_cursor() {
        let params = ConversationParams {
            branch: Some("Physics 101".into()),
            min_cost: Some("0.5".into()),
            sort: Some("cost".into()),
            limit: Some("25".into()),
            after: Some("cursor".into()),
            ..ConversationParams::default()
        };
        let filter = "branch=Physics+101&min_cost=0.5";
        assert_eq!(
            href(&params),
            format!("/conversations?{filter}&sort=cost&limit=25&after=cursor")
        );
        assert_eq!(
            sorted(&params, ConversationSortKey::Cost),
            format!("/conversations?{filter}&sort=-cost&limit=25")
        );
        assert_eq!(
            sorted(&params, ConversationSortKey::Modified),
            format!("/conversations?{filter}&limit=25")
        );
        assert_eq!(cleared(&params), "/conversations?sort=cost&limit=25");
        assert_eq!(
            file(&params, "yaml"),
            format!("/api/admin/conversations/export?format=yaml&{filter}&sort=cost")
        );
        assert_eq!(of_user("112"), "/conversations?user=username%3A112");
        assert_eq!(
            file_of(Uuid::nil(), "csv"),
            "/api/admin/conversations/00000000-0000-0000-0000-000000000000/export?format=csv"
        );
    }
}
