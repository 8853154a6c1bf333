//! What is left of each metric by all limits in force together.

use domain::limits::{Amount, LimitStatus, Metric};
use leptos::prelude::*;

use super::LimitLine;
use crate::{components::description_list::DescriptionItem, labels::limits as labels, text};

/// Renders what is left of each metric, with the limit that decides. Without limits it renders nothing.
pub(crate) fn amounts_left(lines: &[LimitLine]) -> Option<AnyView> {
    let deciding = deciding(lines);
    if deciding.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = deciding
        .into_iter()
        .map(|(status, name)| item(status, name))
        .collect();
    let section = view! {
        <section class="amounts-left">
            <h2>{text::limits::amounts_left()}</h2>
            <p class="muted">{text::limits::amounts_left_hint()}</p>
            <dl class="details">{items}</dl>
        </section>
    };
    Some(section.into_any())
}

fn item(status: &LimitStatus, name: Option<&str>) -> AnyView {
    let left = labels::amount(status.left);
    let by = labels::decided_by(status, name);
    view! {
        <DescriptionItem label=labels::metric(status.metric)>
            {left} " "
            <span class="muted">
                <bdi>{by}</bdi>
            </span>
        </DescriptionItem>
    }
    .into_any()
}

/// Returns the limit with the least left of each metric, for all models together, and the name of its subject.
fn deciding(lines: &[LimitLine]) -> Vec<(&LimitStatus, Option<&str>)> {
    let of = |metric: &Metric| {
        let of_metric = lines
            .iter()
            .filter(|line| line.metric == *metric && line.model.is_none());
        let limits = of_metric.filter_map(|line| {
            let status = line.status.as_ref()?;
            Some((status, line.subject_name.as_deref()))
        });
        limits.min_by_key(|(status, _)| status.left.map_or(i64::MAX, Amount::units))
    };
    Metric::ALL.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use ::time::OffsetDateTime;
    use domain::limits::LimitSubject;
    use uuid::Uuid;

    use super::*;
    use crate::api::limits::balances::DecidingLimit;

    fn line(metric: Metric, left: Option<i64>, model: Option<&str>, name: &str) -> LimitLine {
        let left = left.map(|units| Amount::of(metric, units));
        let status = LimitStatus {
            id: Uuid::nil(),
            subject: LimitSubject::Group(Uuid::nil()),
            shared: true,
            metric,
            model: model.map(str::to_owned),
            amount: left,
            granted: Amount::of(metric, 0),
            used: Amount::of(metric, 0),
            reserved: Amount::of(metric, 0),
            left,
            warning: false,
            period: None,
            resets_at: None,
        };
        let deciding = DecidingLimit {
            status,
            subject_name: Some(name.to_owned()),
        };
        LimitLine::of(deciding, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn least_amount_decides() {
        let lines = [
            line(Metric::Cost, Some(500), None, "all"),
            line(Metric::Cost, Some(100), None, "Studio"),
            line(Metric::Cost, Some(0), Some("gpt"), "model"),
            line(Metric::Requests, None, None, "own"),
        ];
        let names: Vec<_> = deciding(&lines)
            .into_iter()
            .map(|(status, name)| (status.metric, name))
            .collect();
        assert_eq!(
            names,
            [
                (Metric::Requests, Some("own")),
                (Metric::Cost, Some("Studio"))
            ]
        );
        assert!(amounts_left(&[]).is_none());
    }
}
