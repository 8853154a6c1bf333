//! Parameters of the lists of resources, which the panel and the API share.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::RESOURCES_ORDER;
use crate::{
    list::{
        Limits, ListError, UnfilteredParams, UnfilteredQuery, given, page_params, searched,
        searched_text, shorten,
    },
    users::detail::UserRef,
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
    /// Owner: a username, a number or an id. Digits alone are tried as a username first; `username:112` and `number:112` are explicit.
    pub owner: Option<String>,
    /// Number or name of the client.
    pub client: Option<String>,
    /// Id of a group with a grant.
    #[param(value_type = Option<uuid::Uuid>)]
    pub group: Option<String>,
    /// User who can reach the resources, in the forms of the owner. Needs `access:read`.
    pub reached_by: Option<String>,
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
    reached_by,
    limit,
    after,
    before
});

/// Client in the parameters of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientRef {
    /// Number of the client.
    Number(i32),
    /// Name of the client.
    Name(String),
}

impl ClientRef {
    /// Parses a number, as in `7` or `#7`, or a name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let number = text.strip_prefix('#').unwrap_or(text).parse::<i32>();
        number.map_or_else(|_| Self::Name(searched(text)), Self::Number)
    }
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceQuery {
    /// Kind of the resources; `None` for any.
    pub kind: Option<String>,
    /// The id in the host application.
    pub external_id: Option<String>,
    /// Part of the name.
    pub text: Option<String>,
    /// Owner of the resources; `None` for any.
    pub owner: Option<UserRef>,
    /// Client of the resources; `None` for any.
    pub client: Option<ClientRef>,
    /// The id of a group with a grant.
    pub group: Option<Uuid>,
    /// User who can reach the resources; `None` for any.
    pub reached_by: Option<UserRef>,
    /// Page size and position.
    pub page: UnfilteredQuery,
}

impl ResourceListParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<ResourceQuery, ListError> {
        let group = |text: &str| {
            text.trim()
                .parse()
                .map_err(|_| ListError::Group(shorten(text)))
        };
        let user = |text: &str| UserRef::parse(text.trim());
        Ok(ResourceQuery {
            kind: searched_text(&self.kind),
            external_id: searched_text(&self.external_id),
            text: searched_text(&self.q),
            owner: given(&self.owner).map(user),
            client: given(&self.client).map(ClientRef::parse),
            group: given(&self.group).map(group).transpose()?,
            reached_by: given(&self.reached_by).map(user),
            page: parse_page([&self.limit, &self.after, &self.before], limits)?,
        })
    }

    /// Returns the same filter at the first page, with the default page size.
    #[must_use]
    pub fn only_filter(&self) -> Self {
        Self {
            limit: None,
            after: None,
            before: None,
            ..self.clone()
        }
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

    fn params(name: &str, value: &str) -> ResourceListParams {
        ResourceListParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn texts_have_no_control_characters() {
        let text = |value| params("q", value).parse(Limits::API).unwrap().text;
        assert_eq!(text(" gp\0t ").as_deref(), Some("gpt"));
        assert_eq!(text(" "), None);
    }

    #[test]
    fn client_is_a_number_or_a_name() {
        for (typed, expected) in [
            ("7", ClientRef::Number(7)),
            (" #7 ", ClientRef::Number(7)),
            ("ACME", ClientRef::Name("ACME".to_owned())),
            ("99999999999", ClientRef::Name("99999999999".to_owned())),
        ] {
            let query = params("client", typed).parse(Limits::PANEL).unwrap();
            assert_eq!(query.client, Some(expected), "{typed}");
        }
    }

    #[test]
    fn invalid_parameters_are_named() {
        for name in ["group", "limit", "after"] {
            let error = params(name, "x").parse(Limits::PANEL).unwrap_err();
            assert_eq!(error.parameter(), Some(name));
        }
    }

    #[test]
    fn filter_is_kept_without_the_page() {
        let page = ResourceListParams {
            kind: Some("models".to_owned()),
            limit: Some("25".to_owned()),
            ..ResourceListParams::default()
        };
        assert_eq!(page.only_filter().pairs(), [("kind", "models")]);
    }
}
