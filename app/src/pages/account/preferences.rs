//! How one likes it.

use domain::account::TIME_ZONE;
use leptos::prelude::*;

use super::{FormPart, with_account};
use crate::{
    api::account::{Account, NOTIFY, SetPreferences, is_notified, list_time_zones},
    components::{
        choice::Segmented,
        frame::THEMES,
        icon::{Glyph, Icon},
    },
    context::PageContext,
    pages::{conflict::Conflict, form, person::dialogs::typed_or},
};

/// How one likes it.
#[component]
pub fn Preferences() -> impl IntoView {
    view! {
        {with_account(|account| view! { <PreferencesForm account=account /> })}
        <section class="form">
            <h2>"Theme"</h2>
            <p class="muted">"On this device, at once."</p>
            <div class="actions">
                <Segmented name="theme" label="Theme" values=THEMES />
            </div>
        </section>
    }
}

#[component]
fn PreferencesForm(account: Account) -> impl IntoView {
    const PATH: &str = "/account/preferences";
    let context = expect_context::<PageContext>().of_form(PATH);
    let sending = form::send::<SetPreferences>(PATH);
    let conflict = Conflict::of(sending);
    let user = account.user;
    let zone = typed_or(&context, "time_zone", || {
        let zone = user.settings.get(TIME_ZONE);
        zone.and_then(|zone| zone.as_str())
            .unwrap_or_default()
            .to_owned()
    });
    let ticked = typed_or(&context, "notify[]", || {
        let wanted = NOTIFY.iter().map(|(way, _)| *way);
        let wanted: Vec<&str> = wanted
            .filter(|way| is_notified(&user.notification_preferences, way))
            .collect();
        wanted.join(",")
    });
    let ways = NOTIFY.map(|(way, name)| {
        let checked = ticked.split(',').any(|ticked| ticked == way);
        view! {
            <label class="check">
                <input type="checkbox" name="notify[]" value=way checked=checked />
                {name}
            </label>
        }
    });
    view! {
        <FormPart title="Preferences" path=PATH sending=sending action=conflict.action()>
            <input
                type="hidden"
                name="version"
                value=conflict.version(&context, user.summary.version)
            />
            <ZoneField zone=zone fault=sending.fault("time_zone") />
            <fieldset class="field">
                <legend class="field-label">"Notifications"</legend>
                <p class="field-hint">"How the applications behind this account may tell you of things."</p>
                {ways.into_iter().collect_view()}
            </fieldset>
        </FormPart>
    }
}

/// The time zone, out of those that there are.
#[component]
fn ZoneField(zone: String, fault: Signal<Option<String>>) -> impl IntoView {
    let zones = Resource::new(|| (), |()| list_time_zones());
    let options = move || {
        let chosen = zone.clone();
        Suspend::new(async move {
            let names = zones.await.unwrap_or_default();
            // One that was chosen and cannot be looked up now must not be lost by saving.
            let chosen_alone = !chosen.is_empty() && !names.contains(&chosen);
            let names = chosen_alone
                .then(|| chosen.clone())
                .into_iter()
                .chain(names);
            let option = |name: String| {
                let selected = name == chosen;
                view! { <option selected=selected>{name}</option> }
            };
            names.map(option).collect_view()
        })
    };
    let wrong = move || fault.with(Option::is_some);
    view! {
        <div class="field">
            <label class="field-label" for="time_zone">
                "Time zone"
            </label>
            <p class="field-hint" id="time_zone-hint">
                "In which times are told to you, wherever you are."
            </p>
            <select
                class="input"
                id="time_zone"
                name="time_zone"
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=move || if wrong() { "time_zone-hint time_zone-error" } else { "time_zone-hint" }
            >
                <option value="">"That of the device"</option>
                <Transition>{options}</Transition>
            </select>
            {move || {
                fault
                    .get()
                    .map(|fault| {
                        view! {
                            <p class="field-error" id="time_zone-error">
                                <Glyph icon=Icon::Alert />
                                {fault}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
