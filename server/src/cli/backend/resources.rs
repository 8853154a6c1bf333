//! Resources, on either backend. Their changes are beside the commands.

use domain::{
    error::Entity,
    list::{Limits, PageParams, UnfilteredParams},
    resources::{RESOURCES_ORDER, Resource},
};
use service::{
    Error,
    access::operator,
    resources::{self, Reach, ResourceFilter},
};
use uuid::Uuid;

use super::Backend;
use crate::cli::{error::CliError, pages::Fetched};

/// Path of resources in the API.
pub(in crate::cli) const RESOURCES: &str = "/api/admin/resources";

const NOT_FOUND: Error = Error::NotFound(Entity::Resource);

/// Conditions on listed resources.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Conditions {
    /// Kind of the resources.
    pub(in crate::cli) kind: Option<String>,
    /// The id in the host application.
    pub(in crate::cli) external_id: Option<String>,
    /// Part of the name.
    pub(in crate::cli) text: Option<String>,
    /// The id of the owner.
    pub(in crate::cli) owner: Option<Uuid>,
    /// Number of the client.
    pub(in crate::cli) client: Option<i32>,
    /// The id of a group with a grant.
    pub(in crate::cli) group: Option<Uuid>,
    /// The id of a user who can reach the resources.
    pub(in crate::cli) reached_by: Option<Uuid>,
}

impl Conditions {
    /// Returns the conditions for the database, with what the user can reach.
    fn filter(&self, reached_by: Option<Reach>) -> ResourceFilter<'_> {
        ResourceFilter {
            kind: self.kind.as_deref(),
            external_id: self.external_id.as_deref(),
            text: self.text.as_deref(),
            owner: self.owner,
            client: self.client,
            group: self.group,
            reached_by,
            ..ResourceFilter::default()
        }
    }

    /// Returns the conditions as parameters of the API.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("kind", self.kind.clone()),
            ("external_id", self.external_id.clone()),
            ("q", self.text.clone()),
            ("owner", self.owner.map(|id| id.to_string())),
            ("client", self.client.map(|id| id.to_string())),
            ("group", self.group.map(|id| id.to_string())),
            ("reached_by", self.reached_by.map(|id| id.to_string())),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

impl Backend {
    /// Returns the path of a resource in the API.
    pub(in crate::cli) fn resource_path(id: Uuid) -> String {
        format!("{RESOURCES}/{id}")
    }

    /// Returns a page of resources, the first created first.
    pub(in crate::cli) async fn resources(
        &self,
        conditions: &Conditions,
        params: &UnfilteredParams,
    ) -> Fetched<Resource> {
        match self {
            Self::Database(services) => {
                let query = params
                    .parse(Limits::API, RESOURCES_ORDER)
                    .map_err(Error::from)?;
                let reached_by = match conditions.reached_by {
                    Some(user) => Some(resources::find_reach(services, &operator(), user).await?),
                    None => None,
                };
                let filter = conditions.filter(reached_by);
                let listed = resources::list(services, &operator(), &query, filter).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => {
                let conditions = conditions.pairs();
                let mut pairs = params.pairs();
                pairs.extend(
                    conditions
                        .iter()
                        .map(|(name, value)| (*name, value.as_str())),
                );
                remote.page(RESOURCES, &pairs)
            }
        }
    }

    /// Returns the resource with an id, or with a kind and an id in the host application: `kind:external-id`.
    pub(in crate::cli) async fn find_resource(&self, name: &str) -> Result<Resource, CliError> {
        if let Ok(id) = name.parse() {
            return match self {
                Self::Database(services) => Ok(resources::find(services, &operator(), id).await?),
                Self::Server(remote) => remote.get(&Self::resource_path(id), &[]),
            };
        }
        let (kind, external_id) = name.split_once(':').ok_or(NOT_FOUND)?;
        let conditions = Conditions {
            kind: Some(kind.to_owned()),
            external_id: Some(external_id.to_owned()),
            ..Conditions::default()
        };
        let (found, _) = self
            .resources(&conditions, &UnfilteredParams::default())
            .await?;
        Ok(found.into_iter().next().ok_or(NOT_FOUND)?)
    }
}
