//! Tab with the audit entries about a group.

use domain::{
    audit::{AuditEntry, list::AuditParams},
    list::{Listed, PageParams, UnfilteredParams},
};
use leptos::prelude::*;

use super::{members::failed, page::OpenedGroup};
use crate::{
    api::{audit::ListAudit, listed::check_params, read::ReadRequest},
    components::{
        history,
        icon::Icon,
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_list_params},
        state::{ListState, LoadingNotice},
    },
    links::over,
    text,
};

/// Renders the tab, the latest entries first.
#[component]
pub fn GroupActivity() -> impl IntoView {
    let opened = OpenedGroup::current();
    let params = use_list_params::<UnfilteredParams>();
    let loading = Loading::new();
    let request = checked(move || params.get(), UnfilteredParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let page = check_params(request.get())?;
        let params = AuditParams {
            target: Some(opened.id.get_value()),
            limit: page.limit,
            after: page.after,
            before: page.before,
            ..AuditParams::default()
        };
        ReadRequest::of(ListAudit { params })
    });
    let path = format!("{}/activity", opened.path());
    let list = list.draw(LoadingNotice, move |list| {
        let params = params.get_untracked();
        match list {
            Ok(list) => shown(&path, &params, list),
            Err(problem) => failed(&path, &params, problem),
        }
    });
    view! {
        <section
            class="list"
            aria-label=text::groups::activity()
            aria-busy=move || loading.is_busy().to_string()
        >
            {list}
        </section>
    }
}

fn shown(path: &str, params: &UnfilteredParams, list: Listed<AuditEntry>) -> AnyView {
    let Listed { page, now } = list;
    if page.rows.is_empty() {
        let title = text::groups::no_activity();
        return view! { <ListState icon=Icon::Record title=title /> }.into_any();
    }
    let pages = Pages::of(params, &page, |params| over(path, params));
    view! {
        {history::table(text::groups::activity(), page.rows, now)}
        <Pager pages=pages />
    }
    .into_any()
}
