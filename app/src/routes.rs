//! Root component, and the routes of the screens.

use std::iter;

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::{Body, provide_meta_context};
use leptos_router::{
    ChooseView, NestedRoute, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{Router, Routes},
};

use crate::{
    components::{form::Expired, frame::Frame, title::PageTitle, toast::Toasts},
    context::{PageContext, Zone},
    hydrated::Hydrated,
    pages::{not_found::NotFound, sign_in_again::SignInAgain},
    screens::{Node, Screen, page_parameter, screens, sidebar},
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
    context.provide();
    provide_context(Hydrated::watch());
    provide_context(Expired::new());
    view! {
        <Router>
            <Body />
            // Before the page, so that the first stop of Tab is the button of a message.
            <Toasts />
            <Routes fallback=NotFound>
                <ScreenRoutes />
            </Routes>
        </Router>
        <SignInAgain />
    }
}

/// Routes of all screens; those of the panel are inside its frame.
#[component(transparent)]
fn ScreenRoutes() -> StaticVec<AnyNestedRoute> {
    let (panel, others): (Vec<&Screen>, Vec<&Screen>) =
        screens().partition(|screen| screen.is_of_panel());
    let panel: Vec<AnyNestedRoute> = panel
        .into_iter()
        .map(|screen| route(&screen.node))
        .collect();
    let frame = NestedRoute::new(
        (),
        || view! { <Frame links=sidebar() page_parameter=page_parameter /> },
    )
    .ssr_mode(SsrMode::Async)
    .child(StaticVec::from(panel))
    .into_any_nested_route();
    let others = others.into_iter().map(|screen| route(&screen.node));
    let routes: Vec<AnyNestedRoute> = others.chain(iter::once(frame)).collect();
    StaticVec::from(routes)
}

/// Returns the route of a node, with those of the nodes below it.
fn route(node: &'static Node) -> AnyNestedRoute {
    let route = NestedRoute::new(node.pattern, NodeView(node)).ssr_mode(SsrMode::Async);
    if node.below.is_empty() {
        return route.into_any_nested_route();
    }
    let has_index = node.below.iter().any(|node| node.pattern.0.is_empty());
    let index = (!has_index).then(|| {
        NestedRoute::new((), || ())
            .ssr_mode(SsrMode::Async)
            .into_any_nested_route()
    });
    let below = node.below.iter().map(self::route);
    let below: Vec<AnyNestedRoute> = index.into_iter().chain(below).collect();
    route.child(StaticVec::from(below)).into_any_nested_route()
}

/// View of a node, which sets its title.
#[derive(Debug, Clone, Copy)]
struct NodeView(&'static Node);

impl ChooseView for NodeView {
    async fn choose(self) -> AnyView {
        let view = self.0.view.load().await;
        let Some(title) = self.0.title else {
            return view;
        };
        view! {
            <PageTitle text=title() />
            {view}
        }
        .into_any()
    }

    async fn preload(&self) {
        // If loading fails now, opening the page tries again.
        drop(self.0.view.preload().await);
    }
}

#[cfg(test)]
mod tests {
    use leptos_router::MatchNestedRoutes;

    use super::*;
    use crate::screens::paths;

    #[test]
    fn every_path_of_a_screen_has_a_route() {
        let routes = ScreenRoutes();
        for (_, path) in paths() {
            assert!(routes.match_nested(&path).0.is_some(), "{path}");
        }
        for path in ["/", "/anything", "/login/x", "/users/ada/anything"] {
            assert!(routes.match_nested(path).0.is_none(), "{path}");
        }
    }
}
