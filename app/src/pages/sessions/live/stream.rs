//! What happens to sessions, in the browser: one stream for all its tabs, read by a worker.

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

use super::{Live, links};
use crate::api::{error::ApiError, listed::Listed, sessions::list_all_sessions};

/// The worker, which says what the messages mean.
const WORKER: &str = "/session-events.js";

/// How often the list is read again while nothing can be told.
const AGAIN: Duration = Duration::from_secs(30);

/// Within what time everybody reads the list again who was told that there is more than could be told.
const AT_ONCE: Duration = Duration::from_secs(3);

/// The way to the worker, and from when on it is to tell.
#[derive(Clone, Copy)]
struct Stream {
    line: StoredValue<Option<Line>, LocalStorage>,
    /// Whether the server is telling.
    is_open: StoredValue<bool>,
    since: StoredValue<String>,
}

/// A connection to the worker. Dropped, it is hung up.
struct Line {
    port: MessagePort,
    /// Called for as long as it is kept.
    _hear: Closure<dyn Fn(MessageEvent)>,
}

impl Line {
    /// Connects to the worker of all tabs, or to one of this tab where the browser has no others. None where it has neither.
    fn open(since: &str, hear: impl Fn(JsValue) + 'static) -> Option<Self> {
        let shared = SharedWorker::new(WORKER).map(|worker| worker.port());
        // Both are written to and heard from alike.
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

/// Asks the worker once the first list has come, and until the page goes. While the page is hidden, or the browser only keeps it
/// to go back to, it asks for nothing.
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
        if let Ok(timer) = set_interval_with_handle(look, AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
    on_cleanup(move || close(stream));
}

/// Hangs up.
fn close(stream: Stream) {
    drop(stream.line.try_update_value(Option::take));
}

/// Asks to be told from the last word on, unless that is done already or the page is hidden.
fn open(live: Live, stream: Stream) {
    let since = stream.since.get_value();
    if since.is_empty() || document().hidden() || stream.line.with_value(Option::is_some) {
        return;
    }
    stream.is_open.set_value(false);
    let line = Line::open(&since, move |message| hear(live, stream, &message));
    stream.line.set_value(line);
}

/// Takes what the worker says: whether the stream is open, or an event with its id. The page may have gone meanwhile.
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
