//! Dialog of a limit: its three states, amount and period, and the sentence that says what it permits.

mod fields;

use domain::{
    fields::FieldErrors,
    limits::{Limit, NewLimit, SubjectKind},
    permission::Permission,
    stored::StoredObject,
};
use leptos::prelude::*;
use uuid::Uuid;

use self::fields::{key_fields, metric_fields, state_fields};
use super::{
    dialog::{DialogRoute, FormDialog},
    form::{self, FormState},
    object_form::{ObjectConflict, SavedValue, UseTheirs},
};
use crate::{
    api::limits::{
        LIMITS, SaveLimit,
        bulk::{SetUserLimits, values as of_users},
        form::{any_zone, check, parts},
    },
    context::PageContext,
    labels, text,
};

/// Dialog that stores a limit.
pub(crate) struct LimitDialog {
    /// Path of the dialog and of the page behind it.
    pub(crate) route: DialogRoute,
    /// URL of the dialog with its query, which shows the stored values again.
    pub(crate) url: String,
    /// Heading.
    pub(crate) title: String,
    /// Initial values of the fields.
    pub(crate) values: SaveLimit,
    /// Whether the form also has the fields that identify the limit: subject, metric and model.
    pub(crate) is_new: bool,
    /// Notice above the fields.
    pub(crate) note: Option<String>,
}

impl LimitDialog {
    /// Renders the dialog.
    pub(crate) fn render(self) -> AnyView {
        let Self {
            route,
            url,
            title,
            values,
            is_new,
            note,
        } = self;
        let context = expect_context::<PageContext>().of_form(&route.path);
        let first = parts(&values);
        let values = restored(&context, values);
        let checked = check(values.clone(), any_zone);
        let mine = effect(&checked);
        let effect_now = RwSignal::new(mine.clone());
        let form_state = form::send_checked::<SaveLimit>(&route.path, move |form| {
            let checked = check(form, any_zone);
            effect_now.set(effect(&checked));
            checked.err().unwrap_or_default()
        });
        // A new limit is not written over another one.
        let conflict = if is_new {
            ObjectConflict::none()
        } else {
            ObjectConflict::of(form_state)
        };
        let first = conflict.first(&context, &first);
        let version = conflict.version(&context, values.version.parse().unwrap_or_default());
        let key = if is_new {
            key_fields(&values, form_state)
        } else {
            hidden_key(&values)
        };
        let state = state_fields(&values, is_new, form_state);
        view! {
            <FormDialog
                route=route
                title=title
                form_state=form_state
                denied=None
                action=conflict.action()
                right=Permission::LimitsWrite
            >
                <UseTheirs conflict=conflict path=url />
                {first}
                {is_new.then(|| existing(form_state))}
                {note.map(|note| view! { <p class="muted">{note}</p> })}
                {key}
                {state}
                <SavedValue conflict=Some(conflict) mine=mine pick=stored_sentence />
                <p class="notice tone-info" role="status">
                    {move || effect_now.get()}
                </p>
                <input type="hidden" name="id" value=values.id />
                <input type="hidden" name="shown" value=values.shown />
                <input type="hidden" name="version" value=version />
                <input type="hidden" name="page" value=values.page />
            </FormDialog>
        }
        .into_any()
    }
}

/// Returns the state of the form at a path that sets a limit of each of several users, and its fields about the limit.
pub(crate) fn limit_of_users(path: &'static str) -> (FormState, AnyView) {
    let context = expect_context::<PageContext>().of_form(path);
    let user = Uuid::nil().to_string();
    let values = SaveLimit {
        kind: SubjectKind::User.as_str().to_owned(),
        subject: user.clone(),
        ..restored(&context, new_limit(SubjectKind::User, user))
    };
    let effect_now = RwSignal::new(effect(&check(values.clone(), any_zone)));
    let form_state = form::send_checked::<SetUserLimits>(path, move |form| {
        let checked = check(of_users(form), any_zone);
        effect_now.set(effect(&checked));
        checked.err().unwrap_or_default()
    });
    let metric = metric_fields(&values, form_state, true);
    let state = state_fields(&values, false, form_state);
    let fields = view! {
        {metric}
        {state}
        <p class="notice tone-info" role="status">
            {move || effect_now.get()}
        </p>
    };
    (form_state, fields.into_any())
}

/// Returns the values of the form of a limit that is not stored yet.
pub(crate) fn new_limit(kind: SubjectKind, subject: String) -> SaveLimit {
    let zone = PageContext::current()
        .principal
        .and_then(|principal| principal.time_zone);
    SaveLimit {
        shown: String::new(),
        id: String::new(),
        version: "0".to_owned(),
        page: String::new(),
        kind: kind.as_str().to_owned(),
        subject,
        shared: false,
        metric: String::new(),
        model: String::new(),
        state: String::new(),
        amount: String::new(),
        period: "calendar:month".to_owned(),
        every: String::new(),
        time_zone: zone.unwrap_or_else(|| "UTC".to_owned()),
        soft_amount: String::new(),
        warn_at: String::new(),
        first: String::new(),
    }
}

/// Returns the values that were typed if the form is rendered again, otherwise the initial ones.
fn restored(context: &PageContext, initial: SaveLimit) -> SaveLimit {
    if context.outcome.is_none() {
        return initial;
    }
    let typed = |field: &str| context.typed(field);
    SaveLimit {
        kind: typed("kind"),
        subject: typed("subject"),
        shared: typed("shared") == "true",
        metric: typed("metric"),
        model: typed("model"),
        state: typed("state"),
        amount: typed("amount"),
        period: typed("period"),
        every: typed("every"),
        time_zone: typed("time_zone"),
        soft_amount: typed("soft_amount"),
        warn_at: typed("warn_at"),
        ..initial
    }
}

/// Renders the hidden fields that identify a limit.
fn hidden_key(values: &SaveLimit) -> AnyView {
    view! {
        <input type="hidden" name="kind" value=values.kind.clone() />
        <input type="hidden" name="subject" value=values.subject.clone() />
        <input type="hidden" name="metric" value=values.metric.clone() />
        <input type="hidden" name="model" value=values.model.clone() />
        <input type="hidden" name="shared" value=values.shared.to_string() />
    }
    .into_any()
}

/// Returns the sentence about the form.
fn effect(checked: &Result<Option<NewLimit>, FieldErrors>) -> String {
    match checked {
        Ok(Some(limit)) => labels::limits::sentence(limit),
        Ok(None) => text::limits::inherit_effect().to_owned(),
        Err(_) => text::limits::effect_incomplete().to_owned(),
    }
}

/// Renders what the limit permits that exists already in place of a new one, and the link to edit it.
fn existing(form_state: FormState) -> impl IntoView {
    move || {
        let problem = form_state.problem.get()?;
        let StoredObject::Limit(limit) = problem.details.object?.get()? else {
            return None;
        };
        Some(view! {
            <p class="notice tone-warning">
                {of_limit(&limit)} " "
                <a href=format!("{LIMITS}/{}/edit", limit.id)>{text::limits::edit_existing()}</a>
            </p>
        })
    }
}

/// Returns the sentence about a limit that another user has saved.
fn stored_sentence(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Limit(limit) => Some(of_limit(limit)),
        _ => None,
    }
}

/// Returns the sentence about a stored limit.
pub(crate) fn of_limit(limit: &Limit) -> String {
    labels::limits::sentence(&NewLimit::from(limit))
}
