//! The figures to reach, and whether they were.

use std::fmt::{self, Display, Formatter};

use super::{
    plan::{Face, Targets},
    results::{Results, Row, megabytes},
};

/// A figure with everything that was measured for it.
pub(super) struct Figure {
    what: String,
    limit: Limit,
    unit: &'static str,
    /// What was measured and how much it was.
    measured: Vec<(String, f64)>,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// All figures, in the order of the table.
pub(super) fn of(results: &Results, targets: &Targets) -> Vec<Figure> {
    let rows = &results.rows;
    let mut figures = times(rows);
    figures.extend([
        half_way(rows, targets),
        part_of_floor(rows, targets),
        queries(rows, targets),
        single(
            "p99 of the list while sign-ins queue, as a multiple of its p99 without them",
            Limit::AtMost(targets.sign_ins),
            "×",
            results.sign_ins.busy.p99 / results.sign_ins.idle.p99,
        ),
        single(
            "memory after the run",
            Limit::AtMost(targets.memory_mb),
            "MB",
            megabytes(results.memory.now),
        ),
        single(
            "start-up",
            Limit::AtMost(targets.start_up_s),
            "s",
            results.start_up.as_secs_f64(),
        ),
    ]);
    let wasm = results.sizes.iter().find(|sizes| sizes.name == "wasm");
    figures.extend(wasm.map(|wasm| {
        single(
            "wasm in brotli",
            Limit::AtMost(targets.wasm_kb),
            "kB",
            wasm.brotli as f64 / 1e3,
        )
    }));
    figures
}

/// The cases that have the same limit are one figure.
fn times(rows: &[Row]) -> Vec<Figure> {
    let mut kinds: Vec<(Face, f64)> = Vec::new();
    for row in rows {
        let kind = (row.probe.face, row.probe.p99_ms);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
        .into_iter()
        .map(|(face, limit)| Figure {
            what: format!("p99 at 1 connection, {}", face.name()),
            limit: Limit::AtMost(limit),
            unit: "ms",
            measured: rows
                .iter()
                .filter(|row| (row.probe.face, row.probe.p99_ms) == (face, limit))
                .map(|row| (row.probe.name.clone(), row.alone.p99))
                .collect(),
        })
        .collect()
}

fn half_way(rows: &[Row], targets: &Targets) -> Figure {
    let p50_of = |name: &str| {
        let row = rows.iter().find(|row| row.probe.name == name);
        row.map(|row| row.alone.p50)
    };
    Figure {
        what: "median time of a half-way page, as a multiple of its first page's".to_owned(),
        limit: Limit::AtMost(targets.half_way),
        unit: "×",
        measured: rows
            .iter()
            .filter_map(|row| {
                let first = p50_of(row.probe.half_way_of.as_ref()?)?;
                Some((row.probe.name.clone(), row.alone.p50 / first))
            })
            .collect(),
    }
}

fn part_of_floor(rows: &[Row], targets: &Targets) -> Figure {
    Figure {
        what: "requests a second, JSON, as a part of pgbench's with the same SQL".to_owned(),
        limit: Limit::AtLeast(targets.floor),
        unit: "×",
        measured: rows
            .iter()
            .filter(|row| row.probe.face == Face::Json)
            .filter_map(|row| Some((row.probe.name.clone(), row.part_of_floor()?)))
            .collect(),
    }
}

fn queries(rows: &[Row], targets: &Targets) -> Figure {
    Figure {
        what: "queries of a request".to_owned(),
        limit: Limit::AtMost(targets.queries as f64),
        unit: "queries",
        measured: rows
            .iter()
            .filter_map(|row| {
                let floor = row.floor.as_ref()?;
                Some((row.probe.name.clone(), floor.queries as f64))
            })
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

impl Face {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Html => "server-rendered",
        }
    }
}

impl Limit {
    fn allows(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    /// How bad a value is: the larger, the worse.
    fn badness(self, value: f64) -> f64 {
        match self {
            Self::AtMost(_) => value,
            Self::AtLeast(_) => -value,
        }
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "≤ {limit}"),
            Self::AtLeast(limit) => write!(f, "≥ {limit}"),
        }
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            limit,
            unit,
            measured,
        } = self;
        let mut worst_first: Vec<&(String, f64)> = measured.iter().collect();
        worst_first.sort_by(|(_, a), (_, b)| limit.badness(*b).total_cmp(&limit.badness(*a)));
        let Some((name, value)) = worst_first.first() else {
            return write!(f, "not measured: {what} {limit} {unit}");
        };
        if limit.allows(*value) {
            let worst = if measured.len() > 1 { "at worst " } else { "" };
            return write!(
                f,
                "reached: {what} {limit} {unit}: {worst}{value:.2} ({name})"
            );
        }
        let missed: Vec<_> = worst_first
            .iter()
            .filter(|(_, value)| !limit.allows(*value))
            .map(|(name, value)| format!("{value:.2} ({name})"))
            .collect();
        write!(
            f,
            "missed by {} of {}: {what} {limit} {unit}: {}",
            missed.len(),
            measured.len(),
            missed.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(limit: Limit, measured: &[(&str, f64)]) -> String {
        let measured = measured
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        Figure {
            what: "x".to_owned(),
            limit,
            unit: "ms",
            measured,
        }
        .to_string()
    }

    #[test]
    fn the_worst_is_named() {
        let measured = [("a", 1.0), ("b", 8.0)];
        assert_eq!(
            figure(Limit::AtMost(8.0), &measured),
            "reached: x ≤ 8 ms: at worst 8.00 (b)"
        );
        assert_eq!(
            figure(Limit::AtLeast(0.5), &measured),
            "reached: x ≥ 0.5 ms: at worst 1.00 (a)"
        );
    }

    #[test]
    fn all_that_miss_are_named() {
        assert_eq!(
            figure(Limit::AtMost(2.0), &[("a", 3.0), ("b", 1.0), ("c", 4.0)]),
            "missed by 2 of 3: x ≤ 2 ms: 4.00 (c), 3.00 (a)"
        );
        assert_eq!(
            figure(Limit::AtLeast(2.0), &[("a", 3.0), ("b", 1.0)]),
            "missed by 1 of 2: x ≥ 2 ms: 1.00 (b)"
        );
    }

    #[test]
    fn what_was_not_measured_is_not_reached() {
        assert_eq!(figure(Limit::AtMost(2.0), &[]), "not measured: x ≤ 2 ms");
    }
}
