//! URLs of the audit log.

use domain::{audit::list::AuditParams, list::PageParams};

use crate::links::with_selected;

/// Returns the URL of the list for the parameters.
pub(super) fn href(params: &AuditParams) -> String {
    with_selected("/audit", params.pairs().into_iter(), &[])
}

/// Returns the URL of the list without filter, with the same page size.
pub(super) fn cleared(params: &AuditParams) -> String {
    href(&AuditParams {
        limit: params.limit.clone(),
        ..AuditParams::default()
    })
}

/// Returns the URL of the entries of a bulk action.
pub(super) fn parts(id: i64) -> String {
    href(&AuditParams {
        parent: Some(id.to_string()),
        ..AuditParams::default()
    })
}

/// Returns the URL of the first page without filter, with the default page size.
pub(super) fn all() -> String {
    href(&AuditParams::default())
}

/// Returns the URL of the export of the matching entries.
pub(super) fn file(params: &AuditParams, format: &'static str) -> String {
    let filter = params.only_filter();
    let pairs = std::iter::once(("format", format)).chain(filter.pairs());
    with_selected("/api/admin/audit/export", pairs, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_drop_the_cursor() {
        let params = AuditParams {
            actor: Some("command line".into()),
            action: Some("user.created".into()),
            limit: Some("25".into()),
            after: Some("cursor".into()),
            ..AuditParams::default()
        };
        let filter = "actor=command+line&action=user.created";
        assert_eq!(
            href(&params),
            format!("/audit?{filter}&limit=25&after=cursor")
        );
        assert_eq!(cleared(&params), "/audit?limit=25");
        assert_eq!(parts(7), "/audit?parent=7");
        assert_eq!(
            file(&params, "csv"),
            format!("/api/admin/audit/export?format=csv&{filter}")
        );
    }
}
