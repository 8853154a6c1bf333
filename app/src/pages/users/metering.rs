//! Costs and limits of users in the list.

use domain::{limits::Left, money::Money, permission::Permission, users::list::SortKey};

use crate::{
    api::users::row::UserRow,
    components::list::chooser,
    context::PageContext,
    format::{count, dollars},
    preferences::columns::ListColumn,
    text,
};

/// Returns whether the viewer can read usage and limits.
pub(super) fn can_read_metering() -> bool {
    let context = PageContext::current();
    context.may(Permission::UsageRead) && context.may(Permission::LimitsRead)
}

/// Returns whether the viewer sees a column with costs or limits: one that is shown, or by which the list is sorted. Reads a signal.
pub(super) fn shows_metering(sorted: SortKey) -> bool {
    let choices = chooser::tracked();
    let columns = [
        ListColumn::UsersSpend,
        ListColumn::UsersBudgetLeft,
        ListColumn::UsersRequestsLeft,
    ];
    let is_shown = |column| choices.or_initial(column) == Some(true);
    can_read_metering() && (sorted == SortKey::Spend || columns.into_iter().any(is_shown))
}

/// Returns the costs of this month.
pub(super) fn spend(user: &UserRow) -> Option<String> {
    user.metering.map(|metering| dollars(metering.spend))
}

/// Returns the cost that is left.
pub(super) fn budget_left(user: &UserRow) -> Option<String> {
    let written = |nanos| dollars(Money::from_nanos(nanos));
    user.metering
        .map(|metering| amount(metering.budget, written))
}

/// Returns the number of requests that are left.
pub(super) fn requests_left(user: &UserRow) -> Option<String> {
    user.metering
        .map(|metering| amount(metering.requests, count))
}

/// Returns what is left of limits, as at least nothing.
fn amount(left: Left, written: fn(i64) -> String) -> String {
    match left {
        Left::Amount(units) => written(units.max(0)),
        Left::Unlimited => text::limits::unlimited().to_owned(),
        Left::NoLimit => "—".to_owned(),
    }
}
