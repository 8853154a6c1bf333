//! URLs of the session list.

use domain::{
    list::PageParams,
    sessions::list::{SessionParams, SessionSort},
    users::detail::UserRef,
};

use super::with_selected;

/// Path of the dialog that revokes sessions.
const REVOKE: &str = "/sessions/revoke";

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &SessionParams) -> String {
    with_selected("/sessions", params.pairs().into_iter(), &[])
}

/// Returns the URL of the list of a user's sessions.
pub(crate) fn of_user(username: &str) -> String {
    href(&user(username))
}

/// Returns the URL of the list of active sessions from an IP address.
pub(crate) fn of_address(address: &str) -> String {
    href(&SessionParams {
        address: Some(address.to_owned()),
        ..SessionParams::default()
    })
}

/// Returns the URL of the dialog that revokes the sessions of a user.
pub(crate) fn revoke_of_user(username: &str) -> String {
    revoke(&user(username), false)
}

fn user(username: &str) -> SessionParams {
    SessionParams {
        user: Some(UserRef::naming(username)),
        ..SessionParams::default()
    }
}

/// Returns the URL of the dialog that revokes the matching sessions, or all except the viewer's.
pub(crate) fn revoke(params: &SessionParams, others: bool) -> String {
    if others {
        return format!("{REVOKE}?others=true");
    }
    let filter = params.only_filter();
    with_selected(REVOKE, filter.pairs().into_iter(), &[])
}

/// Returns the URL of the first page of the list after a click on a column heading.
pub(crate) fn sorted(params: &SessionParams, by_seen: bool) -> String {
    let sort = current_sort(params).clicked(by_seen);
    let shown = (sort != SessionSort::Newest).then(|| sort.as_str().to_owned());
    href(&SessionParams {
        sort: shown,
        ..params.at_start()
    })
}

/// Returns the order of the list; the default order if the URL has none or an unknown one.
pub(crate) fn current_sort(params: &SessionParams) -> SessionSort {
    let sort = params.sort.as_deref();
    sort.and_then(|text| text.parse().ok())
        .unwrap_or(SessionSort::Newest)
}

/// Returns the URL of the active or the ended sessions with the same filter.
pub(crate) fn tab(params: &SessionParams, ended: bool) -> String {
    href(&SessionParams {
        ended: ended.then(|| "true".to_owned()),
        ..params.only_filter()
    })
}

/// Returns the URL of the same tab without a filter.
pub(crate) fn cleared(params: &SessionParams) -> String {
    tab(&SessionParams::default(), is_of_ended(params))
}

/// Returns whether the list shows ended sessions.
pub(crate) fn is_of_ended(params: &SessionParams) -> bool {
    params.is_of_ended().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_drop_the_cursor() {
        let params = SessionParams {
            user: Some("ada".into()),
            device: Some("Firefox on Linux".into()),
            after: Some("cursor".into()),
            ..SessionParams::default()
        };
        let filter = "user=ada&device=Firefox+on+Linux";
        assert_eq!(
            sorted(&params, true),
            format!("/sessions?{filter}&sort=-seen")
        );
        assert_eq!(tab(&params, true), format!("/sessions?{filter}&ended=true"));
        assert_eq!(revoke(&params, false), format!("/sessions/revoke?{filter}"));
        assert_eq!(revoke(&params, true), "/sessions/revoke?others=true");
        assert_eq!(of_user("o'hara"), "/sessions?user=o%27hara");
        assert_eq!(revoke_of_user("ada"), "/sessions/revoke?user=ada");
        assert_eq!(
            of_address("2001:db8::7"),
            "/sessions?address=2001%3Adb8%3A%3A7"
        );
        assert_eq!(of_user("112"), "/sessions?user=username%3A112");
        assert_eq!(
            revoke_of_user("112"),
            "/sessions/revoke?user=username%3A112"
        );
    }

    #[test]
    fn ended_sessions_drop_the_sort_order() {
        let params = SessionParams {
            sort: Some("seen".into()),
            limit: Some("25".into()),
            ..SessionParams::default()
        };
        assert_eq!(tab(&params, true), "/sessions?ended=true");
        assert_eq!(tab(&params, false), "/sessions");
    }
}
