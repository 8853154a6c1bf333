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
    text,
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
                    {text::user::new_link()}
                </a>
                <ConfirmLink href=format!("{page}/revoke-links") label=text::user::revoke() />
            </div>
        }
    });
    let username = user_view.user.summary.username;
    let links = user_view.reset_links.into_iter().map(|link| {
        let unbacked = is_unbacked(&link, now);
        let (state, at) = ends(&link, now).unwrap_or((text::user::link_expires(), link.expires_at));
        let [before_created, after_created] = match &link.created_by {
            Some(name) if *name == username => text::user::link_own_around().map(str::to_owned),
            Some(name) => text::user::link_created_by_around(name),
            None => text::user::link_created_around().map(str::to_owned),
        };
        view! {
            <DescriptionItem label=state>
                <Exactly at=at />
                <p class="muted">
                    {before_created} <Ago at=link.created_at now=now /> {after_created}
                    {unbacked.then(text::user::link_unbacked)}
                    {match link.opened_at {
                        Some(at) => {
                            let [before, after] = text::user::link_opened_around();
                            view! { {before} <Ago at=at now=now /> {after} }.into_any()
                        }
                        None => text::user::link_not_opened().into_any(),
                    }}
                </p>
            </DescriptionItem>
        }
    });
    Some(view! {
        <section>
            <h2>{text::user::password_links()}</h2>
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
    let used = link.used_at.map(|at| (text::user::link_used(), at));
    let revoked = link.revoked_at.map(|at| (text::user::link_revoked(), at));
    let expired = (link.expires_at <= now).then(|| (text::user::link_expired(), link.expires_at));
    let unbacked = (!link.is_backed).then(|| (text::user::link_inactive(), link.expires_at));
    used.or(revoked).or(expired).or(unbacked)
}
