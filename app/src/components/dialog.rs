//! Dialogs with URLs of their own. The server renders the dialog open, above its page; the browser then makes it modal, so
//! that the focus stays inside and Escape goes back as the Cancel link does.

use domain::{list::PageParams, permission::Permission};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

use super::{
    form::{self, FormState, PageUser},
    icon::{Glyph, Icon},
    link::Link,
    notice::ProblemNotice,
    parameters::use_list_params,
};
use crate::{context::PageContext, links::over, text};

/// Path of a dialog and of the page behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogRoute {
    /// Path of the dialog, without a query. Its form posts there.
    pub path: String,
    /// URL of the page behind the dialog.
    pub back: String,
}

impl DialogRoute {
    /// Returns the route of a dialog above a list, whose parameters `P` it retains. `end` is the path of the dialog below the
    /// list.
    pub(crate) fn above_list<P: PageParams>(list: &str, end: &str) -> Self {
        Self {
            path: format!("{list}/{end}"),
            back: over(list, &use_list_params::<P>().get_untracked()),
        }
    }

    /// Returns whether going back has to load a new page, because the current one was rendered for a form that is already submitted.
    fn is_used_up(&self) -> bool {
        let context = use_context::<PageContext>().unwrap_or_default();
        context.of_form(&self.path).outcome.is_some()
    }
}

/// Renders a dialog above its page.
#[component]
pub fn Dialog(
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Heading of the dialog.
    #[prop(into)]
    title: String,
    /// State of the form in the dialog, if it has one.
    #[prop(optional)]
    form_state: Option<FormState>,
    /// Content below the heading.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let opener = format!("a[href^='{}']", route.path);
    Effect::new(move |_| {
        if let Some(dialog) = element.get() {
            let opener = opener.clone();
            on_cleanup(move || drop(request_animation_frame(move || focus(&opener))));
            // In the next frame: a dialog that is rendered after a server response is not part of the document yet.
            drop(request_animation_frame(move || make_modal(&dialog)));
        }
    });
    let navigate = use_navigate();
    let reload = route.is_used_up();
    let leave = move || {
        let created = form_state.and_then(|form_state| form_state.done.get_untracked());
        if form_state.is_some_and(|form_state| form_state.pending.get_untracked()) {
            // The request is still pending. If the browser closes the dialog anyway, it opens again.
            let closed = element.get_untracked().filter(|dialog| !dialog.open());
            if let Some(dialog) = closed {
                make_modal(&dialog);
            }
        } else if let Some(next) = created.map(|done| done.next) {
            // The page behind the dialog is stale: it was loaded before the form changed something.
            form::replace_page(&next);
        } else if reload {
            form::replace_page(&route.back);
        } else {
            // Replaces the URL of the dialog, so that Back does not open it again.
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&route.back, options);
        }
    };
    let escape = {
        let leave = leave.clone();
        move |event: leptos::ev::Event| {
            // Browsers let a second Escape close the dialog unconditionally. Then the event is not cancelable, and the
            // `close` event follows.
            if event.cancelable() {
                event.prevent_default();
                leave();
            }
        }
    };
    view! {
        <dialog
            node_ref=element
            class="dialog"
            open
            aria-labelledby="dialog-title"
            on:cancel=escape
            on:close=move |_| leave()
        >
            <h2 class="dialog-head" id="dialog-title">
                {title}
            </h2>
            {children()}
        </dialog>
    }
}

/// Makes a dialog modal. The focus moves inside, or stays where it is if it is inside already, such as in a field.
fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    let active = document().active_element();
    let inside = active.filter(|active| dialog.contains(Some(active)));
    // `show_modal` fails on a dialog that is open without being modal.
    drop(dialog.remove_attribute("open"));
    drop(dialog.show_modal());
    if let Some(active) = inside.and_then(|active| active.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(active.focus());
    }
}

/// Returns the focus to the link that opened the dialog. `opener` is a CSS selector.
fn focus(opener: &str) {
    let opener = document().query_selector(opener).ok().flatten();
    if let Some(opener) = opener.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(opener.focus());
    }
}

