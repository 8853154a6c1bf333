//! Fields of the form of a limit.

use domain::limits::{Metric, SubjectKind};
use leptos::prelude::*;

use crate::{
    api::limits::{
        SaveLimit,
        form::{LimitState, PeriodChoice},
    },
    components::{
        field::{Field, FieldSpec},
        field_group::{field_error, field_group},
        form::FormState,
        name_field::NameField,
        name_search,
        select::{option, select},
    },
    labels, text,
};

const SUBJECT: FieldSpec = FieldSpec {
    name: "subject",
    label: text::limits::subject,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::limits::subject_hint),
    optional: true,
    max: 200,
};

const MODEL: FieldSpec = FieldSpec {
    name: "model",
    label: text::limits::model,
    hint: Some(text::limits::model_hint),
    ..SUBJECT
};

const AMOUNT: FieldSpec = FieldSpec {
    name: "amount",
    label: text::limits::amount,
    hint: Some(text::limits::amount_hint),
    optional: false,
    max: 40,
    ..SUBJECT
};

const EVERY: FieldSpec = FieldSpec {
    name: "every",
    label: text::limits::every,
    hint: Some(text::limits::every_hint),
    max: 10,
    ..SUBJECT
};

const TIME_ZONE: FieldSpec = FieldSpec {
    name: "time_zone",
    label: text::limits::time_zone,
    hint: Some(text::limits::time_zone_hint),
    max: 64,
    ..SUBJECT
};

const SOFT_AMOUNT: FieldSpec = FieldSpec {
    name: "soft_amount",
    label: text::limits::soft_amount,
    hint: Some(text::limits::soft_amount_hint),
    max: 40,
    ..SUBJECT
};

const WARN_AT: FieldSpec = FieldSpec {
    name: "warn_at",
    label: text::limits::warn_at,
    hint: Some(text::limits::warn_at_hint),
    max: 3,
    ..SUBJECT
};

/// Renders the fields that identify a new limit: subject, metric and model.
pub(super) fn key_fields(values: &SaveLimit, form_state: FormState) -> AnyView {
    let kinds = SubjectKind::ALL.iter();
    let kinds = kinds.map(|kind| option(kind.as_str(), labels::limits::subject_kind(*kind)));
    let chosen = RwSignal::new(values.kind.parse::<SubjectKind>().ok());
    let (users, groups) = (name_search::users(), name_search::groups());
    let search = Signal::derive(move || match chosen.get()? {
        SubjectKind::User => users,
        SubjectKind::Group => groups,
        SubjectKind::Default | SubjectKind::Role | SubjectKind::Token => None,
    });
    view! {
        <div on:change=move |event| {
            chosen.set(event_target_value(&event).parse().ok());
        }>{select("kind", text::limits::subject_kind(), kinds.collect(), &values.kind, form_state, true)}</div>
        <NameField
            spec=SUBJECT
            value=values.subject.clone()
            error=form_state.error("subject")
            search=search
        />
        <label class="check">
            <input id="shared" type="checkbox" name="shared" value="true" checked=values.shared />
            <span>
                {text::limits::shared()} <span class="check-note">{text::limits::shared_hint()}</span>
            </span>
        </label>
        {field_error("shared", form_state.error("shared"))}
        {metric_fields(values, form_state, false)}
    }
    .into_any()
}

/// Renders the fields of the metric and the model. The metric can be the first field of the dialog.
pub(super) fn metric_fields(values: &SaveLimit, form_state: FormState, first: bool) -> AnyView {
    let metrics = Metric::ALL.iter();
    let metrics = metrics.map(|metric| option(metric.as_str(), labels::limits::metric(*metric)));
    view! {
        {select("metric", text::limits::metric(), metrics.collect(), &values.metric, form_state, first)}
        <Field spec=MODEL value=values.model.clone() error=form_state.error("model") />
    }
    .into_any()
}

/// Renders the states, and the fields of a number. Without them a new limit cannot be inherited.
pub(super) fn state_fields(values: &SaveLimit, is_new: bool, form_state: FormState) -> AnyView {
    let states = LimitState::ALL.into_iter();
    let states = states.filter(|state| !is_new || *state != LimitState::Inherit);
    let states: Vec<AnyView> = states
        .map(|state| radio(state, &values.state, !is_new))
        .collect();
    let periods = PeriodChoice::ALL.iter();
    let periods = periods.map(|choice| option(choice.as_str(), period_label(choice.as_str())));
    view! {
        <div class="form choice">
            {field_group(
                "state",
                text::limits::limit().into_any(),
                states.into_any(),
                form_state.error("state"),
            )}
            <div class="form chosen">
                <Field spec=AMOUNT value=values.amount.clone() error=form_state.error("amount") />
                {select("period", text::limits::period(), periods.collect(), &values.period, form_state, false)}
                <Field spec=EVERY value=values.every.clone() error=form_state.error("every") />
                <Field spec=TIME_ZONE value=values.time_zone.clone() error=form_state.error("time_zone") />
                <Field spec=SOFT_AMOUNT value=values.soft_amount.clone() error=form_state.error("soft_amount") />
                <Field spec=WARN_AT value=values.warn_at.clone() error=form_state.error("warn_at") />
            </div>
        </div>
    }
    .into_any()
}

/// Renders the radio button of a state. The chosen one can be the first field of the dialog.
fn radio(state: LimitState, chosen: &str, first: bool) -> AnyView {
    let (label, note) = match state {
        LimitState::Inherit => (text::limits::inherit(), text::limits::inherit_note()),
        LimitState::Unlimited => (text::limits::unlimited(), text::limits::unlimited_note()),
        LimitState::Number => (text::limits::number(), text::limits::number_note()),
    };
    let checked = state.as_str() == chosen;
    view! {
        <label class="check">
            <input
                type="radio"
                name="state"
                value=state.as_str()
                checked=checked
                autofocus=first && checked
            />
            <span>{label} <span class="check-note">{note}</span></span>
        </label>
    }
    .into_any()
}

/// Returns the label of a kind of period.
fn period_label(choice: &str) -> &'static str {
    match choice {
        "calendar:day" => text::limits::calendar_day(),
        "calendar:week" => text::limits::calendar_week(),
        "calendar:month" => text::limits::calendar_month(),
        "s" => text::limits::unit_seconds(),
        "m" => text::limits::unit_minutes(),
        "h" => text::limits::unit_hours(),
        "d" => text::limits::unit_days(),
        "w" => text::limits::unit_weeks(),
        "mo" => text::limits::unit_months(),
        "drip" => text::limits::unit_refill(),
        _ => text::limits::total(),
    }
}
