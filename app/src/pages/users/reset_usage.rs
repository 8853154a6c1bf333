//! Dialog that resets what the selected users have used.

use domain::{limits::Metric, permission::Permission, users::bulk::BulkOutcome};
use leptos::prelude::*;

use super::selected;
use crate::{
    api::{
        limits::bulk_reset::{PreviewUsageReset, ResetUsage as ResetForm},
        read::ReadRequest,
    },
    components::{
        field::FieldSpec,
        form,
        list::bulk_dialog::{BulkDialog, BulkSelection},
        select::{option, select},
        text_area::TextArea,
    },
    context::PageContext,
    labels, text,
};

/// Path of the dialog.
pub(super) const PATH: &str = "/users/bulk/reset-usage";

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: text::limits::reason,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::limits::reason_hint),
    optional: false,
    max: 1_000,
};

/// Renders the dialog.
#[component]
pub fn ResetUsage() -> impl IntoView {
    let preview = |selected| ReadRequest::of(PreviewUsageReset { selected });
    selected::dialog(PATH, text::limits::reset_for_users(), preview, dialog)
}

fn dialog(selection: BulkSelection, preview: BulkOutcome) -> AnyView {
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send::<ResetForm>(PATH);
    let metrics = Metric::ALL.iter().filter(|metric| metric.has_period());
    let metrics = metrics.map(|metric| option(metric.as_str(), labels::limits::metric(*metric)));
    let all = option("", text::limits::all_metrics());
    let metrics = std::iter::once(all).chain(metrics).collect();
    let (metric, reason) = (context.typed("metric"), context.typed("reason"));
    view! {
        <BulkDialog
            title=text::limits::reset_for_users()
            selection=selection
            preview=preview
            form_state=form_state
            action=Callback::new(text::limits::reset_for_count)
            effect=text::limits::reset_for_users_effect().into_any()
            danger=false
            right=Permission::UsageWrite
        >
            {select("metric", text::limits::metric(), metrics, &metric, form_state, true)}
            <TextArea spec=REASON value=reason rows=2 error=form_state.error("reason") />
        </BulkDialog>
    }
    .into_any()
}
