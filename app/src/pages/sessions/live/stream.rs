//! Stream of session events in the browser: one connection for all tabs, held by a worker.

use std::time::Duration;

use ::time::format_description::well_known::Rfc3339;
use domain::{
    filter::Dated,
    problem::Code,
    sessions::{Session, SessionChanges},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, MessageEvent, MessagePort, SharedWorker, Worker};

use super::Live;
use crate::{
    api::{error::ApiError, listed::ListResult, sessions::list_all_sessions},
    links::sessions as links,
    text,
};

/// Script of the worker, which documents its messages.
const WORKER: &str = "/session-events.js";

/// Interval at which the list is loaded again while the stream is closed.
const AGAIN: Duration = Duration::from_secs(30);

/// Period over which all viewers spread their reloads when the server reports more changes than it can send.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Sentence about a number of sessions.
type Sentence = fn(u64) -> String;

/// Connection to the worker, and the id of the last event.
#[derive(Clone, Copy)]
struct Stream {
    line: StoredValue<Option<Line>, LocalStorage>,
    /// `true` while the server is sending events.
    is_open: StoredValue<bool>,
    since: StoredValue<String>,
}

/// Message port of the worker. Dropping it disconnects.
struct Line {
    port: MessagePort,
    /// Handler of the port, which works as long as it is not dropped.
    _hear: Closure<dyn Fn(MessageEvent)>,
}

impl Line {
    /// Connects to the shared worker of all tabs, or to a dedicated worker where the browser has no shared ones. Returns
    /// `None` where it has neither.
    fn open(since: &str, hear: impl Fn(JsValue) + 'static) -> Option<Self> {
        let shared = SharedWorker::new(WORKER).map(|worker| worker.port());
        // A message port and a dedicated worker have the same methods for messages.
        let port = shared.or_else(|_| Worker::new(WORKER).map(JsCast::unchecked_into));
        let port: MessagePort = port.ok()?;
        let hear: Closure<dyn Fn(MessageEvent)> =
            Closure::new(move |message: MessageEvent| hear(message.data()));
        port.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        port.post_message(&since.into()).ok()?;
        Some(Self { port, _hear: hear })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        drop(self.port.post_message(&JsValue::NULL));
    }
}

