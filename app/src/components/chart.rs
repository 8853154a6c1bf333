//! Bar chart of daily counts.

use std::fmt::Write;

use ::time::OffsetDateTime;
use leptos::prelude::*;

use crate::{
    format::{day, grouped},
    text,
};

/// Width and height of the SVG view box. The drawing is stretched to the available space.
const SIZE: (usize, u64) = (300, 64);

/// Renders daily counts as a bar chart, with a text summary as its accessible name and the exact figures to expand.
#[component]
pub fn DayChart(
    /// Name of the counted event.
    title: &'static str,
    /// Start of each day with its count, earliest first.
    days: Vec<(OffsetDateTime, u64)>,
) -> impl IntoView {
    let (first, last) = (days.first().copied(), days.last().copied());
    let most = days.iter().max_by_key(|(_, count)| *count).copied();
    let sum = grouped(days.iter().map(|(_, count)| count).sum());
    let words = match most {
        Some((at, count)) if count > 0 => {
            text::overview::chart(title, &sum, days.len(), day(at), grouped(count))
        }
        _ => text::overview::chart_empty(title, days.len()),
    };
    let drawn = bars(&days, most.map_or(0, |(_, count)| count));
    let view_box = format!("0 0 {} {}", SIZE.0, SIZE.1);
    let edge = |at: Option<(OffsetDateTime, u64)>| at.map(|(at, _)| day(at));
    let figures = days.iter().rev().map(|(at, count)| {
        view! {
            <div>
                <dt>{day(*at)}</dt>
                <dd>{grouped(*count)}</dd>
            </div>
        }
    });
    view! {
        <section class="chart">
            <h2>{title}</h2>
            <p class="chart-sum">{sum}</p>
            <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=words>
                <path d=drawn></path>
            </svg>
            <p class="chart-edges muted">
                <span>{edge(first)}</span>
                <span>{edge(last)}</span>
            </p>
            <details>
                <summary>{text::overview::show_data()}</summary>
                <dl class="details">{figures.collect_view()}</dl>
            </details>
        </section>
    }
}

/// Returns the bars as one SVG path. A day with any events has a bar of at least one unit, however high the maximum is.
fn bars(days: &[(OffsetDateTime, u64)], most: u64) -> String {
    let (width, height) = SIZE;
    let step = width / days.len().max(1);
    let mut path = String::new();
    for (index, (_, count)) in days.iter().enumerate() {
        let tall = (count * height).div_ceil(most.max(1));
        let left = index * step;
        // Writing to a `String` cannot fail.
        let _ = write!(path, "M{left} {height}v-{tall}h{}v{tall}z", step - 2);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u64]) -> Vec<(OffsetDateTime, u64)> {
        counts
            .iter()
            .map(|count| (OffsetDateTime::UNIX_EPOCH, *count))
            .collect()
    }

    #[test]
    fn bar_height_is_proportional() {
        assert_eq!(
            bars(&days(&[0, 1, 1_000]), 1_000),
            "M0 64v-0h98v0zM100 64v-1h98v1zM200 64v-64h98v64z"
        );
        assert_eq!(bars(&days(&[]), 0), "");
        assert_eq!(bars(&days(&[0]), 0), "M0 64v-0h298v0z");
    }
}
