//! URLs of the user list.

use domain::{
    filter::Filter,
    list::PageParams,
    users::list::{ListParams, Sort, SortKey},
};

use super::with_selected;

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &ListParams) -> String {
    over("/users", params, &[])
}

/// Returns the URL of a dialog above the list, with the selected users.
pub(crate) fn over(path: &str, params: &ListParams, selected: &[String]) -> String {
    with_selected(path, params.pairs().into_iter(), selected)
}

/// Returns the URL of the first page of the list with another search.
pub(crate) fn searched(params: &ListParams, filter: &Filter) -> String {
    href(&ListParams {
        q: Some(filter.to_string()),
        ..params.at_start()
    })
}

/// Returns the URL of the first page of the list after a click on a column heading.
pub(crate) fn sorted(params: &ListParams, key: SortKey) -> String {
    let sort = current_sort(params).clicked(key);
    let shown = (sort != Sort::default()).then(|| sort.to_string());
    href(&ListParams {
        sort: shown,
        ..params.at_start()
    })
}

/// Returns the URL of the first page of the deleted users, or from there of the user list. The order is dropped, since
/// deleted users have only one.
pub(crate) fn toggled_deleted(params: &ListParams) -> String {
    let deleted = (!is_of_deleted(params)).then(|| "true".to_owned());
    href(&ListParams {
        deleted,
        sort: None,
        ..params.at_start()
    })
}

/// Returns whether the list shows deleted users.
pub(crate) fn is_of_deleted(params: &ListParams) -> bool {
    params.is_of_deleted().unwrap_or_default()
}

/// Returns the order of the list; the default order if the URL has none or an unknown one.
pub(crate) fn current_sort(params: &ListParams) -> Sort {
    params
        .sort
        .as_deref()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

/// Returns the search of the list; an empty one if it cannot be parsed.
pub(crate) fn current_filter(params: &ListParams) -> Filter {
    Filter::parse(params.q.as_deref().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_search_and_drop_the_cursor() {
        let params = ListParams {
            q: Some("role:admin \"a & b\"".into()),
            after: Some("cursor".into()),
            ..ListParams::default()
        };
        assert_eq!(
            sorted(&params, SortKey::Name),
            "/users?q=role%3Aadmin+%22a+%26+b%22&sort=name"
        );
        assert_eq!(
            href(&params.sized(25)),
            "/users?q=role%3Aadmin+%22a+%26+b%22&limit=25"
        );
        assert_eq!(href(&ListParams::default()), "/users");
        assert_eq!(
            over("/users/new", &ListParams::default(), &["id:1".into()]),
            "/users/new?u=id%3A1"
        );
    }

    #[test]
    fn toggling_deleted_users_keeps_the_search() {
        let list = ListParams {
            q: Some("ada".into()),
            sort: Some("name".into()),
            after: Some("cursor".into()),
            ..ListParams::default()
        };
        assert_eq!(toggled_deleted(&list), "/users?q=ada&deleted=true");
        let deleted = ListParams {
            q: Some("ada".into()),
            deleted: Some("true".into()),
            ..ListParams::default()
        };
        assert_eq!(toggled_deleted(&deleted), "/users?q=ada");
        assert_eq!(
            href(&deleted.sized(25)),
            "/users?q=ada&limit=25&deleted=true"
        );
    }

    #[test]
    fn default_sort_is_omitted() {
        let ascending = ListParams {
            sort: Some("created".into()),
            ..ListParams::default()
        };
        assert_eq!(sorted(&ascending, SortKey::Created), "/users");
    }
}
