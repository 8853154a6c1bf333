//! Uses that host applications count: preparation of the users, and the sums after the run.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{client::Client, users::UserDatabase, words::SearchWords};
use crate::report;

/// Number of events in one request, the most that one can have.
const EVENTS: usize = 1_000;

/// Reports a use of each user, so that their balances exist as in an installation that runs, and are not created from the
/// events during the measurement.
pub(super) fn prepare(client: &Client, words: &SearchWords) -> Result<()> {
    let started = Instant::now();
    // Event ids that no earlier run had.
    let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut events = words
        .consumers
        .lines()
        .map(serde_json::from_str::<Value>)
        .collect::<Result<Vec<_>, _>>()?;
    events.push(json!({ "user": words.hot }));
    for (number, event) in events.iter_mut().enumerate() {
        let fields = event.as_object_mut().context("a use is no JSON object")?;
        fields.insert("eventId".to_owned(), json!(format!("{run}-{number}")));
    }
    for events in events.chunks(EVENTS) {
        client.post("/api/usage", &json!({ "events": events }))?;
    }
    report::step("balances created", started);
    Ok(())
}

/// Counts the sums of usage of days and models that differ from the events, or from the totals of all users.
pub(super) fn wrong_sums(users: &UserDatabase<'_>) -> Result<u64> {
    let started = Instant::now();
    let wrong = users.database.query(
        "with daily as (
            select day, model, sum(requests) as requests, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out,
                sum(cost_nanos) as cost
            from usage_daily group by day, model
        ), events as (
            select (at at time zone 'UTC')::date as day, model, sum(requests) as requests, sum(tokens_in) as tokens_in,
                sum(tokens_out) as tokens_out, sum(cost_nanos) as cost
            from usage_events where kind = 'use' group by 1, 2
        ), totals as (
            select day, model, sum(requests) as requests, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out,
                sum(cost_nanos) as cost
            from usage_daily_totals group by day, model
        )
        select
            (select count(*) from ((table events except table daily) union all (table daily except table events)) as x)
            + (select count(*) from ((table totals except table daily) union all (table daily except table totals)) as y)",
    )?;
    report::step("sums of usage compared", started);
    wrong
        .trim()
        .parse()
        .context("the number of sums is no number")
}
