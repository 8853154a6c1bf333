//! Preferences of the signed-in user.

use domain::account::TIME_ZONE;
use leptos::prelude::*;

use super::{AccountContext, FormPart};
use crate::{
    api::{
        account::{Account, ListTimeZones, NOTIFY, SetPreferences, is_notified},
        first_values::list_text,
        read::ReadRequest,
    },
    components::{
        choice::Segmented,
        field_group::field_error,
        form,
        frame::THEMES,
        loaded::{Loaded, both, transition},
        typed::typed_or,
        user_form::Conflict,
    },
    context::PageContext,
    text::{self, language::Language},
};

/// Renders the form for time zone, language and notifications, and the selector of the theme.
#[component]
pub fn Preferences() -> impl IntoView {
    let account = expect_context::<AccountContext>().0;
    let zones = Loaded::new(|| ReadRequest::of(ListTimeZones {}));
    let form = move || {
        let (account, zones) = both(account, zones)?;
        let account = account.ok()?;
        // If the list of zones cannot be loaded, the other preferences can still be set.
        let zones = zones.unwrap_or_default();
        Some(view! { <PreferencesForm account=account zones=zones /> }.into_any())
    };
    view! {
        {transition(ViewFnOnce::default(), Box::new(form))}
        <section class="form">
            <h2>{text::frame::theme()}</h2>
            <p class="muted">{text::account::this_device()}</p>
            <div class="actions">
                <Segmented name="theme" label=text::frame::theme() values=THEMES />
            </div>
        </section>
    }
}

#[component]
fn PreferencesForm(account: Account, zones: Vec<String>) -> impl IntoView {
    const PATH: &str = "/account/preferences";
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send::<SetPreferences>(PATH);
    let conflict = Conflict::of(form_state);
    let user = account.user;
    let zone = user.settings.get(TIME_ZONE);
    let zone = zone.and_then(|zone| zone.as_str()).unwrap_or_default();
    let notify = NOTIFY.iter().map(|(way, _)| *way);
    let notify = notify.filter(|way| is_notified(&user.notification_preferences, way));
    let notify = list_text(notify.map(str::to_owned).collect());
    let language = context.preferences.language;
    let language = language.map_or(Language::AUTO, Language::tag);
    let first = [
        ("time_zone", zone.to_owned()),
        ("language", language.to_owned()),
        ("notify", notify.clone()),
    ];
    let first = conflict.first(&context, &first);
    let zone = typed_or(&context, "time_zone", || zone.to_owned());
    let language = typed_or(&context, "language", || language.to_owned());
    let ticked = typed_or(&context, "notify[]", || notify);
    let ways = NOTIFY.map(|(way, name)| {
        let checked = ticked.split(',').any(|ticked| ticked == way);
        view! {
            <label class="check">
                <input type="checkbox" name="notify[]" value=way checked=checked />
                {name()}
            </label>
        }
    });
    view! {
        <FormPart title=text::account::preferences() path=PATH form_state=form_state action=conflict.action()>
            <input
                type="hidden"
                name="version"
                value=conflict.version(&context, user.summary.version)
            />
            {first}
            <ZoneField zones=zones chosen=zone error=form_state.error("time_zone") />
            <LanguageField chosen=language />
            <fieldset class="field">
                <legend class="field-label">{text::account::notifications()}</legend>
                <p class="field-hint">{text::account::notifications_hint()}</p>
                {ways.into_iter().collect_view()}
            </fieldset>
        </FormPart>
    }
}

/// Renders the selection of the language, in which the page is loaded again when the form is saved.
#[component]
fn LanguageField(
    /// Tag of the chosen language, or [`Language::AUTO`].
    chosen: String,
) -> impl IntoView {
    let option = |language: Language| {
        let selected = chosen == language.tag();
        view! {
            <option value=language.tag() lang=language.tag() selected=selected>
                {language.name()}
            </option>
        }
    };
    // The server decides it for both: one of them can be compiled for development, and the other not.
    let has_pseudo = PageContext::current().site.pseudo_language;
    let offered = |language: &Language| *language != Language::Pseudo || has_pseudo;
    let options: Vec<_> = Language::ALL
        .into_iter()
        .filter(offered)
        .map(option)
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for="language">
                {text::account::language()}
            </label>
            <p class="field-hint" id="language-hint">
                {text::account::this_device()}
            </p>
            <select class="input" id="language" name="language" aria-describedby="language-hint">
                <option value=Language::AUTO>{text::account::language_browser()}</option>
                {options}
            </select>
        </div>
    }
}

/// Renders the selection of the time zone.
#[component]
fn ZoneField(
    /// Names of the time zones that the database knows.
    zones: Vec<String>,
    /// Name of the current time zone; empty for the zone of the device.
    chosen: String,
    /// Error message for the selection, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    // Adds a stored zone that the database no longer knows, so that saving the form does not clear it.
    let forgotten = !chosen.is_empty() && !zones.contains(&chosen);
    let names = forgotten.then(|| chosen.clone()).into_iter().chain(zones);
    let option = |name: String| {
        let selected = name == chosen;
        view! { <option selected=selected>{name}</option> }
    };
    let options: Vec<_> = names.map(option).collect();
    let wrong = move || error.with(Option::is_some);
    view! {
        <div class="field">
            <label class="field-label" for="time_zone">
                {text::account::time_zone()}
            </label>
            <p class="field-hint" id="time_zone-hint">
                {text::account::time_zone_hint()}
            </p>
            <select
                class="input"
                id="time_zone"
                name="time_zone"
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=move || if wrong() { "time_zone-hint time_zone-error" } else { "time_zone-hint" }
            >
                <option value="">{text::account::time_zone_device()}</option>
                {options}
            </select>
            {field_error("time_zone", error)}
        </div>
    }
}
