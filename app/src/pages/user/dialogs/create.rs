//! Creation of a user.

use std::time::Duration;

use domain::{
    access::BuiltinRole,
    fields::FieldErrors,
    permission::Permission,
    users::{detail::GrantableRole, names::Username},
};
use leptos::{leptos_dom::helpers::debounce, prelude::*};
use leptos_router::hooks::use_location;

use super::{admin_password, clients::ClientChoice};
use crate::{
    api::{
        read::ReadRequest,
        user::ListRoles,
        user_actions::{BY_PASSWORD, CreateUser, draft, username_taken},
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{DISPLAY_NAME, EMAIL, Field, FieldSpec},
        form::{self, FormState},
        loaded::Loaded,
        picker::{Picker, picked},
        roles::RoleChoice,
        typed::{ticked_roles, typed_or},
    },
    context::PageContext,
    pages::user::access::groups::GROUPS,
    text,
};

const PATH: &str = "/users/new";

const USERNAME: FieldSpec = FieldSpec {
    name: "username",
    label: text::user::username,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::user::username_hint),
    optional: false,
    max: 50,
};

/// Delay after the last character before the server checks whether the username is taken.
const PAUSE: Duration = Duration::from_millis(300);

/// Renders the dialog that creates a user.
#[component]
pub fn Create() -> impl IntoView {
    let roles = Loaded::new(|| ReadRequest::of(ListRoles {}));
    roles.draw(ViewFnOnce::default(), |roles| {
        let (roles, problem) =
            roles.map_or_else(|problem| (Vec::new(), Some(problem)), |roles| (roles, None));
        let denied = problem.map(|problem| String::from(problem.message));
        view! { <CreateForm roles=roles denied=denied /> }.into_any()
    })
}

/// Validates the typed form. Only the server knows the names of clients.
fn check(form: CreateUser) -> FieldErrors {
    let form = CreateUser {
        more_clients: String::new(),
        ..form
    };
    let checked = draft(form).and_then(domain::users::create::UserDraft::check);
    checked.err().unwrap_or_default()
}

#[component]
fn CreateForm(roles: Vec<GrantableRole>, denied: Option<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(PATH);
    // Going back retains the filter and position of the list.
    let search = use_location().search.get_untracked();
    let mark = if search.is_empty() { "" } else { "?" };
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: format!("/users{mark}{search}"),
    };
    let form_state = form::send_checked::<CreateUser>(PATH, check);
    let by_password = context.typed("access") == BY_PASSWORD;
    let (password, lasting) = (admin_password(&context), context.site.lasting_passwords);
    let chosen = ticked_roles(&context, vec![BuiltinRole::User.as_str().to_owned()]);
    view! {
        <FormDialog
            route=route
            title=text::user::create_user()
            form_state=form_state
            denied=denied
            action=Signal::stored(text::user::create_user().to_owned())
        >
            <UsernameField form_state=form_state value=context.typed("username") />
            <Field
                spec=DISPLAY_NAME
                value=context.typed("display_name")
                error=form_state.error("display_name")
            />
            <Field spec=EMAIL value=typed_or(&context, "email", String::new) error=form_state.error("email") />
            <RoleChoice roles=roles chosen=chosen error=form_state.error("roles") denied=None />
            <ClientChoice context=context.clone() error=form_state.error("client_list") initial=Vec::new() />
            {group_choice(&context, form_state)}
            <fieldset class="field choice">
                <legend class="field-label">{text::user::sign_in_method()}</legend>
                <label class="check">
                    <input type="radio" name="access" value="link" checked=!by_password />
                    <span>
                        {text::user::one_time_link()}
                        <span class="check-note">{text::user::one_time_link_note()}</span>
                    </span>
                </label>
                <label class="check">
                    <input type="radio" name="access" value=BY_PASSWORD checked=by_password />
                    <span>{if lasting { text::user::set_password() } else { text::user::set_temporary_password() }}</span>
                </label>
                <div class="chosen">
                    <Field spec=password error=form_state.error("password") />
                </div>
            </fieldset>
        </FormDialog>
    }
}

/// Renders the selection of groups for viewers who can find groups and add members.
fn group_choice(context: &PageContext, form_state: FormState) -> Option<AnyView> {
    let can_add = context.may(Permission::GroupsRead) && context.may(Permission::GroupsWrite);
    can_add.then(|| {
        let items = picked(context, GROUPS.name, Vec::new(), str::to_owned);
        let typed = context.typed(GROUPS.more);
        view! { <Picker spec=GROUPS items=items typed=typed error=form_state.error("groups") /> }
            .into_any()
    })
}

/// Renders the username field, which reports a taken username while the user types.
#[component]
fn UsernameField(form_state: FormState, value: String) -> impl IntoView {
    let (typed, set_typed) = signal(String::new());
    let answer = Action::new(move |name: &String| {
        let name = name.clone();
        async move {
            let taken = username_taken(name.clone()).await.unwrap_or_default();
            taken.then_some(name)
        }
    });
    let mut ask = debounce(PAUSE, move |name: String| {
        if name.parse::<Username>().is_ok() {
            answer.dispatch(name);
        }
    });
    let heard = move |event| {
        let name = event_target_value(&event);
        set_typed.set(name.clone());
        ask(name);
    };
    let error = form_state.error("username");
    let error = Signal::derive(move || {
        let is_taken = answer
            .value()
            .get()
            .flatten()
            .is_some_and(|taken| taken == typed.get());
        error
            .get()
            .or_else(|| is_taken.then(|| text::user::username_taken().to_owned()))
    });
    view! {
        <div on:input=heard>
            <Field spec=USERNAME value=value error=error first=true />
        </div>
    }
}
