//! Everything that was measured, and its text.

use std::time::Duration;

use super::{
    figures,
    oha::Load,
    plan::Plan,
    probe::Probe,
    server::Memory,
    sessions::{PANELS, REVOKED, Sessions},
    sizes::Sizes,
    table::{self, Column},
};
use crate::report::kilobytes;

pub(super) struct Results {
    pub(super) machine: String,
    pub(super) users: u64,
    pub(super) seed: u64,
    /// The time of each measurement.
    pub(super) seconds: u64,
    pub(super) rows: Vec<Row>,
    pub(super) start_up: Duration,
    pub(super) sign_ins: SignIns,
    pub(super) removal: Removal,
    pub(super) check: Check,
    pub(super) sessions: Sessions,
    pub(super) sizes: Vec<Sizes>,
    pub(super) memory: Memory,
}

/// A page, measured.
pub(super) struct Row {
    pub(super) probe: Probe,
    /// At one connection.
    pub(super) alone: Load,
    /// At several.
    pub(super) together: Load,
    pub(super) floor: Option<Floor>,
}

/// The same SQL without the server.
pub(super) struct Floor {
    pub(super) queries: usize,
    pub(super) empty: usize,
    /// Runs a second at one connection.
    pub(super) rate: f64,
}

/// What sign-ins cost, and what they cost others.
pub(super) struct SignIns {
    /// Sign-ins a second.
    pub(super) rate: f64,
    /// How many wait at once while the list is `busy`.
    pub(super) queued: usize,
    /// The list without sign-ins.
    pub(super) idle: Load,
    /// The list while they queue.
    pub(super) busy: Load,
}

/// What the check of a session costs a request.
pub(super) struct Check {
    /// A request without a session.
    pub(super) nobody: Load,
    /// The same with one.
    pub(super) somebody: Load,
}

/// What the removal of somebody who owns a lot costs others.
pub(super) struct Removal {
    /// What they own.
    pub(super) annotations: u64,
    /// From the request to the last row.
    pub(super) time: Duration,
    /// The list before.
    pub(super) idle: Load,
    /// The list meanwhile.
    pub(super) busy: Load,
}

const COLUMNS: &[Column] = &[
    Column::left("case"),
    Column::right("people"),
    Column::right("1 conn.: req/s"),
    Column::right("p50 ms"),
    Column::right("p99 ms"),
    Column::right("8 conn.: req/s"),
    Column::right("p50 ms"),
    Column::right("p99 ms"),
    Column::right("queries"),
    Column::right("pgbench/s"),
    Column::right("HTTP ÷ pgbench"),
];

impl Row {
    /// Requests a second as a part of what pgbench does, both at one connection.
    pub(super) fn part_of_floor(&self) -> Option<f64> {
        self.floor
            .as_ref()
            .map(|floor| self.alone.rate / floor.rate)
    }

    fn cells(&self) -> Vec<String> {
        let sign = if self.probe.or_more { "+" } else { "" };
        let mut cells = vec![
            self.probe.name.clone(),
            format!("{}{sign}", self.probe.matches),
        ];
        for load in [&self.alone, &self.together] {
            cells.push(format!("{:.0}", load.rate));
            cells.push(format!("{:.2}", load.p50));
            cells.push(format!("{:.2}", load.p99));
        }
        match (&self.floor, self.part_of_floor()) {
            (Some(floor), Some(part)) => cells.extend([
                queries(floor),
                format!("{:.0}", floor.rate),
                format!("{part:.2}"),
            ]),
            _ => cells.extend(["-", "-", "-"].map(str::to_owned)),
        }
        cells
    }
}

fn queries(floor: &Floor) -> String {
    match floor.empty {
        0 => floor.queries.to_string(),
        empty => format!("{} + {empty} empty", floor.queries),
    }
}

impl Results {
    /// The whole report in Markdown.
    pub(super) fn text(&self, plan: &Plan) -> String {
        let rows: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let figures: Vec<_> = figures::of(self, &plan.targets)
            .iter()
            .map(|figure| format!("- {figure}"))
            .collect();
        format!(
            "# Results\n\n{}  \n{} people of seed {}; {} s for each measurement\n\n{}\n{}\n\n## Figures to reach\n\n{}\n",
            self.machine,
            self.users,
            self.seed,
            self.seconds,
            table::markdown(COLUMNS, &rows),
            self.other_figures().join("\n"),
            figures.join("\n"),
        )
    }

    fn other_figures(&self) -> Vec<String> {
        let SignIns {
            rate,
            queued,
            idle,
            busy,
        } = &self.sign_ins;
        let mut lines = vec![
            format!(
                "- start-up: {} from being started to the first answer",
                milliseconds(self.start_up)
            ),
            format!(
                "- memory after the run: {:.1} MB; at most {:.1} MB",
                megabytes(self.memory.now),
                megabytes(self.memory.peak)
            ),
            format!("- sign-ins: {rate:.1} a second at 8 connections"),
            format!(
                "- the list while {queued} sign-ins queue: p50 {:.2} ms, p99 {:.2} ms, {:.0} requests/s; \
                 without them {:.2} ms, {:.2} ms, {:.0} requests/s",
                busy.p50, busy.p99, busy.rate, idle.p50, idle.p99, idle.rate
            ),
        ];
        let Removal {
            annotations,
            time,
            idle,
            busy,
        } = &self.removal;
        lines.push(format!(
            "- the list while a person with {annotations} annotations is removed, which takes {:.1} s: p50 {:.2} ms, \
             p99 {:.2} ms, {:.0} requests/s; before it {:.2} ms, {:.2} ms, {:.0} requests/s",
            time.as_secs_f64(),
            busy.p50,
            busy.p99,
            busy.rate,
            idle.p50,
            idle.p99,
            idle.rate
        ));
        let Check { nobody, somebody } = &self.check;
        lines.push(format!(
            "- the same request of somebody who is signed in: p50 {:.2} ms, of nobody: {:.2} ms",
            somebody.p50, nobody.p50
        ));
        lines.push(format!(
            "- ending the {REVOKED} sessions of a person takes {}; while {PANELS} panels watch, the server holds {:.1} MB more",
            milliseconds(self.sessions.revocation),
            megabytes(self.sessions.panels)
        ));
        lines.extend(self.sizes.iter().map(|sizes| {
            let size = |bytes: Option<u64>| bytes.map_or("-".to_owned(), kilobytes);
            format!(
                "- {}: {}, gzip {}, brotli {}",
                sizes.name,
                kilobytes(sizes.raw),
                size(sizes.gzip),
                size(sizes.brotli)
            )
        }));
        lines
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

/// In megabytes of 1000 kilobytes.
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
