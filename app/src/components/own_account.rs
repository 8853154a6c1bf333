//! Form with which users create their own account: the first administrator, a registration, an accepted invitation.

use domain::credentials::TRAP;
use leptos::prelude::*;

use super::{
    card::CardPage,
    field::{Field, FieldSpec},
    form::FormState,
    icon::Icon,
    link_page::{HANDLE, MessageCard, NEW_PASSWORD, PASSWORD_AGAIN},
    notice::ProblemNotice,
};
use crate::{context::PageContext, text};

const FIELDS: [FieldSpec; 5] = [
    FieldSpec {
        name: "username",
        label: text::public::username,
        kind: "text",
        autocomplete: "username",
        hint: Some(text::public::username_hint),
        optional: false,
        max: 50,
    },
    FieldSpec {
        name: "display_name",
        label: text::public::display_name,
        kind: "text",
        autocomplete: "name",
        hint: None,
        optional: false,
        max: 100,
    },
    FieldSpec {
        name: "email",
        label: text::public::email,
        kind: "email",
        autocomplete: "email",
        hint: None,
        optional: true,
        max: 254,
    },
    NEW_PASSWORD,
    PASSWORD_AGAIN,
];

/// Renders the form in a card.
#[component]
pub(crate) fn OwnAccountForm(
    /// Path that the form posts to.
    path: &'static str,
    /// Heading of the card.
    title: &'static str,
    /// Introduction above the form.
    #[prop(into)]
    lead: String,
    /// Label of the submit button.
    action: &'static str,
    /// State of the form.
    form_state: FormState,
    /// `true` if the form has the hidden field that only bots fill in.
    #[prop(optional)]
    trap: bool,
    /// Handle of the one-time link, if the form belongs to one.
    #[prop(optional)]
    link: Option<Signal<String>>,
) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(path);
    view! {
        <div class="card">
            <h1 class="card-title">{title}</h1>
            <p class="card-lead">{lead}</p>
            {move || form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action=path
                novalidate
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
                on:input=move |event| form_state.typed.run(event)
                on:change=move |event| form_state.left(event)
            >
                {link.map(|link| view! { <input type="hidden" name=HANDLE value=move || link.get() /> })}
                {FIELDS
                    .into_iter()
                    .map(|spec| {
                        view! {
                            <Field
                                spec=spec
                                value=context.typed(spec.name)
                                error=form_state.error(spec.name)
                            />
                        }
                    })
                    .collect_view()}
                {trap
                    .then(|| {
                        view! { <Trap value=context.typed(TRAP) form_state=form_state /> }
                    })}
                <button
                    class="button button-primary button-wide"
                    aria-disabled=move || form_state.busy()
                >
                    {action}
                </button>
            </form>
        </div>
    }
}

/// Renders the hidden field against bots. It becomes visible if its value was denied, so that a user whose browser filled
/// it in can empty it. The error message disappears as soon as the field is empty, and the button below does not move while
/// it is pressed.
#[component]
fn Trap(value: String, form_state: FormState) -> impl IntoView {
    let denied = Memo::new(move |_| {
        form_state.problem.with(|problem| {
            let fields = &problem.as_ref()?.details.fields;
            fields.get(TRAP).map(str::to_owned)
        })
    });
    let is_empty = RwSignal::new(false);
    let error = move || denied.get().filter(|_| !is_empty.get());
    let error_id = format!("{TRAP}-error");
    view! {
        <div class=move || if denied.with(Option::is_some) { "field" } else { "field-trap" }>
            <label class="field-label" for=TRAP>
                {text::public::trap()}
            </label>
            <input
                class="input"
                id=TRAP
                name=TRAP
                value=value
                dir="auto"
                autocomplete="off"
                aria-invalid=move || error().map(|_| "true")
                aria-describedby=error_id.clone()
                on:input=move |event| {
                    // The form must not remove the error, and with it the field.
                    event.stop_propagation();
                    is_empty.set(event_target_value(&event).is_empty());
                }
                on:change=move |event| event.stop_propagation()
            />
            <p class="field-error" id=error_id>
                {error}
            </p>
        </div>
    }
}

/// Renders the confirmation after the account was created.
#[component]
pub(crate) fn AccountCreated(
    /// `true` if the account needs approval.
    waits: bool,
) -> impl IntoView {
    let (icon, tone, title, details) = if waits {
        (
            Icon::Info,
            "tone-info",
            text::public::pending(),
            text::public::pending_text(),
        )
    } else {
        (
            Icon::Check,
            "tone-success",
            text::public::created(),
            text::public::created_text(),
        )
    };
    view! {
        <CardPage title=text::public::created()>
            <MessageCard icon=icon tone=tone title=title text=details sign_in=Some("/login".to_owned()) />
        </CardPage>
    }
}
