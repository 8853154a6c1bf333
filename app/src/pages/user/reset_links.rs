//! Password reset links of a user, with their states.

use domain::users::{action::UserAction, detail::ResetLink};
use leptos::prelude::*;
use time::OffsetDateTime;

use super::{may_write, path};
use crate::{
    api::user::UserView,
    components::{
        confirm_link::ConfirmLink,
        description_list::DescriptionItem,
        time::{Ago, Exactly},
    },
};

/// Renders the latest links and their states; renders nothing without links.
#[component]
pub(super) fn ResetLinks(user_view: UserView) -> impl IntoView {
    if user_view.reset_links.is_empty() {
        return None;
    }
    let now = user_view.now;
    let page = path(&user_view.user.summary);
    let works = user_view
        .reset_links
        .iter()
        .any(|link| ends(link, now).is_none());
    let may = may_write()
        && user_view.denied_actions.allows(UserAction::Reset)
        && user_view.user.deleted_at.is_none();
    let buttons = (works && may).then(|| {
        view! {
            <div class="actions">
                <a class="button" href=format!("{page}/reset") data-noscroll>
                    "New link"
                </a>
                <ConfirmLink href=format!("{page}/revoke-links") label="Revoke" />
            </div>
        }
    });
    let links = user_view.reset_links.into_iter().map(|link| {
        let unbacked = is_unbacked(&link, now);
        let (state, at) = ends(&link, now).unwrap_or(("Expires", link.expires_at));
        view! {
            <DescriptionItem label=state>
                <Exactly at=at />
                <p class="muted">
                    "Created " <Ago at=link.created_at now=now />
                    {link.created_by.map(|by| format!(" by {by}"))}
                    {unbacked.then_some(" (no longer allowed to create it)")}
                    {match link.opened_at {
                        Some(at) => view! { " · opened " <Ago at=at now=now /> }.into_any(),
                        None => " · not opened yet".into_any(),
                    }}
                </p>
            </DescriptionItem>
        }
    });
    Some(view! {
        <section>
            <h2>"Password links"</h2>
            <dl class="details">{links.collect_view()}</dl>
            {buttons}
        </section>
    })
}

/// Returns whether an otherwise valid link is suspended because its creator currently lacks the permission to create it.
fn is_unbacked(link: &ResetLink, now: OffsetDateTime) -> bool {
    let is_over = link.used_at.is_some() || link.revoked_at.is_some() || link.expires_at <= now;
    !link.is_backed && !is_over
}

/// Returns the reason and the time since when a link is not valid. Returns `None` for a valid link.
fn ends(link: &ResetLink, now: OffsetDateTime) -> Option<(&'static str, OffsetDateTime)> {
    let used = link.used_at.map(|at| ("Used", at));
    let revoked = link.revoked_at.map(|at| ("Revoked", at));
    let expired = (link.expires_at <= now).then_some(("Expired", link.expires_at));
    let unbacked = (!link.is_backed).then_some(("Inactive, expires", link.expires_at));
    used.or(revoked).or(expired).or(unbacked)
}
