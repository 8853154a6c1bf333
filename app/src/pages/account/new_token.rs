//! Creation of an access token.

use domain::{
    access_tokens::{DAYS_DEFAULT, Scope, day_choices},
    fields::FieldErrors,
};
use leptos::prelude::*;

use super::{CURRENT_PASSWORD, tokens::Tokens};
use crate::{
    api::access_tokens::{CreateToken, ENDLESS, OWN, draft},
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        field_group::field_group,
        form,
        typed::typed_or,
    },
    context::PageContext,
    labels::security,
    text,
};

const PATH: &str = "/account/tokens/new";

const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::account::token_name,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::account::token_name_hint),
    optional: false,
    max: 100,
};

const PASSWORD: FieldSpec = FieldSpec {
    hint: Some(text::account::token_password_hint),
    ..CURRENT_PASSWORD
};

/// Renders the dialog that creates a token.
#[component]
pub fn NewToken() -> impl IntoView {
    let context = PageContext::current();
    let longest = context.site.token_max_days;
    let principal = context.principal.clone();
    let rights = principal.map(|own| own.permissions).unwrap_or_default();
    let context = context.of_form(PATH);
    let check = {
        let rights = rights.clone();
        move |form: CreateToken| -> FieldErrors {
            draft(form)
                .check(longest, &rights)
                .err()
                .unwrap_or_default()
        }
    };
    let form_state = form::send_checked::<CreateToken>(PATH, check);
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: OWN.to_owned(),
    };
    let typed = context.typed("scopes[]");
    let ticked: Vec<&str> = typed.split(',').collect();
    let scopes = Scope::of(&rights).map(|scope| {
        let word = scope.as_str();
        let checked = ticked.contains(&word);
        view! {
            <label class="check">
                <input type="checkbox" name="scopes[]" value=word checked=checked />
                <span>{security::scope(scope)} <span class="check-note">{word}</span></span>
            </label>
        }
    });
    let scopes = scopes.collect_view().into_any();
    view! {
        <Tokens />
        <FormDialog
            route=route
            title=text::account::token_new()
            form_state=form_state
            denied=None
            action=Signal::stored(text::account::token_create().to_owned())
            own=true
        >
            <Field spec=NAME value=context.typed("name") error=form_state.error("name") first=true />
            {field_group(
                "scopes",
                text::account::token_scopes().into_any(),
                scopes,
                form_state.error("scopes"),
            )}
            {field_group(
                "days",
                text::account::token_days().into_any(),
                days(longest, &context).into_any(),
                form_state.error("days"),
            )}
            <Field spec=PASSWORD error=form_state.error("current_password") />
        </FormDialog>
    }
}

/// Renders the choice of lifetimes in days, and of unlimited lifetime where that is allowed.
fn days(longest: u16, context: &PageContext) -> impl IntoView + use<> {
    let choices = day_choices(longest);
    let usual = choices.iter().rev().find(|days| **days <= DAYS_DEFAULT);
    let usual = usual.or(choices.first()).copied().unwrap_or_default();
    let chosen = typed_or(context, "days", || usual.to_string());
    let endless = (longest == 0).then(|| {
        (
            ENDLESS.to_owned(),
            text::account::token_endless().to_owned(),
        )
    });
    choices
        .into_iter()
        .map(|days| (days.to_string(), text::common::days(days.into())))
        .chain(endless)
        .map(|(value, label)| {
            let checked = value == chosen;
            view! {
                <label class="check">
                    <input type="radio" name="days" value=value checked=checked />
                    <span>{label}</span>
                </label>
            }
        })
        .collect_view()
}
