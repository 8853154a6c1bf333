//! Page "Usage": what users have used in the host application, by day, user, model and group.

use std::sync::Arc;

use domain::{
    permission::Permission,
    problem::Problem,
    usage::{UsageScreenParams, UsageSpan, UserUsage},
};
use leptos::prelude::*;

use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        usage::{GetUsage, USAGE, UsageReport},
    },
    components::{
        exports::{RECORDS, export_links},
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::ListScreen,
        loaded::Loaded,
        loading::Loading,
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, LoadingNotice},
        tab::with,
        usage_chart::{Href, TopRow, chart, top, totals},
    },
    context::PageContext,
    links::usage as links,
    text,
};

/// Ranges that end today, with their labels.
const SPANS: [(UsageSpan, text::Label); 4] = [
    (UsageSpan::Week, text::usage::week),
    (UsageSpan::ThirtyDays, text::usage::thirty_days),
    (UsageSpan::NinetyDays, text::usage::ninety_days),
    (UsageSpan::Month, text::usage::month),
];

/// Renders the usage that matches a filter. The whole state is in the URL.
#[component]
pub fn Usage() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| {
        let query = query.read();
        UsageScreenParams::from_pairs(|name| query.get(name))
    });
    let loading = Loading::new();
    let request = checked(move || params.get(), UsageScreenParams::NAMES, NONE);
    let report = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(GetUsage { params })
    });
    let above = view! {
        <p class="pane-actions muted">{text::usage::hint()}</p>
        <Spans params=params />
        <Filters params=params />
    };
    let screen = ListScreen {
        title: text::usage::title(),
        header: "page-head",
        beside: with(report, move |report| exports(&report, loading)),
        above: above.into_any(),
        label: text::usage::title(),
        loading,
        skeleton: LoadingNotice.into(),
    };
    screen.render(report, move |result| match result {
        Ok(report) => shown(params, report),
        Err(problem) => failed(&params.get_untracked(), problem),
    })
}

/// Renders the error of loading.
fn failed(params: &UsageScreenParams, problem: Problem) -> AnyView {
    view! {
        <ListErrorNotice
            title=text::usage::load_failed()
            problem=problem
            again=links::href(params)
            all=USAGE.to_owned()
            label=text::usage::show_all()
            fields=fields(params, may_read_groups())
        />
    }
    .into_any()
}

/// Renders the links to the exports of the events. They are those of the loaded report, so they cannot be followed while another one is
/// loading.
fn exports(report: &UsageReport, loading: Loading) -> AnyView {
    let links = export_links(RECORDS, &|format| links::file(&report.export, format));
    view! {
        <div class="toolbar-end" inert=move || loading.is_busy()>
            {links}
        </div>
    }
    .into_any()
}

/// Renders the ranges that end today as tabs.
#[component]
fn Spans(
    /// State of the screen, from the URL.
    params: Memo<UsageScreenParams>,
) -> impl IntoView {
    let link = |(span, label): (UsageSpan, text::Label)| {
        view! {
            <a
                href=move || links::within(&params.read(), span)
                aria-current=move || (params.read().span() == Some(span)).then_some("page")
                data-noscroll
            >
                {label()}
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="tabs" aria-label=text::usage::range()>
            {SPANS.map(link).into_iter().collect::<Vec<_>>()}
        </nav>
    }
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the screen, from the URL.
    params: Memo<UsageScreenParams>,
) -> impl IntoView {
    let with_group = may_read_groups();
    let fields = Memo::new(move |_| fields(&params.read(), with_group));
    let cleared = Signal::derive(|| USAGE.to_owned());
    view! {
        <FilterForm label=text::usage::filter() path=USAGE fields=fields cleared=cleared />
    }
}

/// Returns whether the viewer can ask for the usage of a group, whose users are its members.
fn may_read_groups() -> bool {
    PageContext::current().may(Permission::GroupsRead)
}

fn fields(params: &UsageScreenParams, with_group: bool) -> Vec<FilterField> {
    let typed = |label: &'static str, example: &'static str| Entry::Typed(label, example, None);
    let group = if with_group {
        typed(text::usage::group(), "")
    } else {
        Entry::Hidden
    };
    vec![
        FilterField::new(
            "from",
            &params.from,
            typed(text::usage::from(), text::usage::day_example()),
        ),
        FilterField::new(
            "to",
            &params.to,
            typed(text::usage::to(), text::usage::day_example()),
        ),
        FilterField::new(
            "user",
            &params.user,
            typed(text::usage::user(), text::usage::username()),
        ),
        FilterField::new("model", &params.model, typed(text::usage::model(), "")),
        FilterField::new("group", &params.group, group),
        FilterField::new("range", &params.range, Entry::Hidden),
    ]
}

/// Renders the sums, the chart and the highest costs, or the empty state.
fn shown(params: Memo<UsageScreenParams>, report: UsageReport) -> AnyView {
    if report.models.is_empty() {
        return view! {
            <ListState icon=Icon::Bars title=text::usage::none()>
                <p class="state-text">{text::usage::none_text()}</p>
                <div class="state-actions">
                    <a class="button" href=USAGE>
                        {text::usage::show_all()}
                    </a>
                </div>
            </ListState>
        }
        .into_any();
    }
    let users: Vec<TopRow> = report
        .users
        .into_iter()
        .map(|user| top_user(params, user))
        .collect();
    let models = report.models.into_iter().map(|model| TopRow {
        href: model
            .model
            .clone()
            .map(|name| link(params, name, links::of_model)),
        name: model
            .model
            .unwrap_or_else(|| text::usage::no_model().to_owned()),
        usage: model.usage,
    });
    let models: Vec<TopRow> = models.collect();
    let with_group = may_read_groups();
    let groups = report.groups.into_iter().map(|group| TopRow {
        href: with_group.then(|| link(params, group.name.clone(), links::of_group)),
        name: group.name,
        usage: group.usage,
    });
    let groups: Vec<TopRow> = groups.collect();
    view! {
        {totals(&report.total)}
        <div class="panes">{chart(&report.days)}</div>
        <div class="panes rankings">
            {top(text::usage::top_users(), text::usage::user, &users)}
            {top(text::usage::top_models(), text::usage::model, &models)}
            {top(text::usage::top_groups(), text::usage::group, &groups)}
        </div>
    }
    .into_any()
}

/// Returns the link that adds an object to the filter in the URL, also while the report of another filter is loading.
fn link(
    params: Memo<UsageScreenParams>,
    name: String,
    href: fn(&UsageScreenParams, &str) -> String,
) -> Href {
    Arc::new(move || href(&params.read(), &name))
}

fn top_user(params: Memo<UsageScreenParams>, user: UserUsage) -> TopRow {
    let username = user.username.clone();
    TopRow {
        href: username.map(|username| link(params, username, links::of_user)),
        name: user
            .username
            .unwrap_or_else(|| text::usage::former_users().to_owned()),
        usage: user.usage,
    }
}
