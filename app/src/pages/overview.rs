//! Dashboard, the first page of the panel.

use ::time::OffsetDateTime;
use domain::{
    audit::AuditEntry,
    list::Total,
    overview::{Attention, AttentionKind, Overview as Figures},
    permission::Permission,
    users::list::ListParams,
};
use leptos::prelude::*;

use crate::{
    api::{
        overview::{GetOverview, OverviewNow},
        read::ReadRequest,
        registrations::PENDING_LIST,
    },
    components::{
        changes::entry_label,
        chart::DayChart,
        icon::{Glyph, Icon},
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        state::{LoadErrorNotice, LoadingNotice},
        time::Ago,
    },
    context::PageContext,
    format::{grouped, total},
    labels::audit::actor_and_source,
    links::users,
    text,
};

/// Renders the counts, charts, alerts and latest changes.
#[component]
pub fn Overview() -> impl IntoView {
    let overview = Loaded::new(|| ReadRequest::of(GetOverview {}));
    let overview = overview.draw(LoadingNotice, |overview| match overview {
        Ok(shown) => view! { <OverviewPanel shown=shown /> }.into_any(),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::overview::load_failed() problem=problem /> }
                .into_any()
        }
    });
    view! {
        <header class="page-head">
            <h1>{text::frame::screen_overview()}</h1>
        </header>
        {overview}
    }
}

#[component]
fn OverviewPanel(shown: OverviewNow) -> impl IntoView {
    let OverviewNow { overview, now } = shown;
    let chart = |count: fn(&domain::overview::Day) -> u64| {
        overview
            .days
            .iter()
            .map(|day| (day.day, count(day)))
            .collect()
    };
    let context = use_context::<PageContext>().unwrap_or_default();
    let can_read_audit = context
        .principal
        .is_some_and(|principal| principal.permissions.include(Permission::AuditRead));
    view! {
        <Tiles figures=overview.clone() now=now />
        <div class="panes">
            <DayChart
                title=text::overview::sign_ins()
                days=chart(|day| day.sign_ins)
                written=grouped
            />
            <DayChart
                title=text::overview::new_users()
                days=chart(|day| day.created)
                written=grouped
            />
        </div>
        <div class="panes">
            <AttentionList attention=overview.attention />
            {can_read_audit.then(|| view! { <Changes changes=overview.changes now=now /> })}
        </div>
    }
}

/// Renders the totals, each with a link to the users that it counts.
#[component]
fn Tiles(figures: Figures, now: OffsetDateTime) -> impl IntoView {
    let totals = figures.totals;
    let today = format!("last-active:>={}", now.date());
    let tiles = [
        (text::frame::screen_users(), Total::exact(totals.users), ""),
        (
            text::overview::active_today(),
            figures.active_today,
            today.as_str(),
        ),
        (
            text::overview::admins(),
            Total::exact(totals.admins),
            "role:admin",
        ),
        (
            text::overview::pending(),
            Total::exact(totals.pending),
            AttentionKind::PendingRegistrations
                .search()
                .unwrap_or_default(),
        ),
        (
            text::overview::suspended(),
            Total::exact(totals.suspended),
            "status:suspended",
        ),
    ];
    view! {
        <dl class="tiles">
            {tiles
                .map(|(label, number, search)| {
                    view! {
                        <div>
                            <dt>{label}</dt>
                            <dd>
                                <a href=found(search)>{total(number)}</a>
                            </dd>
                        </div>
                    }
                })
                .into_iter()
                .collect_view()}
        </dl>
    }
}

/// URL of the access tokens that are about to expire.
const EXPIRING: &str = "/tokens?state=expiring";

#[component]
fn AttentionList(attention: Vec<Attention>) -> impl IntoView {
    let nothing = attention.is_empty().then(|| {
        view! {
            <p class="muted">{text::overview::all_clear()}</p>
        }
    });
    let may_decide = PageContext::current().may(Permission::RegistrationsRead);
    let attention_list = attention.into_iter().map(|attention| {
        let (count, number) = (attention.count.count, total(attention.count));
        let words = match attention.kind {
            AttentionKind::PendingRegistrations => {
                text::overview::pending_registrations(count, number)
            }
            AttentionKind::OnlyAdmin => text::overview::only_admin().to_owned(),
            AttentionKind::ExpiringToken => text::overview::expiring_tokens(count, number),
            AttentionKind::IdleAdmin => text::overview::idle_admins(count, number),
            AttentionKind::Dormant => text::overview::dormant_users(count, number),
        };
        let href = match (attention.kind, attention.search) {
            (AttentionKind::PendingRegistrations, _) if may_decide => PENDING_LIST.to_owned(),
            (_, Some(search)) => found(&search),
            (_, None) => EXPIRING.to_owned(),
        };
        view! {
            <li>
                <Glyph icon=Icon::Alert />
                <a href=href>{words}</a>
            </li>
        }
    });
    view! {
        <section>
            <h2>{text::overview::attention()}</h2>
            {nothing}
            <ul class="matters">{attention_list.collect_view()}</ul>
        </section>
    }
}

/// Row of the table of the latest changes.
struct ListedEntry {
    entry: AuditEntry,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns of the latest changes in their order.
static COLUMNS: [Column<ListedEntry>; 3] = [
    Column {
        class: "",
        label: text::audit::action,
        sort: None,
        cell: |cell, row| {
            let label = entry_label(&row.entry);
            match row.entry.target_user() {
                Some(id) => cell.header(view! { <a href=format!("/users/{id}")>{label}</a> }),
                None => cell.header(label),
            }
        },
    },
    Column {
        class: "",
        label: text::audit::actor,
        sort: None,
        cell: |cell, row| cell.labelled(actor_and_source(&row.entry)),
    },
    Column {
        class: "",
        label: text::audit::time,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.entry.at now=row.now /> }),
    },
];

#[component]
fn Changes(changes: Vec<AuditEntry>, now: OffsetDateTime) -> impl IntoView {
    let nothing = changes
        .is_empty()
        .then(|| view! { <p class="muted">{text::overview::no_activity()}</p> });
    let rows: Vec<_> = changes
        .into_iter()
        .map(|entry| {
            let listed = ListedEntry { entry, now };
            data_table::row(listed.entry.id, cells(&COLUMNS, &listed))
        })
        .collect();
    view! {
        <section class="list">
            <h2>{text::overview::recent_activity()}</h2>
            {nothing}
            {(!rows.is_empty())
                .then(|| DataTable::records(text::overview::recent_activity(), &COLUMNS).with_rows(rows))}
        </section>
    }
}

/// Returns the URL of the user list for a search.
fn found(search: &str) -> String {
    users::href(&ListParams {
        q: Some(search.to_owned()).filter(|search| !search.is_empty()),
        ..ListParams::default()
    })
}
