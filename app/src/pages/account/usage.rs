//! What is left of the limits of the signed-in user, and its latest changes.

use leptos::prelude::*;

use crate::{
    api::{
        limits::balances::{CHANGES_DAYS, ListOwnLimits, OwnLimits},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        icon::Icon,
        limit_table::{self, LimitLine},
        loaded::Loaded,
        parameters::{NONE, checked},
        state::{ListState, LoadErrorNotice, LoadingNotice},
        usage_chart::UsageChart,
    },
    text,
};

/// Renders the tab.
#[component]
pub fn Usage() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let limits: Loaded<OwnLimits> = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListOwnLimits {})
    });
    let content = limits.draw(LoadingNotice, |limits| match limits {
        Ok(limits) => own(limits),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::limits::load_failed() problem=problem /> }
                .into_any()
        }
    });
    view! {
        <section class="form">
            <h2>{text::usage::title()}</h2>
            <p class="muted">{text::limits::usage_hint()}</p>
            {content}
            <UsageChart />
        </section>
    }
}

/// Renders the limits in force, and the changes.
fn own(own: OwnLimits) -> AnyView {
    let now = own.now;
    let lines = own.limits.into_iter();
    let lines: Vec<LimitLine> = lines.map(|deciding| LimitLine::of(deciding, now)).collect();
    let left = limit_table::amounts_left(&lines);
    let limits = if lines.is_empty() {
        view! { <ListState icon=Icon::Levels title=text::limits::no_limits_in_force() /> }
            .into_any()
    } else {
        limit_table::table(text::limits::in_force(), lines)
    };
    view! {
        {left}
        <section class="list">{limits}</section>
        {limit_table::of_tokens(own.tokens, now)}
        <h2>{text::limits::changes()}</h2>
        <p class="muted">{text::limits::changes_hint(CHANGES_DAYS.into())}</p>
        <section class="list">{limit_table::changes(own.changes, now, false)}</section>
    }
    .into_any()
}
