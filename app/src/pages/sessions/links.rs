//! Addresses of the list of sessions in other states.

use domain::{
    list::PageParams,
    sessions::list::{SessionParams, SessionSort},
    users::detail::UserRef,
};

use crate::pages::users::links::with_selected;

/// The dialog that ends sessions.
const REVOKE: &str = "/sessions/revoke";

/// The address of a state of the list.
pub(super) fn href(params: &SessionParams) -> String {
    with_selected("/sessions", params.pairs().into_iter(), &[])
}

/// The sessions of a person.
pub(in crate::pages) fn of_person(username: &str) -> String {
    href(&person(username))
}

/// The live sessions from an address.
pub(super) fn of_address(address: &str) -> String {
    href(&SessionParams {
        address: Some(address.to_owned()),
        ..SessionParams::default()
    })
}

/// The dialog that ends the sessions of a person.
pub(in crate::pages) fn revoke_of_person(username: &str) -> String {
    revoke(&person(username), false)
}

fn person(username: &str) -> SessionParams {
    SessionParams {
        person: Some(UserRef::naming(username)),
        ..SessionParams::default()
    }
}

/// The dialog that ends those that match, or all but one's own.
pub(super) fn revoke(params: &SessionParams, others: bool) -> String {
    if others {
        return format!("{REVOKE}?others=true");
    }
    let filter = params.only_filter();
    with_selected(REVOKE, filter.pairs().into_iter(), &[])
}

/// The list as a click on a header orders it, from its first page.
pub(super) fn sorted(params: &SessionParams, by_seen: bool) -> String {
    let sort = current_sort(params).clicked(by_seen);
    let shown = (sort != SessionSort::Newest).then(|| sort.as_str().to_owned());
    href(&SessionParams {
        sort: shown,
        ..params.at_start()
    })
}

/// The order of the list; the usual one where the address names none that exists.
pub(super) fn current_sort(params: &SessionParams) -> SessionSort {
    let sort = params.sort.as_deref();
    sort.and_then(|text| text.parse().ok())
        .unwrap_or(SessionSort::Newest)
}

/// Those that are live or those that have ended, by the same filter.
pub(super) fn tab(params: &SessionParams, ended: bool) -> String {
    href(&SessionParams {
        ended: ended.then(|| "true".to_owned()),
        ..params.only_filter()
    })
}

/// The same tab without a filter.
pub(super) fn cleared(params: &SessionParams) -> String {
    tab(&SessionParams::default(), is_of_ended(params))
}

/// Whether it is those that have ended.
pub(super) fn is_of_ended(params: &SessionParams) -> bool {
    params.is_of_ended().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_the_filter_and_drop_the_place() {
        let params = SessionParams {
            person: Some("ada".into()),
            device: Some("Firefox on Linux".into()),
            after: Some("cursor".into()),
            ..SessionParams::default()
        };
        let filter = "person=ada&device=Firefox+on+Linux";
        assert_eq!(
            sorted(&params, true),
            format!("/sessions?{filter}&sort=-seen")
        );
        assert_eq!(tab(&params, true), format!("/sessions?{filter}&ended=true"));
        assert_eq!(revoke(&params, false), format!("/sessions/revoke?{filter}"));
        assert_eq!(revoke(&params, true), "/sessions/revoke?others=true");
        assert_eq!(of_person("o'hara"), "/sessions?person=o%27hara");
        assert_eq!(revoke_of_person("ada"), "/sessions/revoke?person=ada");
        assert_eq!(
            of_address("2001:db8::7"),
            "/sessions?address=2001%3Adb8%3A%3A7"
        );
        assert_eq!(of_person("112"), "/sessions?person=username%3A112");
        assert_eq!(
            revoke_of_person("112"),
            "/sessions/revoke?person=username%3A112"
        );
    }

    #[test]
    fn the_ended_ones_have_no_order_to_keep() {
        let params = SessionParams {
            sort: Some("seen".into()),
            limit: Some("25".into()),
            ..SessionParams::default()
        };
        assert_eq!(tab(&params, true), "/sessions?ended=true");
        assert_eq!(tab(&params, false), "/sessions");
    }
}
