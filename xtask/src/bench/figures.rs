//! All targets of the benchmark.

use super::{
    figure::{
        Figure,
        Limit::{self, AtLeast, AtMost},
    },
    plan::{Face, Targets},
    results::{Results, Row, megabytes},
};

/// Returns all targets, those of the table's rows first.
pub(super) fn of(results: &Results, targets: &Targets) -> Vec<Figure> {
    let mut figures = of_pages(&results.rows, targets);
    let sign_ins = &results.sign_ins;
    figures.push(single(
        "p99 of the list while sign-ins are queued, relative to its p99 without them",
        AtMost(targets.sign_ins),
        "×",
        sign_ins.busy.p99 / sign_ins.idle.p99,
    ));
    figures.push(single(
        "p99 of the list while a user with many annotations is deleted, relative to its p99 before",
        AtMost(targets.removal),
        "×",
        results.removal.busy.p99 / results.removal.idle.p99,
    ));
    let memory = megabytes(results.memory.now);
    figures.push(single(
        "memory after the run",
        AtMost(targets.memory_mb),
        "MB",
        memory,
    ));
    figures.push(single(
        "time to revoke 1,000 sessions of a user",
        AtMost(targets.revocation_ms),
        "ms",
        results.sessions.revocation.as_secs_f64() * 1e3,
    ));
    figures.push(single(
        "additional memory while 200 panels watch the sessions",
        AtMost(targets.panels_mb),
        "MB",
        megabytes(results.sessions.panels),
    ));
    figures.push(single(
        "time to add 10,000 users to a group in one request",
        AtMost(targets.members_ms),
        "ms",
        results.members.added.as_secs_f64() * 1e3,
    ));
    figures.push(single(
        "sums of usage that differ from the events after the run",
        AtMost(0.0),
        "sums",
        results.wrong_sums as f64,
    ));
    let start_up = results.start_up.as_secs_f64();
    figures.push(single(
        "start-up",
        AtMost(targets.start_up_s),
        "s",
        start_up,
    ));
    let wasm = results.sizes.iter().find(|sizes| sizes.name == "wasm");
    if let Some(bytes) = wasm.and_then(|wasm| wasm.brotli) {
        let limit = AtMost(targets.wasm_kb);
        figures.push(single(
            "wasm of the list of users in brotli",
            limit,
            "kB",
            bytes as f64 / 1e3,
        ));
    }
    figures
}

fn of_pages(rows: &[Row], targets: &Targets) -> Vec<Figure> {
    let mut figures = times(rows);
    figures.push(per_row(
        "requests per second at 1 connection, relative to the target of the case",
        AtLeast(1.0),
        "×",
        rows,
        |row| Some(row.alone.rate / row.probe.per_second?),
    ));
    figures.push(per_row(
        "requests per second at 8 connections, relative to the target of the case",
        AtLeast(1.0),
        "×",
        rows,
        |row| Some(row.together.rate / row.probe.together_per_second?),
    ));
    figures.push(per_row(
        "p99 at 8 connections, relative to the target of the case",
        AtMost(1.0),
        "×",
        rows,
        |row| Some(row.together.p99 / row.probe.together_p99_ms?),
    ));
    figures.push(per_row(
        "median time of a half-way page, relative to the first page",
        AtMost(targets.half_way),
        "×",
        rows,
        |row| Some(row.alone.p50 / first_page_of(row, rows)?.alone.p50),
    ));
    figures.push(per_row(
        "requests per second, JSON, relative to pgbench with the same SQL",
        AtLeast(targets.floor),
        "×",
        rows,
        |row| row.part_of_floor().filter(|_| row.probe.face == Face::Json),
    ));
    figures.push(per_row(
        "queries per request that changes nothing",
        AtMost(targets.queries as f64),
        "queries",
        rows,
        |row| {
            let floor = row.floor.as_ref().filter(|_| !row.probe.is_write)?;
            Some(floor.queries as f64)
        },
    ));
    // Failed requests return early, so their times would look better than they are.
    figures.push(per_row(
        "failed requests",
        AtMost(0.0),
        "requests",
        rows,
        |row| Some((row.alone.failed + row.together.failed) as f64),
    ));
    figures
}

/// Groups the pages that have the same client and limit into one target.
fn times(rows: &[Row]) -> Vec<Figure> {
    let kind_of = |row: &Row| (row.probe.face, row.probe.p99_ms);
    let mut kinds: Vec<(Face, f64)> = Vec::new();
    for row in rows {
        if !kinds.contains(&kind_of(row)) {
            kinds.push(kind_of(row));
        }
    }
    kinds
        .into_iter()
        .map(|(face, limit)| {
            let what = format!("p99 at 1 connection, {}", name(face));
            per_row(&what, AtMost(limit), "ms", rows, |row| {
                (kind_of(row) == (face, limit)).then_some(row.alone.p99)
            })
        })
        .collect()
}

fn first_page_of<'r>(row: &Row, rows: &'r [Row]) -> Option<&'r Row> {
    let name = row.probe.half_way_of.as_ref()?;
    rows.iter().find(|row| row.probe.name == *name)
}

/// Builds a target from the rows for which `value` returns something.
fn per_row(
    what: &str,
    limit: Limit,
    unit: &'static str,
    rows: &[Row],
    value: impl Fn(&Row) -> Option<f64>,
) -> Figure {
    Figure {
        what: what.to_owned(),
        limit,
        unit,
        measured: rows
            .iter()
            .filter_map(|row| Some((row.probe.name.clone(), value(row)?)))
            .collect(),
    }
}

fn single(what: &str, limit: Limit, unit: &'static str, measured: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        limit,
        unit,
        measured: vec![("measured".to_owned(), measured)],
    }
}

fn name(face: Face) -> &'static str {
    match face {
        Face::Json => "JSON",
        Face::Html => "server-rendered",
    }
}
