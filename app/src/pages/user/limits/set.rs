//! Dialog that sets the limit of a user's own.

use domain::limits::{Metric, SubjectKind};
use leptos::prelude::*;

use super::tab_of;
use crate::{
    api::{
        limits::{
            FindUserLimit, SaveLimit, UserLimit,
            form::{LimitState, of_limit},
        },
        read::ReadRequest,
        user::UserView,
    },
    components::{
        deletion::Uncounted,
        dialog::DialogRoute,
        limit_form::{LimitDialog, new_limit, of_limit as sentence_of},
        loaded::Loaded,
        parameters::use_query,
        rows::keyed_by,
    },
    context::PageContext,
    labels::limits as labels,
    links::with_selected,
    pages::user::OpenedUser,
    text,
};

/// Metric and model of the limit.
#[derive(Clone)]
struct About {
    metric: String,
    /// Model; empty for all models together.
    model: String,
}

/// Renders the dialog.
#[component]
pub fn SetLimit() -> impl IntoView {
    keyed_by("metric", |metric| {
        let model = model(&metric);
        let about = About { metric, model };
        view! { <SetOf about=about /> }.into_any()
    })
}

/// Returns the model: that of the denied form, whose address has no query, or that in the URL.
fn model(metric: &str) -> String {
    let end = format!("/limits/{metric}/set");
    let denied = PageContext::current().outcome;
    let denied = denied.filter(|outcome| outcome.path.ends_with(&end));
    match denied {
        Some(outcome) => outcome.values.get("model").cloned().unwrap_or_default(),
        None => use_query().get_untracked().get("model").unwrap_or_default(),
    }
}

#[component]
fn SetOf(about: About) -> impl IntoView {
    let user_view = OpenedUser::current().user_view;
    let requested = about.clone();
    let limit = Loaded::after(
        user_view,
        || Ok(()),
        move |(), user_view| {
            let About { metric, model } = requested.clone();
            let id = user_view.user.summary.id.0;
            ReadRequest::of(FindUserLimit { id, metric, model })
        },
    );
    limit.draw(ViewFnOnce::default(), move |limit| {
        let user_view = user_view.get_untracked().and_then(Result::ok);
        let dialog = user_view.map(|user_view| match limit {
            Ok(limit) => dialog(&user_view, &limit, &about),
            Err(problem) => {
                let route = route(&user_view, &about);
                view! { <Uncounted route=route problem=Some(problem) title=text::limits::title() /> }
                    .into_any()
            }
        });
        dialog.into_any()
    })
}

/// Returns the path of the dialog and of the tab behind it.
fn route(user_view: &UserView, about: &About) -> DialogRoute {
    let back = tab_of(user_view);
    DialogRoute {
        path: format!("{back}/{}/set", about.metric),
        back,
    }
}

/// Renders the form with the limit of the user's own, and what decides now.
fn dialog(user_view: &UserView, limit: &UserLimit, about: &About) -> AnyView {
    let route = route(user_view, about);
    let user = &user_view.user.summary;
    let page = route.back.clone();
    let note = match (&limit.own, &limit.deciding) {
        (Some(_), _) => None,
        (None, Some(deciding)) => Some(text::limits::decides_now(
            labels::decider(deciding.subject, deciding.subject_name.as_deref()),
            sentence_of(deciding),
        )),
        (None, None) => Some(text::limits::nothing_decides_now().to_owned()),
    };
    let values = match &limit.own {
        Some(own) => SaveLimit {
            page,
            ..of_limit(own)
        },
        None => SaveLimit {
            page,
            shown: user.username.clone(),
            metric: about.metric.clone(),
            model: about.model.clone(),
            state: LimitState::Inherit.as_str().to_owned(),
            ..new_limit(SubjectKind::User, user.id.0.to_string())
        },
    };
    let metric = about.metric.parse().map(|metric: Metric| {
        let model = Some(about.model.as_str()).filter(|model| !model.is_empty());
        labels::metric_of(metric, model)
    });
    let model = [("model", about.model.as_str())].into_iter();
    let model = model.filter(|(_, model)| !model.is_empty());
    let dialog = LimitDialog {
        url: with_selected(&route.path, model, &[]),
        route,
        title: text::limits::set_of(&user.username, metric.unwrap_or_default()),
        values,
        is_new: false,
        note,
    };
    dialog.render()
}
