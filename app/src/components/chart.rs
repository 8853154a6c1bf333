//! Bar chart of daily counts or amounts.

use std::fmt::Write;

use ::time::OffsetDateTime;
use leptos::prelude::*;

use crate::{format::day, text};

/// Least width and height of the SVG view box. The drawing is stretched to the available space.
const SIZE: (usize, u64) = (300, 64);
/// Least width of a day.
const STEP_MIN: usize = 3;

/// Renders daily counts as a bar chart, with a text summary as its accessible name and the exact figures to expand.
#[component]
pub fn DayChart(
    /// Name of the counted event.
    title: &'static str,
    /// Start of each day with its count, earliest first.
    days: Vec<(OffsetDateTime, u64)>,
    /// Formats a count.
    written: fn(u64) -> String,
    /// Table to expand, in place of the list of the counts.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (first, last) = (days.first().copied(), days.last().copied());
    let most = days.iter().max_by_key(|(_, count)| *count).copied();
    let sum = written(days.iter().map(|(_, count)| count).sum());
    let words = match most {
        Some((at, count)) if count > 0 => {
            text::overview::chart(title, &sum, days.len(), day(at), written(count))
        }
        _ => text::overview::chart_empty(title, days.len()),
    };
    let drawn = bars(&days, most.map_or(0, |(_, count)| count));
    let view_box = format!("0 0 {} {}", SIZE.0.max(days.len() * STEP_MIN), SIZE.1);
    let edge = |at: Option<(OffsetDateTime, u64)>| at.map(|(at, _)| day(at));
    let figures = match children {
        Some(table) => table(),
        None => figures(&days, written),
    };
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
                {figures}
            </details>
        </section>
    }
}

/// Renders the counts, the latest day first.
fn figures(days: &[(OffsetDateTime, u64)], written: fn(u64) -> String) -> AnyView {
    let figures = days.iter().rev().map(|(at, count)| {
        view! {
            <div>
                <dt>{day(*at)}</dt>
                <dd>{written(*count)}</dd>
            </div>
        }
    });
    view! { <dl class="details">{figures.collect_view()}</dl> }.into_any()
}

/// Returns the bars as one SVG path. A day with any events has a bar of at least one unit, however high the maximum is.
fn bars(days: &[(OffsetDateTime, u64)], most: u64) -> String {
    let (width, height) = SIZE;
    let step = (width / days.len().max(1)).max(STEP_MIN);
    let gap = if step > STEP_MIN { 2 } else { 1 };
    // Amounts of money are as large as their type. In this unit their products with the height are in its range.
    let unit = (most >> 56) + 1;
    let most = most.div_ceil(unit).max(1);
    let mut path = String::new();
    for (index, (_, count)) in days.iter().enumerate() {
        let tall = (count.div_ceil(unit) * height).div_ceil(most);
        let left = index * step;
        // Writing to a `String` cannot fail.
        let _ = write!(path, "M{left} {height}v-{tall}h{}v{tall}z", step - gap);
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
        assert_eq!(
            bars(&days(&[1, u64::MAX / 2, u64::MAX]), u64::MAX),
            "M0 64v-1h98v1zM100 64v-32h98v32zM200 64v-64h98v64z"
        );
    }

    #[test]
    fn each_day_of_a_year_has_a_bar() {
        let path = bars(&days(&[1; 366]), 1);
        assert!(path.starts_with("M0 64v-64h2v64zM3 64"), "{path}");
        assert!(path.ends_with("M1095 64v-64h2v64z"), "{path}");
    }
}
