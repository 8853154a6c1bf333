//! Dialogs that top up, adjust and reset what a user has used of a limit.

use domain::{fields::FieldErrors, limits::LimitStatus, permission::Permission};
use leptos::prelude::*;

use super::{OpenedLimits, tab_of};
use crate::{
    api::{
        error::set_not_found,
        limits::balances::{BalanceOperation, ChangeBalance, change},
        user::UserView,
    },
    components::{
        balance_form,
        dialog::{DialogRoute, FormDialog},
        form,
        loaded::{both, transition},
        rows::keyed_by,
        user_form::{About, deleted_notice},
    },
    context::PageContext,
    labels::limits as labels,
    pages::user::OpenedUser,
    text,
};

/// Renders the dialog that permits more in this period.
#[component]
pub fn TopUp() -> impl IntoView {
    keyed_by("id", |id| dialog(id, BalanceOperation::TopUp))
}

/// Renders the dialog that corrects the used amount.
#[component]
pub fn Adjust() -> impl IntoView {
    keyed_by("id", |id| dialog(id, BalanceOperation::Adjust))
}

/// Renders the dialog that sets the used amount to zero.
#[component]
pub fn Reset() -> impl IntoView {
    keyed_by("id", |id| dialog(id, BalanceOperation::Reset))
}

/// Returns the heading of the dialog of an operation, for a metric of a user.
pub(super) fn title(operation: BalanceOperation, metric: &str, username: &str) -> String {
    match operation {
        BalanceOperation::TopUp => text::limits::top_up_of(metric, username),
        BalanceOperation::Adjust => text::limits::adjust_of(metric, username),
        BalanceOperation::Reset => text::limits::reset_of(metric, username),
    }
}

/// Renders the dialog for the limit with an id. If it is not in force for the user, the dialog says so.
fn dialog(id: String, operation: BalanceOperation) -> AnyView {
    let user_view = OpenedUser::current().user_view;
    let OpenedLimits(limits) = expect_context();
    let dialog = move || {
        // If loading fails, the page below shows the error.
        let (user_view, limits) = both(user_view, limits)?;
        let (user_view, limits) = (user_view.ok()?, limits.ok()?);
        let statuses = limits.limits.into_iter().map(|limit| limit.status);
        let mut statuses = statuses.filter(|status| !status.shared && status.amount.is_some());
        let status = statuses.find(|status| status.id.to_string() == id);
        if status.is_none() {
            set_not_found();
        }
        let back = tab_of(&user_view);
        let route = DialogRoute {
            path: format!("{back}/{id}/{}", operation.as_str()),
            back,
        };
        Some(form_of(user_view, status, route, operation))
    };
    transition(ViewFnOnce::default(), Box::new(dialog))
}

/// Validates the typed form.
fn check(form: ChangeBalance) -> FieldErrors {
    change(form).err().unwrap_or_default()
}

/// Renders the form.
fn form_of(
    user_view: UserView,
    status: Option<LimitStatus>,
    route: DialogRoute,
    operation: BalanceOperation,
) -> AnyView {
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<ChangeBalance>(&route.path, check);
    let username = user_view.user.summary.username.clone();
    let denied = match &status {
        None => Some(text::limits::not_in_force().to_owned()),
        Some(_) => deleted_notice(&user_view.user),
    };
    let name = status.as_ref().map(|status| {
        let model = status.model.as_deref();
        labels::metric_of(status.metric, model)
    });
    let fields = balance_form::fields(&context, operation, form_state, text::limits::reason_hint);
    view! {
        <FormDialog
            title=title(operation, &name.unwrap_or_default(), &username)
            route=route
            form_state=form_state
            denied=denied
            right=Permission::UsageWrite
            action=Signal::stored(balance_form::label(operation).to_owned())
        >
            {status.map(balance_form::about)}
            {fields}
            <About user_view=user_view tab="/limits" />
        </FormDialog>
    }
    .into_any()
}
