//! A dialog with an address of its own. The server draws it open, over its page; the browser then makes it modal, so that
//! the focus stays in it, and Escape leads back as its link does.

use domain::access::Permission;
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

use super::{
    icon::{Glyph, Icon},
    link::Link,
    notice::ProblemNotice,
    page_user::PageUser,
};
use crate::{
    context::PageContext,
    pages::form::{self, Sending},
};

/// Where a dialog is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its own address, without a query. Its form goes there.
    pub path: String,
    /// The page that it is over.
    pub back: String,
}

impl Place {
    /// Whether the way back has to be a new page: this one was drawn for a form that is over.
    fn is_used_up(&self) -> bool {
        let context = use_context::<PageContext>().unwrap_or_default();
        context.of_form(&self.path).outcome.is_some()
    }
}

/// A dialog over its page.
#[component]
pub fn Dialog(
    /// Where it is.
    place: Place,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// Its form, if it has one.
    #[prop(optional)]
    sending: Option<Sending>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let opener = format!("a[href^='{}']", place.path);
    Effect::new(move |_| {
        if let Some(dialog) = element.get() {
            let opener = opener.clone();
            on_cleanup(move || request_animation_frame(move || focus(&opener)));
            // In the next frame: one that had to wait for the server is no part of the page yet.
            request_animation_frame(move || make_modal(&dialog));
        }
    });
    let navigate = use_navigate();
    let reload = place.is_used_up();
    let leave = move || {
        let made = sending.and_then(|sending| sending.done.get_untracked());
        if sending.is_some_and(|sending| sending.pending.get_untracked()) {
            // What becomes of it is yet to be told. A browser that closes it all the same finds it open again.
            let closed = element.get_untracked().filter(|dialog| !dialog.open());
            if let Some(dialog) = closed {
                make_modal(&dialog);
            }
        } else if let Some(next) = made.map(|done| done.next) {
            // The page below does not know yet what was made.
            form::go_on(&next);
        } else if reload {
            drop(window().location().set_href(&place.back));
        } else {
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&place.back, options);
        }
    };
    let escape = {
        let leave = leave.clone();
        move |event: leptos::ev::Event| {
            // Whoever insists on Escape cannot be held: then it closes, which is told next.
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

/// Keeps the focus in a dialog, and where it is if somebody types in it already.
fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    let active = document().active_element();
    let inside = active.filter(|active| dialog.contains(Some(active)));
    // One that is open without being modal cannot become so.
    drop(dialog.remove_attribute("open"));
    drop(dialog.show_modal());
    if let Some(active) = inside.and_then(|active| active.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(active.focus());
    }
}

/// Gives the focus back to the link that opened a dialog.
fn focus(opener: &str) {
    let opener = document().query_selector(opener).ok().flatten();
    if let Some(opener) = opener.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(opener.focus());
    }
}

/// The way back from a dialog.
#[component]
pub fn BackLink(
    /// Where the dialog is.
    place: Place,
    /// What it is called.
    label: &'static str,
    /// The form of the dialog, if it has one: there is no way back while it is on its way.
    #[prop(optional)]
    sending: Option<Sending>,
) -> impl IntoView {
    let external = place.is_used_up().then_some("external");
    let busy = move || sending.is_some_and(|sending| sending.pending.get());
    let stay = move |event: leptos::ev::MouseEvent| {
        if busy() {
            event.prevent_default();
        }
    };
    view! {
        <a
            class="button"
            href=place.back
            rel=external
            aria-disabled=move || busy().then_some("true")
            on:click=stay
            data-noscroll
            autofocus
        >
            {label}
        </a>
    }
}

/// A dialog that is a form. Where it may not be sent at all, it says why and has no field; when it has made a link or a token,
/// it shows that.
#[component]
pub fn FormDialog(
    /// Where it is.
    place: Place,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// The form.
    sending: Sending,
    /// Why it may not be sent.
    refusal: Option<String>,
    /// The right that it takes.
    #[prop(default = Permission::UsersWrite)]
    right: Permission,
    /// What its button says.
    #[prop(into)]
    action: Signal<String>,
    /// Whether it cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// Whether it is about one's own account, which everybody may change.
    #[prop(optional)]
    own: bool,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let class = if danger {
        "button button-danger"
    } else {
        "button button-primary"
    };
    let inside = match read_only(right).filter(|_| !own).or(refusal) {
        Some(refusal) => view! { <Refused place=place.clone() refusal=refusal /> }.into_any(),
        None => view! {
            <form
                method="post"
                action=place.path.clone()
                novalidate
                hidden=move || sending.done.with(Option::is_some)
                aria-busy=move || sending.pending.get().to_string()
                on:submit=move |event| sending.submit.run(event)
                on:input=move |event| sending.typed.run(event)
                on:change=move |event| sending.left(event)
            >
                <PageUser />
                <div class="dialog-body">
                    {move || {
                        sending.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })
                    }}
                    {children()}
                </div>
                <footer class="dialog-foot">
                    <BackLink place=place.clone() label="Cancel" sending=sending />
                    <button class=class aria-disabled=move || sending.busy()>
                        {action}
                    </button>
                </footer>
            </form>
            {move || {
                sending.done.get().map(|done| view! { <Link done=done /> })
            }}
        }
        .into_any(),
    };
    view! {
        <Dialog place=place title=title sending=sending>
            {inside}
            // Empty at first, so that it is told when there is something.
            <p class="visually-hidden" aria-live="polite">
                {move || sending.done.with(Option::is_some).then_some("It is made, and shown only once.")}
            </p>
        </Dialog>
    }
}

/// Why whoever only looks can send nothing.
fn read_only(right: Permission) -> Option<String> {
    let principal = use_context::<PageContext>()?.principal?;
    let reader = !principal.permissions.include(right);
    let refusal = match right {
        Permission::ApiKeysWrite => "You may look at API keys, but not change them.",
        Permission::SessionsWrite => "You may look at sessions, but not end them.",
        Permission::RegistrationsWrite => "You may look at this, but not change it.",
        _ => "You may look at accounts, but not change them.",
    };
    reader.then(|| refusal.to_owned())
}

#[component]
fn Refused(place: Place, refusal: String) -> impl IntoView {
    view! {
        <div class="dialog-body">
            <p class="notice tone-warning">
                <Glyph icon=Icon::Alert />
                {refusal}
            </p>
        </div>
        <footer class="dialog-foot">
            <BackLink place=place label="Close" />
        </footer>
    }
}
