//! End of a lease while its server and PostgreSQL are killed.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use serde_json::json;

use super::{
    answer::{Answer, Request},
    cast::{ADMIN, metered, sign_in},
    findings::Findings,
    schedule::{Disruption, Site},
    stage::Stage,
};

/// Requests that the user has. All are reserved.
const AMOUNT: u64 = 10;
/// Seconds of the lease: longer than the restart.
const SECONDS: u64 = 10;
/// Time after the end of the lease in which its end must be visible.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(100);

/// Reserves all requests of a user, kills server A and PostgreSQL, and waits for the end of the lease. An early and a
/// late end are findings.
pub(super) fn end_by_itself(
    stage: &mut Stage<'_>,
    password: &str,
    findings: &Findings,
) -> Result<()> {
    let user = metered(stage, "leased", (AMOUNT, "total", 3_155_695_200))?;
    let desk = sign_in(stage, ADMIN, password)?;
    let reservation =
        json!({ "user": user, "eventId": "lease", "requests": AMOUNT, "seconds": SECONDS });
    let request = Request::post("/api/limits/reserve", &desk, reservation);
    let earliest = Instant::now() + Duration::from_secs(SECONDS);
    let answer = stage.callers().ask(Site::A, &request);
    if !matches!(answer, Answer::Done(..)) {
        bail!("nothing could be reserved: {answer:?}");
    }
    stage.suffer(Disruption::KillWithDatabase(Site::A), findings)?;
    let latest = Instant::now() + Duration::from_secs(SECONDS) + PATIENCE;
    let callers = stage.callers();
    let question = Request::post("/api/limits/check", &desk, json!({ "user": user }));
    loop {
        let answer = callers.ask(Site::B, &question);
        let is_permitted = matches!(&answer, Answer::Done(body, _) if body["allowed"] == true);
        let now = Instant::now();
        if is_permitted && now < earliest {
            findings.note("a lease has ended early, after PostgreSQL was killed");
        }
        if is_permitted {
            return Ok(());
        }
        if now > latest {
            findings.note(format!("a lease has not ended by itself: {answer:?}"));
            return Ok(());
        }
        thread::sleep(POLL);
    }
}
