//! Dialogs that top up and reset what the members of a group have used of a limit that they share.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use super::route;
use crate::{
    api::{
        limits::{
            balances::BalanceOperation,
            shared::{ChangeSharedBalance, FindSharedLimit, ListedLimit, shared_change},
        },
        read::ReadRequest,
    },
    components::{
        balance_form, deletion::once_loaded, dialog::FormDialog, form, loaded::Loaded,
        rows::keyed_by,
    },
    context::PageContext,
    labels::limits as labels,
    text,
};

/// Operations on a shared limit, in the order of their links.
pub(super) const SHARED: [BalanceOperation; 2] = [BalanceOperation::TopUp, BalanceOperation::Reset];

/// Renders the dialog that permits more in this period.
#[component]
pub fn TopUp() -> impl IntoView {
    keyed_by("id", |id| {
        with_limit(id, BalanceOperation::TopUp, |limit| {
            form_of(limit, BalanceOperation::TopUp)
        })
    })
}

/// Renders the dialog that sets the used amount to zero.
#[component]
pub fn Reset() -> impl IntoView {
    keyed_by("id", |id| {
        with_limit(id, BalanceOperation::Reset, |limit| {
            form_of(limit, BalanceOperation::Reset)
        })
    })
}

/// Returns the heading of the dialog of an operation on a limit with a name.
pub(super) fn title(operation: BalanceOperation, name: &str) -> String {
    match operation {
        BalanceOperation::TopUp => text::limits::top_up_shared(name),
        BalanceOperation::Adjust | BalanceOperation::Reset => text::limits::reset_shared(name),
    }
}

/// Renders a dialog of a limit once that is loaded, or the error of loading.
fn with_limit(
    id: String,
    operation: BalanceOperation,
    draw: fn(ListedLimit) -> AnyView,
) -> AnyView {
    let route = route(&format!("{id}/{}", operation.as_str()));
    let limit = Loaded::new(move || ReadRequest::of(FindSharedLimit { id: id.clone() }));
    let title = text::limits::title();
    once_loaded(limit, route, title, ViewFnOnce::default(), draw)
}

/// Validates the typed form.
fn check(form: ChangeSharedBalance) -> FieldErrors {
    shared_change(form).err().unwrap_or_default()
}

/// Renders the form.
fn form_of(listed: ListedLimit, operation: BalanceOperation) -> AnyView {
    let status = listed.changeable().cloned();
    let limit = listed.limit;
    let route = route(&format!("{}/{}", limit.id, operation.as_str()));
    let page = route.back.clone();
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<ChangeSharedBalance>(&route.path, check);
    let denied = status
        .is_none()
        .then(|| text::limits::not_shared().to_owned());
    let heading = title(operation, &labels::name(&limit));
    let (id, shown) = (limit.id.to_string(), limit.label());
    let name = limit.subject_name.unwrap_or_default();
    let hint = text::limits::reason_audit_hint;
    let fields = balance_form::fields(&context, operation, form_state, hint);
    view! {
        <FormDialog
            title=heading
            route=route
            form_state=form_state
            denied=denied
            right=Permission::UsageWrite
            action=Signal::stored(balance_form::label(operation).to_owned())
        >
            {status.map(balance_form::about)}
            {fields}
            <input type="hidden" name="page" value=page />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=shown />
            <input type="hidden" name="name" value=name />
        </FormDialog>
    }
    .into_any()
}
