//! Routes of the pages.

use leptos::prelude::*;
use leptos_meta::{Body, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::{form::Expired, frame::Frame, toast::Toasts},
    context::{PageContext, Zone},
    hydrated::Hydrated,
    pages::{not_found::NotFound, sign_in_again::SignInAgain},
    parts::{
        Audit, Dialogs, Home, Keys, Own, PublicPages, Registrations, Sessions, Settings, Tokens,
        User, Users,
    },
};

/// Renders the app. The page context comes from the request on the server, and from the page in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let context = SharedValue::new(PageContext::current).into_inner();
    provide_context(RwSignal::new(context.preferences));
    let zone = context
        .principal
        .as_ref()
        .and_then(|principal| principal.time_zone.as_deref());
    provide_context(Zone(zone.map(Into::into)));
    provide_context(context);
    provide_context(Hydrated::watch());
    provide_context(Expired::new());
    view! {
        <Router>
            <Body />
            <Routes fallback=NotFound>
                <Route path=path!("/login") view=PublicPages::SignIn ssr=SsrMode::Async />
                <Route path=path!("/setup") view=PublicPages::Setup ssr=SsrMode::Async />
                <Route path=path!("/reset") view=PublicPages::Reset ssr=SsrMode::Async />
                <Route path=path!("/reset/done") view=PublicPages::PasswordChanged ssr=SsrMode::Async />
                <Route path=path!("/register") view=PublicPages::Register ssr=SsrMode::Async />
                <Route path=path!("/register/done") view=PublicPages::Registered ssr=SsrMode::Async />
                <Route path=path!("/invite") view=PublicPages::Invited ssr=SsrMode::Async />
                <Route path=path!("/invite/done") view=PublicPages::InvitationAccepted ssr=SsrMode::Async />
                <Route path=path!("/account/deleted") view=PublicPages::Deleted ssr=SsrMode::Async />
                <AccountRoutes />
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/overview") view=Home::Overview ssr=SsrMode::Async />
                    <UsersRoutes />
                    <UserRoutes />
                    <Route path=path!("/sessions/failed") view=Sessions::Failed ssr=SsrMode::Async />
                    <SessionsRoutes />
                    <KeysRoutes />
                    <TokensRoutes />
                    <InvitationRoutes />
                    <RegistrationRoutes />
                    <Route path=path!("/audit") view=Audit::List ssr=SsrMode::Async />
                    <Route path=path!("/settings") view=Settings::All ssr=SsrMode::Async />
                    <JobRoutes />
                </ParentRoute>
            </Routes>
            <Toasts />
        </Router>
        <SignInAgain />
    }
}

/// Routes of the account pages: their tabs, and the dialogs above them.
#[component(transparent)]
fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/account") view=Own::Account ssr=SsrMode::Async>
            <Route path=path!("") view=Own::Profile ssr=SsrMode::Async />
            <Route path=path!("password") view=Own::Password ssr=SsrMode::Async />
            <OwnSessionsRoutes />
            <OwnKeysRoutes />
            <OwnTokensRoutes />
            <Route path=path!("tokens/new") view=Own::NewToken ssr=SsrMode::Async />
            <Route path=path!("preferences") view=Own::Preferences ssr=SsrMode::Async />
            <Route path=path!("data") view=Own::Data ssr=SsrMode::Async />
            <Route path=path!("delete") view=Own::Delete ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of the account's API keys, with their dialogs.
#[component(transparent)]
fn OwnKeysRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("keys") view=Own::Keys ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("new") view=Own::AddKey ssr=SsrMode::Async />
            <Route path=path!(":id/edit") view=Own::EditKey ssr=SsrMode::Async />
            <Route path=path!(":id/delete") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of the account's sessions, with their dialogs.
#[component(transparent)]
fn OwnSessionsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("sessions") view=Own::Sessions ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("others") view=Own::Confirm ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of the account's access tokens, with their dialog.
#[component(transparent)]
fn OwnTokensRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("tokens") view=Own::Tokens ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of the system's API keys, with their dialogs.
#[component(transparent)]
fn KeysRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/keys") view=Keys::List ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("new") view=Own::AddKey ssr=SsrMode::Async />
            <Route path=path!(":id/edit") view=Own::EditKey ssr=SsrMode::Async />
            <Route path=path!(":id/delete") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of the user list, with its dialogs.
#[component(transparent)]
fn UsersRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/users") view=Users::List ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("new") view=Dialogs::Create ssr=SsrMode::Async />
            <Route path=path!("bulk/:action") view=Dialogs::Bulk ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of all sessions, with their dialogs.
#[component(transparent)]
fn SessionsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/sessions") view=Sessions::List ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("revoke") view=Dialogs::Revoke ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of a user's page: its tabs, and the dialogs above them.
#[component(transparent)]
fn UserRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/users/:user") view=User::Page ssr=SsrMode::Async>
            <OverviewRoutes />
            <UserSessionsRoutes />
            <UserKeysRoutes />
            <Route path=path!("data") view=User::Data ssr=SsrMode::Async />
            <Route path=path!("history") view=User::History ssr=SsrMode::Async />
            <Route path=path!("edit") view=Dialogs::Edit ssr=SsrMode::Async />
            <Route path=path!("suspend") view=Dialogs::Suspend ssr=SsrMode::Async />
            <Route path=path!("delete") view=Dialogs::Delete ssr=SsrMode::Async />
            <Route path=path!("reset") view=Dialogs::Reset ssr=SsrMode::Async />
            <Route path=path!("reassign") view=Dialogs::Reassign ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of a user's first tab, with its confirmation dialogs.
#[component(transparent)]
fn OverviewRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("") view=User::Overview ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("sign-out") view=Own::Confirm ssr=SsrMode::Async />
            <Route path=path!("revoke-links") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of a user's sessions, with their dialog.
#[component(transparent)]
fn UserSessionsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("sessions") view=User::Sessions ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of a user's API keys and access tokens, with their dialogs.
#[component(transparent)]
fn UserKeysRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("keys") view=User::Keys ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("tokens/:id/revoke") view=Own::Confirm ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of background jobs, with their dialog.
#[component(transparent)]
fn JobRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/settings/jobs") view=Settings::Jobs ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!(":id/retry") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of all access tokens, with their dialog.
#[component(transparent)]
fn TokensRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/tokens") view=Tokens::List ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of invitations, with their dialogs.
#[component(transparent)]
fn InvitationRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute
            path=path!("/registrations/invitations")
            view=Registrations::Invitations
            ssr=SsrMode::Async
        >
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("new") view=Dialogs::Invite ssr=SsrMode::Async />
            <Route path=path!(":id/resend") view=Dialogs::ChangeInvitation ssr=SsrMode::Async />
            <Route path=path!(":id/revoke") view=Own::Confirm ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Routes of pending registrations, with their dialogs.
#[component(transparent)]
fn RegistrationRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let nothing = || ();
    view! {
        <ParentRoute path=path!("/registrations") view=Registrations::Pending ssr=SsrMode::Async>
            <Route path=path!("") view=nothing ssr=SsrMode::Async />
            <Route path=path!("approve") view=Dialogs::Approve ssr=SsrMode::Async />
            <Route path=path!("reject") view=Dialogs::Reject ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}
