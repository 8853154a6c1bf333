//! Limits of a user: what is left of each, which limit decides, and the latest changes.

pub mod balance;
pub mod set;

use domain::{limits::Metric, permission::Permission, problem::Code};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{OpenedUser, path};
use crate::{
    api::{
        limits::balances::{
            BalanceOperation, CHANGES_DAYS, DecidingLimit, ListUserLimits, UserLimits,
        },
        read::ReadRequest,
        user::UserView,
    },
    components::{
        balance_form,
        limit_table::{self, LimitLine},
        list::row_link::RowLink,
        loaded::Loaded,
        state::{LoadErrorNotice, LoadingNotice},
    },
    context::PageContext,
    labels::limits as labels,
    links::with_selected,
    text,
};

/// Limits of the user of the page, shared by the tab and its dialogs.
#[derive(Clone, Copy)]
struct OpenedLimits(Loaded<UserLimits>);

/// Renders the tab, and the dialog above it.
#[component]
pub fn LimitsTab() -> impl IntoView {
    let opened = OpenedUser::current();
    let user_view = opened.user_view;
    let limits = opened.load(|| Ok(()), |(), id| ReadRequest::of(ListUserLimits { id }));
    provide_context(OpenedLimits(limits));
    let content = limits.draw(LoadingNotice, move |limits| match limits {
        Ok(limits) => {
            let user_view = user_view.get_untracked().and_then(Result::ok);
            let content = user_view.map(|user_view| content(&user_view, limits));
            content.into_any()
        }
        // The header of the page shows that the user does not exist.
        Err(problem) if problem.error == Code::NotFound => ().into_any(),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::limits::load_failed() problem=problem /> }
                .into_any()
        }
    });
    view! {
        {content}
        <Outlet />
    }
}

/// Returns the path of the tab.
fn tab_of(user_view: &UserView) -> String {
    format!("{}/limits", path(&user_view.user.summary))
}

/// Dialogs that the viewer can use.
struct Links {
    /// Path of the tab.
    tab: String,
    username: String,
    /// Whether the viewer can change the limit of the user's own.
    can_set: bool,
    /// Whether the viewer can change what is used.
    can_change: bool,
}

impl Links {
    fn of(user_view: &UserView) -> Self {
        let context = PageContext::current();
        let is_current = user_view.user.deleted_at.is_none();
        Self {
            tab: tab_of(user_view),
            username: user_view.user.summary.username.clone(),
            can_set: is_current && context.may(Permission::LimitsWrite),
            can_change: is_current && context.may(Permission::UsageWrite),
        }
    }

    /// Returns the row with its links. The balance of a group is none of the user.
    fn add_to(&self, mut line: LimitLine) -> LimitLine {
        let is_shared = line.status.as_ref().is_some_and(|status| status.shared);
        let name = labels::metric_of(line.metric, line.model.as_deref());
        if self.can_set && !is_shared {
            let path = format!("{}/{}/set", self.tab, line.metric.as_str());
            let model = line.model.iter().map(|model| ("model", model.as_str()));
            line.links.push(RowLink {
                href: with_selected(&path, model, &[]),
                label: text::limits::change_limit(),
                about: text::limits::change_limit_of(&name),
            });
        }
        let counted = line.status.as_ref().filter(|status| {
            status.amount.is_some() && status.metric.has_period() && !status.shared
        });
        if let Some(status) = counted.filter(|_| self.can_change) {
            let links = BalanceOperation::ALL.map(|operation| RowLink {
                href: format!("{}/{}/{}", self.tab, status.id, operation.as_str()),
                label: balance_form::label(operation),
                about: balance::title(operation, &name, &self.username),
            });
            line.links.extend(links);
        }
        line
    }
}

/// Renders the limits of all metrics, and the changes.
fn content(user_view: &UserView, limits: UserLimits) -> AnyView {
    let links = Links::of(user_view);
    let UserLimits {
        limits,
        tokens,
        models,
        changes,
        now,
    } = limits;
    let lines = lines(limits, now).into_iter();
    let lines: Vec<LimitLine> = lines.map(|line| links.add_to(line)).collect();
    let left = limit_table::amounts_left(&lines);
    let changes = changes.map(|changes| {
        view! {
            <section class="list">
                <h2>{text::limits::changes()}</h2>
                <p class="muted">{text::limits::changes_hint(CHANGES_DAYS.into())}</p>
                {limit_table::changes(changes, now, true)}
            </section>
        }
    });
    view! {
        <p class="pane-actions muted">{text::limits::precedence_hint()}</p>
        {models.map(|models| view! { <p>{allowed(&models)}</p> })}
        {left}
        <section class="list">{limit_table::table(text::limits::in_force(), lines)}</section>
        {limit_table::of_tokens(tokens, now)}
        {changes}
    }
    .into_any()
}

/// Returns the sentence about the models of a user who cannot use all.
fn allowed(models: &[String]) -> String {
    if models.is_empty() {
        return text::limits::no_models().to_owned();
    }
    text::limits::allowed_models(models.join(", "))
}

/// Returns a row for each limit in force, and one for each metric without a limit for all models.
fn lines(limits: Vec<DecidingLimit>, now: ::time::OffsetDateTime) -> Vec<LimitLine> {
    let is_limited = |metric: Metric| {
        limits
            .iter()
            .any(|limit| limit.status.metric == metric && limit.status.model.is_none())
    };
    let others = Metric::ALL.iter().copied();
    let others: Vec<Metric> = others.filter(|metric| !is_limited(*metric)).collect();
    let others = others.into_iter().map(|metric| LimitLine {
        metric,
        model: None,
        status: None,
        subject_name: None,
        links: Vec::new(),
        now,
    });
    let limits = limits.into_iter();
    let limits = limits.map(|found| LimitLine::of(found, now));
    let mut lines: Vec<LimitLine> = limits.chain(others).collect();
    lines.sort_by_key(|line| line.metric);
    lines
}

#[cfg(test)]
mod tests {
    use ::time::OffsetDateTime;
    use domain::limits::{Amount, LimitStatus, LimitSubject};
    use uuid::Uuid;

    use super::*;

    fn in_force(metric: Metric, model: Option<&str>) -> DecidingLimit {
        let status = LimitStatus {
            id: Uuid::nil(),
            subject: LimitSubject::Default,
            shared: false,
            metric,
            model: model.map(str::to_owned),
            amount: Some(Amount::of(metric, 5)),
            granted: Amount::of(metric, 0),
            used: Amount::of(metric, 0),
            reserved: Amount::of(metric, 0),
            left: Some(Amount::of(metric, 5)),
            warning: false,
            period: None,
            resets_at: None,
        };
        DecidingLimit {
            status,
            subject_name: None,
        }
    }

    #[test]
    fn every_metric_has_a_row_for_all_models() {
        let limits = vec![
            in_force(Metric::Rpm, Some("gpt")),
            in_force(Metric::Cost, None),
        ];
        let lines = lines(limits, OffsetDateTime::UNIX_EPOCH);
        let shown: Vec<(Metric, Option<&str>, bool)> = lines
            .iter()
            .map(|line| (line.metric, line.model.as_deref(), line.status.is_some()))
            .collect();
        assert_eq!(
            shown,
            [
                (Metric::Requests, None, false),
                (Metric::Cost, None, true),
                (Metric::Tokens, None, false),
                (Metric::Rpm, Some("gpt"), true),
                (Metric::Rpm, None, false),
                (Metric::Tpm, None, false),
                (Metric::Parallel, None, false),
            ]
        );
    }
}
