//! Page "Conversations": those of all users with the host application, with the totals of the filter.

mod message;
pub mod reader;
mod table;

use domain::{
    conversations::{ConversationParams, ConversationTotals, FeedbackFilter},
    filter::Dated,
};
use leptos::prelude::*;

use crate::{
    api::{
        conversations::{CONVERSATIONS, ListConversations, normalized},
        read::ReadRequest,
    },
    components::{
        exports::{Formats, export_links},
        filters::{Entry, FilterField, FilterForm},
        list::url_list::{ListTexts, UrlList},
        meaning,
        state::Meaning,
        tab::with,
    },
    context::PageContext,
    format::{dollars, grouped},
    labels::conversations::feedback_filter,
    links::conversations as links,
    text,
};

static TEXTS: ListTexts = ListTexts {
    title: text::conversations::title,
    label: text::conversations::title,
    load_failed: text::conversations::load_failed,
    show_all: text::conversations::show_all,
};

/// Formats of the exports: value in URLs, and label of the link.
const FORMATS: &Formats = &[
    ("json", text::conversations::export_json),
    ("yaml", text::conversations::export_yaml),
    ("csv", text::common::export_csv),
];

/// Renders the list of conversations. Its whole state is in the URL.
#[component]
pub fn Conversations() -> impl IntoView {
    let list = UrlList::load(CONVERSATIONS, &TEXTS, |params| {
        ReadRequest::of(ListConversations { params })
    })
    .with_fields(fields);
    let params = list.params;
    let about = with(list.loaded, move |listing| {
        let filter = normalized(params.get_untracked()).and_then(|params| params.filter());
        let filter = filter.unwrap_or_default();
        let parts = meaning::of_conversations(&filter, listing.now);
        let names_dates = !filter.days().is_empty();
        view! {
            <Meaning parts=parts names_dates=names_dates />
            {totals(listing.totals)}
        }
    });
    let hint = if is_searchable() {
        text::conversations::hint_searchable()
    } else {
        text::conversations::hint()
    };
    let above = view! {
        <p class="pane-actions muted">{hint}</p>
        <Filters params=params />
        {about}
    };
    // An export of what the list cannot show would fail too.
    let beside = with(list.loaded, move |_| {
        let params = normalized(params.get_untracked()).ok();
        params.map(|params| files(&|format| links::file(&params, format)))
    });
    list.render(beside, above.into_any(), table::table, table::shown)
}

/// Renders the links to an export in all formats. `href` returns the URL of a format.
fn files(href: &dyn Fn(&'static str) -> String) -> AnyView {
    view! { <div class="toolbar-end">{export_links(FORMATS, href)}</div> }.into_any()
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<ConversationParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::derive(move || links::cleared(&params.read()));
    view! {
        <FilterForm
            label=text::conversations::filter()
            path=CONVERSATIONS
            fields=fields
            cleared=cleared
        />
    }
}

fn fields(params: &ConversationParams) -> Vec<FilterField> {
    let typed = |label, example| Entry::Typed(label, example, None);
    let words = FilterField::new("q", &params.q, typed(text::conversations::words(), ""));
    let others = [
        FilterField::new(
            "branch",
            &params.branch,
            typed(text::conversations::branch(), ""),
        ),
        FilterField::new(
            "user",
            &params.user,
            typed(
                text::conversations::user(),
                text::conversations::user_example(),
            ),
        ),
        FilterField::new(
            "feedback",
            &params.feedback,
            Entry::Chosen(text::conversations::feedback(), feedback()),
        ),
        FilterField::new(
            "from",
            &params.from,
            typed(
                text::conversations::from(),
                text::conversations::from_example(),
            ),
        ),
        FilterField::new(
            "to",
            &params.to,
            typed(text::conversations::to(), text::conversations::to_example()),
        ),
        FilterField::new(
            "min_cost",
            &params.min_cost,
            typed(
                text::conversations::min_cost(),
                text::conversations::min_cost_example(),
            ),
        ),
        FilterField::new(
            "max_cost",
            &params.max_cost,
            typed(text::conversations::max_cost(), "5"),
        ),
        FilterField::new("external_id", &params.external_id, Entry::Hidden),
        FilterField::new("sort", &params.sort, Entry::Hidden),
        FilterField::new("limit", &params.limit, Entry::Hidden),
    ];
    let words = is_searchable().then_some(words);
    words.into_iter().chain(others).collect()
}

/// Returns whether the operator has enabled the search for words of messages.
fn is_searchable() -> bool {
    PageContext::current().site.conversation_search
}

/// Returns the selectable conditions on the feedback: value and label.
fn feedback() -> Vec<(&'static str, &'static str)> {
    let all = ("", text::conversations::any_feedback());
    let conditions = FeedbackFilter::ALL.iter().copied();
    let conditions = conditions.map(|known| (known.as_str(), feedback_filter(known)));
    std::iter::once(all).chain(conditions).collect()
}

/// Renders the sums of the matching conversations in words.
fn totals(totals: ConversationTotals) -> AnyView {
    let more = totals
        .or_more
        .then(|| text::conversations::or_more(grouped(totals.conversations)));
    let messages = totals.messages.unsigned_abs();
    let sums = [
        Some(text::conversations::conversations(totals.conversations)),
        Some(text::conversations::messages(messages)),
        Some(text::conversations::input(totals.tokens_in.unsigned_abs())),
        Some(text::conversations::output(
            totals.tokens_out.unsigned_abs(),
        )),
        Some(dollars(totals.cost)),
        more,
    ];
    let sums = sums
        .into_iter()
        .flatten()
        .map(|sum| view! { <li>{sum}</li> });
    view! {
        <ul class="filter-meaning" aria-label=text::conversations::totals()>
            {sums.collect_view()}
        </ul>
    }
    .into_any()
}
