//! Table of conversations.

use ::time::OffsetDateTime;
use domain::{
    conversations::{Conversation, ConversationListing, ConversationParams, ConversationSortKey},
    list::{PageParams, Total},
};
use leptos::prelude::*;

use crate::{
    api::conversations::{CONVERSATIONS, path},
    components::{
        icon::Icon,
        identifier::user_link,
        list::{
            column::{Column, SortLink, cells, sortable},
            data_table::{self, DataTable},
            empty_list::{EmptyList, EmptyTexts},
            row_link::name_link,
            url_list::paged,
        },
        time::Ago,
    },
    format::{count, dollars},
    links::conversations as links,
    text,
};

static EMPTY: EmptyTexts = EmptyTexts {
    none: text::conversations::none,
    none_hint: text::conversations::none_text,
    none_here: text::conversations::none_here,
    first_page: text::conversations::first_page,
    none_match: text::conversations::none_match,
    show_all: text::conversations::show_all,
};

/// Row of the list.
struct Row {
    conversation: Conversation,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<Row, ConversationSortKey>; 8] = [
    Column::new(text::conversations::name, |cell, row| {
        let conversation = &row.conversation;
        let (href, name) = (path(conversation.id), conversation.name.clone());
        let messages = text::conversations::messages(conversation.messages.unsigned_abs().into());
        cell.header(view! {
            {name_link(href, name)}
            " "
            <span class="muted">{messages}</span>
        })
    }),
    Column {
        class: "cell-username",
        label: text::conversations::user,
        sort: None,
        cell: |cell, row| cell.labelled(user(&row.conversation)),
    },
    Column {
        class: "cell-branch",
        label: text::conversations::branch,
        sort: None,
        cell: |cell, row| {
            let branch = row.conversation.branch.clone();
            cell.labelled(view! { <bdi>{branch}</bdi> })
        },
    },
    Column {
        class: "cell-feedback",
        label: text::conversations::feedback,
        sort: None,
        cell: |cell, row| cell.labelled(feedback(&row.conversation)),
    },
    Column {
        class: "cell-tokens",
        label: text::conversations::tokens,
        sort: Some(ConversationSortKey::Tokens),
        cell: |cell, row| cell.labelled(count(row.conversation.tokens())),
    },
    Column {
        class: "cell-cost",
        label: text::conversations::cost,
        sort: Some(ConversationSortKey::Cost),
        cell: |cell, row| cell.labelled(dollars(row.conversation.cost)),
    },
    Column {
        class: "cell-started",
        label: text::conversations::started,
        sort: Some(ConversationSortKey::Created),
        cell: |cell, row| {
            let at = row.conversation.started_at;
            cell.labelled(view! { <Ago at=at now=row.now brief=true /> })
        },
    },
    Column {
        class: "cell-modified",
        label: text::conversations::modified,
        sort: Some(ConversationSortKey::Modified),
        cell: |cell, row| {
            let at = row.conversation.modified_at;
            cell.labelled(view! { <Ago at=at now=row.now brief=true /> })
        },
    },
];

/// Renders the link to the user of a conversation.
pub(super) fn user(conversation: &Conversation) -> AnyView {
    user_link(conversation.user_id, conversation.username.clone())
}

/// Returns the numbers of likes and dislikes, or a dash.
pub(super) fn feedback(conversation: &Conversation) -> String {
    let (likes, dislikes) = (conversation.likes, conversation.dislikes);
    let counts = [
        (likes > 0).then(|| text::conversations::likes(likes.unsigned_abs().into())),
        (dislikes > 0).then(|| text::conversations::dislikes(dislikes.unsigned_abs().into())),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    if counts.is_empty() {
        "—".to_owned()
    } else {
        counts.join(", ")
    }
}

/// Returns the table without its rows.
pub(super) fn table(params: &ConversationParams) -> DataTable {
    let sort = links::current_sort(params);
    let link = |key: ConversationSortKey| SortLink {
        href: links::sorted(params, key),
        descending: (sort.key == key).then_some(sort.descending),
    };
    DataTable {
        class: "table records conversations-table",
        caption: text::conversations::title(),
        headings: sortable(&COLUMNS, &link),
        select_all: None,
    }
}

/// Renders the rows, or the empty state.
pub(super) fn shown(params: &ConversationParams, listing: ConversationListing) -> AnyView {
    let ConversationListing { page, now, .. } = listing;
    let row = |conversation| {
        let row = Row { conversation, now };
        data_table::row(row.conversation.id, cells(&COLUMNS, &row))
    };
    paged(CONVERSATIONS, params, page, table(params), row, empty)
}

/// Renders the empty state, with the number of conversations on other pages.
fn empty(params: &ConversationParams, others: Total) -> AnyView {
    let list = EmptyList {
        icon: Icon::Chat,
        texts: &EMPTY,
        is_filtered: !params.only_filter().pairs().is_empty(),
        others,
        first: links::href(&params.at_start()),
        all: CONVERSATIONS,
    };
    list.render()
}
