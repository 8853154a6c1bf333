//! All results and the report.

use std::time::Duration;

use super::{
    figures,
    members::{CHANGED, Members},
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
    /// Duration of each measurement in seconds.
    pub(super) seconds: u64,
    pub(super) rows: Vec<Row>,
    pub(super) start_up: Duration,
    pub(super) sign_ins: SignIns,
    pub(super) removal: Removal,
    pub(super) check: Check,
    pub(super) sessions: Sessions,
    pub(super) members: Members,
    /// Number of sums of usage that differ from the events after the run.
    pub(super) wrong_sums: u64,
    pub(super) sizes: Vec<Sizes>,
    pub(super) memory: Memory,
}

/// Results of one page.
pub(super) struct Row {
    pub(super) probe: Probe,
    /// At one connection.
    pub(super) alone: Load,
    /// At 8 connections.
    pub(super) together: Load,
    pub(super) floor: Option<Floor>,
}

/// The same SQL without the server.
pub(super) struct Floor {
    pub(super) queries: usize,
    pub(super) empty: usize,
    /// Runs per second at one connection.
    pub(super) rate: f64,
}

/// Rate of sign-ins and their effect on other requests.
pub(super) struct SignIns {
    /// Sign-ins per second.
    pub(super) rate: f64,
    /// Number of sign-ins that are queued during `busy`.
    pub(super) queued: usize,
    /// The list without sign-ins.
    pub(super) idle: Load,
    /// The list while sign-ins are queued.
    pub(super) busy: Load,
}

/// Cost of the session check of a request.
pub(super) struct Check {
    /// Request without a session.
    pub(super) anonymous: Load,
    /// The same request with a session.
    pub(super) signed_in: Load,
}

/// Effect of a permanent deletion on other requests.
pub(super) struct Removal {
    /// Number of annotations of the deleted user.
    pub(super) annotations: u64,
    /// Time from the request until the last row is gone.
    pub(super) time: Duration,
    /// The list before the deletion.
    pub(super) idle: Load,
    /// The list during the deletion.
    pub(super) busy: Load,
}

const COLUMNS: &[Column] = &[
    Column::left("case"),
    Column::right("rows"),
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
    /// Returns the request rate divided by pgbench's rate, both at one connection.
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
    /// Returns the report in Markdown.
    pub(super) fn text(&self, plan: &Plan) -> String {
        let rows: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let figures: Vec<_> = figures::of(self, &plan.targets)
            .iter()
            .map(|figure| format!("- {figure}"))
            .collect();
        format!(
            "# Results\n\n{}  \n{} users of seed {}; {} s per measurement\n\n{}\n{}\n\n## Targets\n\n{}\n",
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
                "- start-up: {} until the first response",
                milliseconds(self.start_up)
            ),
            format!(
                "- memory after the run: {:.1} MB; at most {:.1} MB",
                megabytes(self.memory.now),
                megabytes(self.memory.peak)
            ),
            format!("- sign-ins: {rate:.1} per second at 8 connections"),
            format!(
                "- the list while {queued} sign-ins are queued: p50 {:.2} ms, p99 {:.2} ms, {:.0} requests/s; \
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
            "- the list while a user with {annotations} annotations is deleted, which takes {:.1} s: p50 {:.2} ms, \
             p99 {:.2} ms, {:.0} requests/s; before it {:.2} ms, {:.2} ms, {:.0} requests/s",
            time.as_secs_f64(),
            busy.p50,
            busy.p99,
            busy.rate,
            idle.p50,
            idle.p99,
            idle.rate
        ));
        let Check {
            anonymous,
            signed_in,
        } = &self.check;
        lines.push(format!(
            "- session check: p50 {:.2} ms with a session, {:.2} ms without",
            signed_in.p50, anonymous.p50
        ));
        lines.push(format!(
            "- revoking {REVOKED} sessions of a user takes {}; {PANELS} watching panels add {:.1} MB of memory",
            milliseconds(self.sessions.revocation),
            megabytes(self.sessions.panels)
        ));
        lines.push(format!(
            "- adding {CHANGED} users to a group in one request takes {}, removing them {}",
            milliseconds(self.members.added),
            milliseconds(self.members.removed)
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

/// Converts to megabytes of 1,000,000 bytes.
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
