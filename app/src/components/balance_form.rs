//! Fields of the dialogs that change what is used of a limit.

use domain::limits::LimitStatus;
use leptos::prelude::*;

use super::{
    description_list::DescriptionItem,
    field::{Field, FieldSpec},
    form::FormState,
    text_area::TextArea,
};
use crate::{
    api::limits::balances::BalanceOperation, context::PageContext, format,
    labels::limits as labels, text,
};

const TOP_UP: FieldSpec = FieldSpec {
    name: "amount",
    label: text::limits::amount,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::limits::top_up_hint),
    optional: false,
    max: 40,
};

const ADJUST: FieldSpec = FieldSpec {
    hint: Some(text::limits::adjust_hint),
    ..TOP_UP
};

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: text::limits::reason,
    hint: None,
    max: 1_000,
    ..TOP_UP
};

/// Returns the label of the link and the button of an operation.
pub(crate) fn label(operation: BalanceOperation) -> &'static str {
    match operation {
        BalanceOperation::TopUp => text::limits::top_up(),
        BalanceOperation::Adjust => text::limits::adjust(),
        BalanceOperation::Reset => text::limits::reset(),
    }
}

/// Returns what an operation does.
fn meaning(operation: BalanceOperation) -> &'static str {
    match operation {
        BalanceOperation::TopUp => text::limits::top_up_meaning(),
        BalanceOperation::Adjust => text::limits::adjust_meaning(),
        BalanceOperation::Reset => text::limits::reset_meaning(),
    }
}

/// Renders what an operation does, and its fields: the amount, and the reason with a hint.
pub(crate) fn fields(
    context: &PageContext,
    operation: BalanceOperation,
    form_state: FormState,
    reason_hint: text::Label,
) -> AnyView {
    let amount = match operation {
        BalanceOperation::TopUp => Some(TOP_UP),
        BalanceOperation::Adjust => Some(ADJUST),
        BalanceOperation::Reset => None,
    };
    let has_amount = amount.is_some();
    let amount = amount.map(|spec| {
        view! {
            <Field
                spec=spec
                value=context.typed("amount")
                error=form_state.error("amount")
                first=true
            />
        }
    });
    let reason = FieldSpec {
        hint: Some(reason_hint),
        ..REASON
    };
    view! {
        <p>{meaning(operation)}</p>
        {amount}
        <TextArea
            spec=reason
            value=context.typed("reason")
            rows=2
            error=form_state.error("reason")
            first=!has_amount
        />
        <input type="hidden" name="operation" value=operation.as_str() />
    }
    .into_any()
}

/// Renders what is used and left, and the hidden fields that identify the balance.
pub(crate) fn about(status: LimitStatus) -> AnyView {
    view! {
        <dl class="details">
            <DescriptionItem label=text::limits::used()>{format::amount(status.used)}</DescriptionItem>
            <DescriptionItem label=text::limits::left()>{labels::amount(status.left)}</DescriptionItem>
        </dl>
        <input type="hidden" name="metric" value=status.metric.as_str() />
        <input type="hidden" name="model" value=status.model.unwrap_or_default() />
    }
    .into_any()
}
