//! Requests whose client disconnects before the response, because the browser has left the page.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::{runtime, task::JoinSet, time::timeout};

use crate::support::{add_user, app, session};

/// Name of the threads that render the pages of this test.
const RENDERERS: &str = "abandoned-pages";
/// Number of disconnected requests of each client.
const REQUESTS: u32 = 100;

/// Number of panics of these threads about the state of a page that was used after it had been dropped.
static USED_AFTER: AtomicUsize = AtomicUsize::new(0);

fn watch_for_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or("", |location| location.file());
        if place.contains("reactive_graph") && thread::current().name() == Some(RENDERERS) {
            USED_AFTER.fetch_add(1, Ordering::Relaxed);
        }
        before(info);
    }));
}

/// Requests a page many times, and disconnects a little later each time, up to the time that a complete page takes.
async fn hang_up(pool: PgPool, session: String) {
    let app = app(&pool);
    let started = Instant::now();
    assert_eq!(app.get_as(&session, "/users").await.status, 200);
    let complete = started.elapsed();
    for number in 0..REQUESTS {
        let asked = app.get_as(&session, "/users");
        let _ = timeout(complete * number / REQUESTS, asked).await;
    }
    assert_eq!(app.get_as(&session, "/users").await.status, 200);
}

#[testing::test]
async fn abandoned_page_is_rendered_to_its_end(pool: PgPool) {
    watch_for_panics();
    add_user(&pool, "ada", &["admin"]).await;
    let session = session(&pool, "ada").await;
    let options = pool.connect_options();
    // Pages are rendered on several threads, as on a server.
    let drawn = thread::spawn(move || {
        let threads = runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .thread_name(RENDERERS)
            .enable_all()
            .build();
        threads.unwrap().block_on(async {
            let pool = PgPoolOptions::new()
                .max_connections(8)
                .connect_with((*options).clone())
                .await
                .unwrap();
            let mut callers = JoinSet::new();
            for _ in 0..8 {
                callers.spawn(hang_up(pool.clone(), session.clone()));
            }
            callers.join_all().await;
        });
    });
    drawn.join().unwrap();
    assert_eq!(USED_AFTER.load(Ordering::Relaxed), 0);
}
