//! URLs of the list of resources.

use domain::{list::PageParams, resources::ResourceListParams};

use super::{over, with_selected};
use crate::api::resources::RESOURCES;

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &ResourceListParams) -> String {
    over(RESOURCES, params)
}

/// Returns the URL of the first page of the list with another kind.
pub(crate) fn of_kind(params: &ResourceListParams, kind: Option<&str>) -> String {
    href(&ResourceListParams {
        kind: kind.map(str::to_owned),
        ..params.at_start()
    })
}

/// Returns the URL of the export of the matching resources.
pub(crate) fn file(params: &ResourceListParams, format: &'static str) -> String {
    let filter = params.only_filter();
    let pairs = std::iter::once(("format", format)).chain(filter.pairs());
    with_selected("/api/admin/resources/export", pairs, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_drop_the_cursor() {
        let params = ResourceListParams {
            owner: Some("ada".into()),
            kind: Some("models".into()),
            limit: Some("25".into()),
            after: Some("cursor".into()),
            ..ResourceListParams::default()
        };
        assert_eq!(
            href(&params),
            "/resources?kind=models&owner=ada&limit=25&after=cursor"
        );
        assert_eq!(of_kind(&params, None), "/resources?owner=ada&limit=25");
        assert_eq!(
            file(&params, "csv"),
            "/api/admin/resources/export?format=csv&kind=models&owner=ada"
        );
    }
}
