//! Parameters of the lists of resources in the API.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::RESOURCES_ORDER;
use crate::list::{
    Limits, ListError, UnfilteredParams, UnfilteredQuery, given, page_params, searched,
};

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceListParams {
    /// Kind of the resources, such as `models`.
    pub kind: Option<String>,
    /// The id in the host application.
    pub external_id: Option<String>,
    /// Part of the name, without regard to case and accents.
    pub q: Option<String>,
    /// Id of the owner.
    #[param(value_type = Option<uuid::Uuid>)]
    pub owner: Option<String>,
    /// Number of the client.
    #[param(value_type = Option<i32>)]
    pub client: Option<String>,
    /// Id of a group with a grant.
    #[param(value_type = Option<uuid::Uuid>)]
    pub group: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

page_params!(ResourceListParams {
    kind,
    external_id,
    q,
    owner,
    client,
    group,
    limit,
    after,
    before
});

impl ResourceListParams {
    /// Returns a parameter, unless it is empty. It has no control characters.
    #[must_use]
    pub fn text(value: &Option<String>) -> Option<String> {
        given(value).map(searched)
    }

    /// Parses the page size and the position.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn page(&self, limits: Limits) -> Result<UnfilteredQuery, ListError> {
        parse_page([&self.limit, &self.after, &self.before], limits)
    }
}

/// Parameters of a list of what a user can reach, as they stand in a URL. An empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ReachableParams {
    /// Kind of the resources, such as `models`.
    pub kind: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

page_params!(ReachableParams {
    kind,
    limit,
    after,
    before
});

impl ReachableParams {
    /// Returns the kind, unless it is empty.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        given(&self.kind)
    }

    /// Parses the page size and the position.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn page(&self, limits: Limits) -> Result<UnfilteredQuery, ListError> {
        parse_page([&self.limit, &self.after, &self.before], limits)
    }
}

fn parse_page(
    [limit, after, before]: [&Option<String>; 3],
    limits: Limits,
) -> Result<UnfilteredQuery, ListError> {
    let page = UnfilteredParams {
        limit: limit.clone(),
        after: after.clone(),
        before: before.clone(),
    };
    page.parse(limits, RESOURCES_ORDER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{PageParams, Position};

    #[test]
    fn empty_parameters_are_absent() {
        let params = ReachableParams {
            kind: Some(" ".to_owned()),
            ..ReachableParams::default()
        };
        assert_eq!(params.kind(), None);
        let page = params.page(Limits::API).unwrap();
        assert_eq!(page.position, Position::First);
        let another = params.at(Some("x".to_owned()), None).page(Limits::API);
        assert_eq!(another, Err(ListError::Cursor("after")));
    }

    #[test]
    fn texts_have_no_control_characters() {
        let text = |text: &str| ResourceListParams::text(&Some(text.to_owned()));
        assert_eq!(text(" gp\0t ").as_deref(), Some("gpt"));
        assert_eq!(text(" "), None);
    }
}