/// Renders the link back to the page behind a dialog. It replaces the URL of the dialog, as Escape does.
#[component]
pub fn BackLink(
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Text of the link.
    label: &'static str,
    /// State of the form in the dialog, whose first field gets the focus. The link is disabled while the request is pending.
    #[prop(optional)]
    form_state: Option<FormState>,
) -> impl IntoView {
    let external = route.is_used_up().then_some("external");
    let busy = move || form_state.is_some_and(|form_state| form_state.pending.get());
    let stay = move |event: leptos::ev::MouseEvent| {
        if busy() {
            event.prevent_default();
        }
    };
    view! {
        <a
            class="button"
            href=route.back
            rel=external
            aria-disabled=move || busy().then_some("true")
            on:click=stay
            data-noscroll
            prop:replace=true
            autofocus=form_state.is_none()
        >
            {label}
        </a>
    }
}

/// Renders a dialog with a form. If the action is denied, it shows the reason instead of the fields; if the form has
/// created a link or a token, it shows that.
#[component]
pub fn FormDialog(
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Heading of the dialog.
    #[prop(into)]
    title: String,
    /// State of the form.
    form_state: FormState,
    /// Reason why the action is denied; `None` if it is allowed.
    denied: Option<String>,
    /// Permission that the action requires.
    #[prop(default = Permission::UsersWrite)]
    right: Permission,
    /// Label of the submit button.
    #[prop(into)]
    action: Signal<String>,
    /// `true` if the action cannot be undone, which makes the button red.
    #[prop(optional)]
    danger: bool,
    /// `true` if the form concerns the account of the signed-in user, which requires no permission.
    #[prop(optional)]
    own: bool,
    /// Fields of the form.
    children: Children,
) -> impl IntoView {
    let class = if danger {
        "button button-danger"
    } else {
        "button button-primary"
    };
    let inside = match read_only(right).filter(|_| !own).or(denied) {
        Some(denied) => view! { <DeniedMessage route=route.clone() denied=denied /> }.into_any(),
        None => view! {
            <form
                method="post"
                action=route.path.clone()
                novalidate
                hidden=move || form_state.done.with(Option::is_some)
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
                on:input=move |event| form_state.typed.run(event)
                on:change=move |event| form_state.left(event)
            >
                <PageUser />
                <div class="dialog-body">
                    {move || {
                        form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })
                    }}
                    {children()}
                </div>
                <footer class="dialog-foot">
                    <BackLink route=route.clone() label=text::common::cancel() form_state=form_state />
                    <button class=class aria-disabled=move || form_state.busy()>
                        {action}
                    </button>
                </footer>
            </form>
            {move || {
                form_state.done.get().map(|done| view! { <Link done=done /> })
            }}
        }
        .into_any(),
    };
    view! {
        <Dialog route=route title=title form_state=form_state>
            {inside}
            // A live region is announced when its content changes, so it is empty at first.
            <p class="visually-hidden" aria-live="polite">
                {move || {
                    let done = form_state.done.get()?;
                    Some(if done.token.is_some() { text::actions::token_created() } else { text::actions::link_created() })
                }}
            </p>
        </Dialog>
    }
}

/// Returns the reason for denial if the signed-in user lacks the permission to change.
fn read_only(right: Permission) -> Option<String> {
    let principal = use_context::<PageContext>()?.principal?;
    let reader = !principal.permissions.include(right);
    reader.then(|| text::message::of(&right.read_only_message()))
}

#[component]
fn DeniedMessage(route: DialogRoute, denied: String) -> impl IntoView {
    let message = view! {
        <p class="notice tone-warning">
            <Glyph icon=Icon::Alert />
            {denied}
        </p>
    };
    closed(route, message.into_any())
}

/// Renders a dialog in which there is nothing to do: the reason, and the link back.
#[component]
pub(crate) fn ClosedDialog(
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Heading of the dialog.
    title: &'static str,
    /// Reason.
    children: Children,
) -> impl IntoView {
    let inside = closed(route.clone(), children());
    view! {
        <Dialog route=route title=title>
            {inside}
        </Dialog>
    }
}

/// Renders a message and the link back, in place of a form.
fn closed(route: DialogRoute, message: AnyView) -> AnyView {
    view! {
        <div class="dialog-body">{message}</div>
        <footer class="dialog-foot">
            <BackLink route=route label=text::common::close() />
        </footer>
    }
    .into_any()
}
