//! What happens to sessions while somebody looks at them. The server tells it; where it cannot, the list is read again
//! every half minute.

#[cfg(feature = "hydrate")]
mod stream;

use std::collections::HashMap;

use ::time::OffsetDateTime;
use domain::{
    list::PageParams,
    sessions::{
        Session, SessionEnd,
        list::{SessionPage, SessionParams, SessionSort},
    },
};
use leptos::prelude::*;
use uuid::Uuid;

use super::links;
use crate::api::{error::ApiError, sessions::SessionList};

/// What has happened since the list was read.
#[derive(Clone, Copy)]
pub struct Live {
    params: Memo<SessionParams>,
    list: Resource<Result<SessionList, ApiError>>,
    /// The list as it was read at first.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "nothing happens while the server draws a page")
    )]
    page: StoredValue<Option<SessionPage>>,
    /// Those that began and match, the latest first, as far as they are shown.
    begun: RwSignal<Vec<Session>>,
    /// Those that wait to be shown.
    waiting: RwSignal<Vec<Session>>,
    /// Whether somebody points at a row or has the focus in one: nothing may move under them.
    held: RwSignal<bool>,
    /// Those that ended.
    ended: RwSignal<HashMap<Uuid, SessionEnd>>,
    /// The list, read again.
    fresh: RwSignal<Option<SessionList>>,
    /// What is read out.
    told: RwSignal<String>,
}

impl Live {
    /// Watches for as long as the page is there, in the browser.
    pub(super) fn watch(
        params: Memo<SessionParams>,
        list: Resource<Result<SessionList, ApiError>>,
    ) -> Self {
        let live = Self {
            params,
            list,
            page: StoredValue::default(),
            begun: RwSignal::default(),
            waiting: RwSignal::default(),
            held: RwSignal::default(),
            ended: RwSignal::default(),
            fresh: RwSignal::default(),
            told: RwSignal::default(),
        };
        // Another list begins anew.
        Effect::new(move |before: Option<()>| {
            params.track();
            if before.is_some() {
                live.forget();
            }
        });
        #[cfg(feature = "hydrate")]
        stream::watch(live);
        live
    }

    fn forget(self) {
        self.begun.update(Vec::clear);
        self.waiting.update(Vec::clear);
        self.ended.update(HashMap::clear);
        self.fresh.set(None);
    }

    /// The rows to show: those of the list, and in front of them those that have begun since.
    pub(super) fn rows(self, list: &SessionList) -> Vec<Session> {
        let mut rows = self.begun.get();
        self.fresh.with(|fresh| {
            let known = &fresh.as_ref().unwrap_or(list).page.sessions;
            rows.retain(|begun| !known.iter().any(|session| session.id == begun.id));
            rows.extend(known.iter().cloned());
        });
        rows
    }

    /// How a session has ended, if it has.
    pub(super) fn end(self, id: Uuid) -> Option<SessionEnd> {
        self.ended.with(|ended| ended.get(&id).cloned())
    }

    /// When a session was last seen and the time of the answer, if the list was read again.
    pub(super) fn seen(self, id: Uuid) -> Option<(OffsetDateTime, OffsetDateTime)> {
        self.fresh.with(|fresh| {
            let page = &fresh.as_ref()?.page;
            let session = page.sessions.iter().find(|session| session.id == id)?;
            Some((session.last_seen_at, page.now))
        })
    }

    /// Keeps the rows where they are, or lets them move again.
    pub(super) fn hold(self, held: bool) {
        self.held.set(held);
        self.release();
    }

    /// Shows those that wait, where the list is whole and begins with the latest, and nobody is in it.
    fn release(self) {
        let params = self.params.get_untracked();
        let whole = params.after.is_none()
            && params.before.is_none()
            && links::current_sort(&params) == SessionSort::Newest
            && params.filter().is_ok_and(|filter| filter.is_empty());
        if whole && !self.held.get_untracked() && !self.waiting.read_untracked().is_empty() {
            let waiting = std::mem::take(&mut *self.waiting.write());
            self.begun.update(|begun| {
                begun.splice(0..0, waiting);
            });
        }
    }
}

/// That there are others than are shown, as a way to them; and, for who does not see it, what has happened.
#[component]
pub fn News(
    /// What has happened.
    live: Live,
) -> impl IntoView {
    let start = move || links::href(&live.params.read().at_start());
    let label = move || {
        let count = live.waiting.with(Vec::len);
        let sessions = if count == 1 { "session" } else { "sessions" };
        (count > 0).then(|| format!("{count} new {sessions}"))
    };
    let show = move |event: leptos::ev::MouseEvent| {
        let params = live.params.get_untracked();
        if params == params.at_start() {
            event.prevent_default();
            live.forget();
            live.list.refetch();
        }
    };
    view! {
        {move || {
            label()
                .map(|label| {
                    view! {
                        <a class="chip" href=start() on:click=show data-noscroll>
                            {label}
                        </a>
                    }
                })
        }}
        <p class="visually-hidden" aria-live="polite">
            {move || live.told.get()}
        </p>
    }
}
