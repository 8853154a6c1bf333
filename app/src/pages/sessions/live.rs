//! Live updates of the session list. The server pushes changes; where it cannot, the list is loaded again every 30 seconds.

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

use crate::{
    api::sessions::SessionList, components::loaded::Loaded, links::sessions as links, text,
};

/// Changes since the list was loaded.
#[derive(Clone, Copy)]
pub struct Live {
    params: Memo<SessionParams>,
    list: Loaded<SessionList>,
    /// Page of the list as it was loaded initially.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "nothing happens while the server draws a page")
    )]
    page: StoredValue<Option<SessionPage>>,
    /// Matching sessions that have started since, newest first, as far as they are shown.
    begun: RwSignal<Vec<Session>>,
    /// Matching sessions that have started since and are not shown yet.
    waiting: RwSignal<Vec<Session>>,
    /// `true` while the pointer or the focus is on a row: rows must not move then.
    held: RwSignal<bool>,
    /// Sessions that have ended since, by id.
    ended: RwSignal<HashMap<Uuid, SessionEnd>>,
    /// The list as it was loaded again.
    fresh: RwSignal<Option<SessionList>>,
    /// Text of the live region for screen readers.
    message: RwSignal<String>,
}

impl Live {
    /// Watches the sessions in the browser until the page is closed.
    pub(super) fn watch(params: Memo<SessionParams>, list: Loaded<SessionList>) -> Self {
        let live = Self {
            params,
            list,
            page: StoredValue::default(),
            begun: RwSignal::default(),
            waiting: RwSignal::default(),
            held: RwSignal::default(),
            ended: RwSignal::default(),
            fresh: RwSignal::default(),
            message: RwSignal::default(),
        };
        // Another list starts without the changes of this one. The first run is skipped, because nothing has changed yet.
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

    /// Returns the rows to show: the new sessions, followed by those of the list.
    pub(super) fn rows(self, list: &SessionList) -> Vec<Session> {
        let mut rows = self.begun.get();
        self.fresh.with(|fresh| {
            let known = &fresh.as_ref().unwrap_or(list).page.sessions.rows;
            rows.retain(|begun| !known.iter().any(|session| session.id == begun.id));
            rows.extend(known.iter().cloned());
        });
        rows
    }

    /// Returns the end of a session that has ended since the list was loaded.
    pub(super) fn end(self, id: Uuid) -> Option<SessionEnd> {
        self.ended.with(|ended| ended.get(&id).cloned())
    }

    /// Returns the last activity of a session and the server time of that response, if the list was loaded again.
    pub(super) fn seen(self, id: Uuid) -> Option<(OffsetDateTime, OffsetDateTime)> {
        self.fresh.with(|fresh| {
            let page = &fresh.as_ref()?.page;
            let session = page.sessions.rows.iter().find(|session| session.id == id)?;
            Some((session.last_seen_at, page.now))
        })
    }

    /// Holds the rows in place, or lets them move again.
    pub(super) fn hold(self, held: bool) {
        self.held.set(held);
        self.release();
    }

    /// Shows the queued sessions if the list is the unfiltered first page in the default order and the rows are not held.
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

/// Renders a link to the new sessions that are not shown yet, and a live region that announces the changes.
#[component]
pub fn News(
    /// Changes since the list was loaded.
    live: Live,
) -> impl IntoView {
    let start = move || links::href(&live.params.read().at_start());
    let label = move || {
        let count = u64::try_from(live.waiting.with(Vec::len)).unwrap_or_default();
        (count > 0).then(|| text::sessions::new(count))
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
            {move || live.message.get()}
        </p>
    }
}