/// Connects to the worker once the list is loaded, until the page is closed. While the page is hidden or in the
/// back/forward cache, it is disconnected.
pub(super) fn watch(live: Live) {
    let stream = Stream {
        line: StoredValue::new_local(None),
        is_open: StoredValue::default(),
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
        let is_seen = !stream.since.read_value().is_empty() && !document().hidden();
        if is_seen && !stream.is_open.get_value() {
            refresh(live);
            close(stream);
            open(live, stream);
        }
    };
    let turn = move |event: Event| match &*event.type_() {
        "pagehide" => close(stream),
        _ if document().hidden() => close(stream),
        _ => open(live, stream),
    };
    Effect::new(move |_| {
        for event in ["visibilitychange", "pagehide", "pageshow"] {
            let seen = window_event_listener_untyped(event, turn);
            on_cleanup(move || seen.remove());
        }
        if let Ok(timer) = set_interval(look, AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
    on_cleanup(move || close(stream));
}

/// Disconnects from the worker.
fn close(stream: Stream) {
    drop(stream.line.try_update_value(Option::take));
}

/// Connects to the worker to receive the events after the last one, unless it is connected or the page is hidden.
fn open(live: Live, stream: Stream) {
    let since = stream.since.get_value();
    if since.is_empty() || document().hidden() || stream.line.with_value(Option::is_some) {
        return;
    }
    stream.is_open.set_value(false);
    let line = Line::open(&since, move |message| hear(live, stream, &message));
    stream.line.set_value(line);
}

/// Handles a message of the worker: whether the stream is open, or an event with its id. The signals may be disposed with
/// the page by then.
fn hear(live: Live, stream: Stream, message: &JsValue) {
    if let Some(is_open) = message.as_bool() {
        stream.is_open.try_set_value(is_open);
        return;
    }
    let part = |at| js_sys::Reflect::get_u32(message, at).ok()?.as_string();
    let (Some(id), Some(text)) = (part(0), part(1)) else {
        return;
    };
    stream.since.try_set_value(id);
    if let Ok(changes) = serde_json::from_str(&text) {
        take(live, changes);
    }
}

/// Applies the changes that the server has sent. The signals may be disposed with the page by then.
fn take(live: Live, changes: SessionChanges) {
    let Some(params) = live.params.try_get_untracked() else {
        return;
    };
    if changes.more {
        // A random delay, so that the viewers do not all reload at the same time.
        let timestamp = AT_ONCE.mul_f64(js_sys::Math::random());
        return drop(set_timeout(move || refresh(live), timestamp));
    }
    let (ended, begun): (Vec<_>, Vec<_>) = changes
        .sessions
        .into_iter()
        .partition(|session| session.end.is_some());
    // An invalid filter has no rows.
    let Ok(filter) = params.filter() else {
        return;
    };
    let filter = live.page.with_value(|page| match page {
        Some(page) => filter.in_days(&page.days),
        None => filter.clone(),
    });
    let matching: Vec<Session> = begun
        .into_iter()
        .filter(|session| filter.matches(session, user(live), session.created_at))
        .filter(|session| !links::is_of_ended(&params) && !is_known(live, session))
        .rev()
        .collect();
    let ended: Vec<_> = ended
        .into_iter()
        .filter_map(|session| Some((session.id, session.end?)))
        .filter(|(id, _)| !live.ended.read_untracked().contains_key(id))
        .collect();
    let news: [(usize, Sentence); 2] = [
        (matching.len(), text::sessions::news_started),
        (ended.len(), text::sessions::news_ended),
    ];
    let news = news.into_iter().filter(|(count, _)| *count > 0);
    let news = news.map(|(count, sentence)| sentence(u64::try_from(count).unwrap_or_default()));
    live.message.set(news.collect::<Vec<_>>().join(" "));
    live.ended.update(|known| known.extend(ended));
    live.waiting.update(|waiting| {
        waiting.splice(0..0, matching);
    });
    live.release();
}

/// Returns the user whose sessions the list shows, if the filter names one.
fn user(live: Live) -> Option<domain::users::UserId> {
    live.page
        .with_value(|page| page.as_ref().and_then(|page| page.user))
}

/// Returns whether a session is shown or queued, or existed when the list was loaded.
fn is_known(live: Live, session: &Session) -> bool {
    let among = |sessions: &[Session]| sessions.iter().any(|known| known.id == session.id);
    let is_listed = live.page.with_value(|page| {
        page.as_ref()
            .is_some_and(|page| among(&page.sessions.rows) || session.created_at <= page.now)
    });
    is_listed || among(&live.begun.read_untracked()) || among(&live.waiting.read_untracked())
}

/// Loads the list again. Sessions that are still in it retain their rows.
fn refresh(live: Live) {
    let Some(params) = live.params.try_get_untracked() else {
        return;
    };
    let has_rows = live.page.with_value(|page| {
        page.as_ref()
            .is_some_and(|page| !page.sessions.rows.is_empty())
    });
    if !has_rows {
        live.forget();
        return live.list.refetch();
    }
    spawn_local(async move {
        let list = list_all_sessions(params.clone()).await;
        let list = list.and_then(ListResult::checked);
        if live.params.try_get_untracked() != Some(params) {
            return;
        }
        match list {
            Ok(list) => {
                live.begun.update(Vec::clear);
                live.waiting.update(Vec::clear);
                live.fresh.set(Some(list));
            }
            // The server redirects a user whose session has ended to sign in.
            Err(ApiError(problem)) if problem.error == Code::Unauthorized => {
                drop(window().location().reload());
            }
            Err(_) => {}
        }
    });
}
