//! Live updates of the session list. Each process has one listener; it queries the database once for a batch of changes,
//! however many clients watch, and not at all without any.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use db::sessions::changes::{self, Listener, Word};
use domain::{error::TooManyAtOnce, permission::Permission, sessions::SessionChanges};
use time::OffsetDateTime;
use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep, sleep_until, timeout_at},
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, SessionsRead},
};

/// Time for which changes are gathered before they are sent together.
const GATHER: Duration = Duration::from_secs(1);
/// Interval at which the permissions of all watching sessions are checked: a session can expire without a notification.
const ASK_AGAIN: Duration = Duration::from_secs(15);
/// Delay after a failure until the listener starts again.
const RETRY: Duration = Duration::from_secs(2);
/// Maximum number of sessions in one message. Beyond it the client reads the list again.
const MOST: u16 = 100;
/// Maximum number of messages by which a slow client can lag behind.
const BEHIND: usize = 64;

/// Maximum number of concurrent watches per account: one page in each of as many tabs.
const PER_ACCOUNT: usize = 8;

const ACCOUNT_BUSY: Error = Error::TooManyAtOnce(TooManyAtOnce::LiveLists);

/// Registry of watching sessions, and the channel to them.
#[derive(Debug, Clone)]
pub struct Live {
    words: broadcast::Sender<LiveEvent>,
    watched: Arc<Mutex<HashMap<Uuid, Watcher>>>,
    stopped: watch::Sender<bool>,
}

/// Session with at least one watch.
#[derive(Debug)]
struct Watcher {
    account: Uuid,
    watches: usize,
}

/// Message to all watches.
#[derive(Debug, Clone)]
enum LiveEvent {
    /// Changes of sessions.
    News(News),
    /// Ids of sessions that can no longer watch.
    Gone(Arc<HashSet<Uuid>>),
}

/// Changes up to a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Time of the changes, by the clock of the database.
    pub at: OffsetDateTime,
    /// [`SessionChanges`] as JSON, serialized once for all clients.
    pub changes: Arc<str>,
}

impl News {
    fn of(at: OffsetDateTime, changes: &SessionChanges) -> Result<Self, Error> {
        let json = serde_json::to_string(changes);
        let changes = json.map_err(|error| Error::Internal(error.into()))?.into();
        Ok(Self { at, changes })
    }
}

