//! The stream of what happens to sessions, in the browser.

use std::time::Duration;

use ::time::format_description::well_known::Rfc3339;
use domain::{
    filter::Dated,
    problem::Code,
    sessions::{Session, SessionChanges},
};
use futures_util::StreamExt;
use gloo_net::eventsource::{State, futures::EventSource};
use leptos::{prelude::*, task::spawn_local};

use super::{Live, links};
use crate::api::{error::ApiError, listed::Listed, sessions::list_all_sessions};

/// How often the list is read again while nothing can be told.
const AGAIN: Duration = Duration::from_secs(30);

/// Within what time everybody reads the list again who was told that there is more than could be told.
const AT_ONCE: Duration = Duration::from_secs(3);

/// The stream, and from when on it is to tell.
#[derive(Clone, Copy)]
struct Stream {
    source: StoredValue<Option<EventSource>, LocalStorage>,
    since: StoredValue<String>,
}

/// Opens the stream once the first list has come, and looks after it until the page goes. While nobody sees the page it is
/// closed: a browser has only a few connections to a server for all its tabs.
pub(super) fn watch(live: Live) {
    let stream = Stream {
        source: StoredValue::new_local(None),
        since: StoredValue::default(),
    };
    Effect::new(move |_| {
        let page = live.list.get().and_then(Result::ok).map(|list| list.page);
        let now = page
            .as_ref()
            .and_then(|page| page.now.format(&Rfc3339).ok());
        live.page.set_value(page);
        if let Some(now) = now.filter(|_| stream.since.read_value().is_empty()) {
            stream.since.set_value(now);
            open(live, stream);
        }
    });
    let look = move || {
        let state = stream
            .source
            .try_with_value(|source| source.as_ref().map(EventSource::state));
        match state.flatten() {
            Some(State::Open) | None => {}
            Some(State::Connecting) => refresh(live),
            Some(State::Closed) => {
                refresh(live);
                open(live, stream);
            }
        }
    };
    let turn = move || {
        if document().hidden() {
            close(stream);
        } else if !stream.since.read_value().is_empty() {
            open(live, stream);
        }
    };
    Effect::new(move |_| {
        let seen = window_event_listener_untyped("visibilitychange", move |_| turn());
        on_cleanup(move || seen.remove());
        if let Ok(timer) = set_interval_with_handle(look, AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
    on_cleanup(move || close(stream));
}

/// Closes the stream: it is, once dropped.
fn close(stream: Stream) {
    drop(stream.source.try_update_value(Option::take));
}

/// Opens the stream. A browser that loses it asks for it again by itself, from the last word on.
fn open(live: Live, stream: Stream) {
    let since = stream
        .since
        .with_value(|since| js_sys::encode_uri_component(since));
    let Ok(mut events) = EventSource::new(&format!("/api/admin/sessions/events?since={since}"))
    else {
        return;
    };
    let Ok(mut changes) = events.subscribe("changes") else {
        return;
    };
    stream.source.set_value(Some(events));
    spawn_local(async move {
        // Ends when the server refuses the stream, or when it is closed.
        while let Some(Ok((_, message))) = changes.next().await {
            let text = message.data().as_string().unwrap_or_default();
            stream
                .since
                .try_update_value(|since| *since = message.last_event_id());
            if let Ok(changes) = serde_json::from_str(&text) {
                take(live, changes);
            }
        }
    });
}

/// Takes note of what the server tells. The page may have gone meanwhile.
fn take(live: Live, changes: SessionChanges) {
    let Some(params) = live.params.try_get_untracked() else {
        return;
    };
    if changes.more {
        // Not everybody who watches at the same moment.
        let moment = AT_ONCE.mul_f64(js_sys::Math::random());
        return set_timeout(move || refresh(live), moment);
    }
    let (ended, begun): (Vec<_>, Vec<_>) = changes
        .sessions
        .into_iter()
        .partition(|session| session.end.is_some());
    // A filter that was not understood has no rows.
    let Ok(filter) = params.filter() else {
        return;
    };
    let filter = live.page.with_value(|page| match page {
        Some(page) => filter.in_days(&page.days),
        None => filter.clone(),
    });
    let matching: Vec<Session> = begun
        .into_iter()
        .filter(|session| filter.matches(session, person(live), session.created_at))
        .filter(|session| !links::is_of_ended(&params) && !is_known(live, session))
        .rev()
        .collect();
    let ended: Vec<_> = ended
        .into_iter()
        .filter_map(|session| Some((session.id, session.end?)))
        .filter(|(id, _)| !live.ended.read_untracked().contains_key(id))
        .collect();
    let words = [(matching.len(), "signed in"), (ended.len(), "ended")];
    let words = words.into_iter().filter(|(count, _)| *count > 0);
    let words = words.map(|(count, what)| format!("{count} {what}."));
    live.told.set(words.collect::<Vec<_>>().join(" "));
    live.ended.update(|known| known.extend(ended));
    live.waiting.update(|waiting| {
        waiting.splice(0..0, matching);
    });
    live.release();
}

/// Whose sessions are shown, if they are somebody's.
fn person(live: Live) -> Option<domain::users::UserId> {
    live.page
        .with_value(|page| page.as_ref().and_then(|page| page.person))
}

/// Whether a session is shown or waits to be, or was there when the list was read.
fn is_known(live: Live, session: &Session) -> bool {
    let among = |sessions: &[Session]| sessions.iter().any(|known| known.id == session.id);
    let in_list = live.page.with_value(|page| {
        page.as_ref()
            .is_some_and(|page| among(&page.sessions) || session.created_at <= page.now)
    });
    in_list || among(&live.begun.read_untracked()) || among(&live.waiting.read_untracked())
}

/// Reads the list again. What stays in it stays where it is.
fn refresh(live: Live) {
    let Some(params) = live.params.try_get_untracked() else {
        return;
    };
    let has_rows = live
        .page
        .with_value(|page| page.as_ref().is_some_and(|page| !page.sessions.is_empty()));
    if !has_rows {
        live.forget();
        return live.list.refetch();
    }
    spawn_local(async move {
        let list = list_all_sessions(params.clone()).await;
        let list = list.and_then(Listed::understood);
        if live.params.try_get_untracked() != Some(params) {
            return;
        }
        match list {
            Ok(list) => {
                live.begun.update(Vec::clear);
                live.waiting.update(Vec::clear);
                live.fresh.set(Some(list));
            }
            // Whoever is signed out gets to sign in.
            Err(ApiError(problem)) if problem.error == Code::Unauthorized => {
                drop(window().location().reload());
            }
            Err(_) => {}
        }
    });
}