impl Default for Live {
    fn default() -> Self {
        Self {
            words: broadcast::Sender::new(BEHIND),
            watched: Arc::default(),
            stopped: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// Ends every watch, and every later one: the server shuts down.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Adds a watch of a session, unless its account has reached the limit.
    fn add(&self, session: Uuid, account: Uuid) -> Result<(), Error> {
        let mut watched = self.watched();
        let of_account = watched.values().filter(|other| other.account == account);
        if of_account.map(|other| other.watches).sum::<usize>() >= PER_ACCOUNT {
            return Err(ACCOUNT_BUSY);
        }
        let watcher = watched.entry(session).or_insert(Watcher {
            account,
            watches: 0,
        });
        watcher.watches += 1;
        Ok(())
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<Uuid, Watcher>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Subscription of a session to changes. It ends on drop.
#[derive(Debug)]
pub struct Watch {
    live: Live,
    session: Uuid,
    words: broadcast::Receiver<LiveEvent>,
    stopped: watch::Receiver<bool>,
    missed: Option<News>,
}

/// Starts a watch. Changes since `since` are sent first. It requires a session, since a watch ends with its session.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::TokenNotAllowed`] for an access token,
/// [`Error::TooManyAtOnce`] when the account has reached the limit.
pub async fn watch(
    services: &Services,
    _: &Authorized<SessionsRead>,
    caller: &Caller,
    since: Option<OffsetDateTime>,
) -> Result<Watch, Error> {
    let live = services.live.clone();
    let session = caller.session()?;
    live.add(session, caller.principal.id.0)?;
    let mut watch = Watch {
        // Subscribed before the missed changes are queried, so that none is lost in between.
        words: live.words.subscribe(),
        stopped: live.stopped.subscribe(),
        session,
        missed: None,
        live,
    };
    if let Some(since) = since {
        watch.missed = missed(services, since).await?;
    }
    Ok(watch)
}

async fn missed(services: &Services, since: OffsetDateTime) -> Result<Option<News>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let at = changes::now(&mut *connection).await?;
    let mut sessions = changes::list_since(&mut *connection, since, MOST + 1).await?;
    let more = sessions.len() > usize::from(MOST);
    if more {
        sessions.clear();
    }
    if sessions.is_empty() && !more {
        return Ok(None);
    }
    News::of(at, &SessionChanges { sessions, more }).map(Some)
}

impl Watch {
    /// Returns the next changes. None when the server stops, the session ends, or the permission is revoked.
    pub async fn next(&mut self) -> Option<News> {
        if let Some(missed) = self.missed.take() {
            return Some(missed);
        }
        loop {
            let word = tokio::select! {
                biased;
                _ = self.stopped.wait_for(|stopped| *stopped) => return None,
                word = self.words.recv() => word,
            };
            match word {
                Ok(LiveEvent::News(news)) => return Some(news),
                Ok(LiveEvent::Gone(gone)) if gone.contains(&self.session) => return None,
                Ok(LiveEvent::Gone(_)) => {}
                // The client lagged behind. It connects again and gets what it has missed.
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.live.watched();
        if let Some(watcher) = watched.get_mut(&self.session) {
            watcher.watches -= 1;
            if watcher.watches == 0 {
                watched.remove(&self.session);
            }
        }
    }
}

/// Listens for changes and sends them to all watches, until the future is dropped.
pub async fn run(services: &Services) {
    loop {
        if let Err(error) = listen(services).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause = cause.unwrap_or_default(), "session notifications failed; retrying");
        }
        sleep(RETRY).await;
    }
}

/// Changes that are not sent yet.
#[derive(Default)]
struct Gathered {
    changed: BTreeSet<Uuid>,
    many: bool,
    rights: bool,
}

impl Gathered {
    fn add(&mut self, word: Word) {
        match word {
            Word::Changed(ids) => self.changed.extend(ids),
            Word::Many => self.many = true,
            Word::Rights => self.rights = true,
        }
        self.many |= self.changed.len() > usize::from(MOST);
    }
}

async fn listen(services: &Services) -> Result<(), Error> {
    let mut listener = Listener::start(&services.pool).await?;
    // Changes before the listener started went unnoticed, so the clients read their lists again.
    notify(
        services,
        Gathered {
            many: true,
            ..Gathered::default()
        },
    )
    .await?;
    let mut ask_again = Instant::now() + ASK_AGAIN;
    loop {
        let first = tokio::select! {
            word = listener.next() => Some(word?),
            () = sleep_until(ask_again) => None,
        };
        let mut gathered = Gathered::default();
        if let Some(word) = first {
            gathered.add(word);
            let until = Instant::now() + GATHER;
            while let Ok(word) = timeout_at(until, listener.next()).await {
                gathered.add(word?);
            }
        } else {
            gathered.rights = true;
            ask_again = Instant::now() + ASK_AGAIN;
        }
        notify(services, gathered).await?;
    }
}

async fn notify(services: &Services, gathered: Gathered) -> Result<(), Error> {
    let live = &services.live;
    let watching: Vec<Uuid> = live.watched().keys().copied().collect();
    if watching.is_empty() {
        return Ok(());
    }
    let mut connection = db::acquire(&services.pool).await?;
    let has_news = gathered.many || !gathered.changed.is_empty();
    if has_news {
        let at = changes::now(&mut *connection).await?;
        let mut news = SessionChanges {
            more: gathered.many,
            ..SessionChanges::default()
        };
        if !gathered.many {
            let ids: Vec<Uuid> = gathered.changed.into_iter().collect();
            news.sessions = changes::list_by_ids(&mut *connection, &ids).await?;
        }
        // Fails only without a receiver: all clients may have left.
        drop(live.words.send(LiveEvent::News(News::of(at, &news)?)));
    }
    let rights = changes::list_permissions(&mut *connection, &watching).await?;
    let gone = watching.into_iter().filter(|session| {
        let rights = rights.get(session);
        !rights.is_some_and(|rights| rights.include(Permission::SessionsRead))
    });
    let gone: HashSet<Uuid> = gone.collect();
    if !gone.is_empty() {
        drop(live.words.send(LiveEvent::Gone(Arc::new(gone))));
    }
    Ok(())
}
