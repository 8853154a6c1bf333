//! Groups, on either backend. Their changes are beside the commands.

use domain::{
    error::Entity,
    groups::{GROUPS_ORDER, Group, GroupSummary},
    list::{Limits, PageParams, SearchParams},
};
use service::{
    Error,
    access::{GroupsRead, operator},
    groups::{self, GroupActor},
};
use uuid::Uuid;

use super::Backend;
use crate::cli::{
    error::CliError,
    pages::{self, Fetched, is_same},
};

/// Path of groups in the API.
pub(in crate::cli) const GROUPS: &str = "/api/admin/groups";

impl Backend {
    /// Returns the path of a group in the API.
    pub(in crate::cli) fn group_path(id: Uuid) -> String {
        format!("{GROUPS}/{id}")
    }

    /// Returns a page of groups, by name.
    pub(in crate::cli) async fn groups(&self, params: &SearchParams) -> Fetched<GroupSummary> {
        match self {
            Self::Database(services) => {
                let query = params
                    .parse(Limits::API, GROUPS_ORDER)
                    .map_err(Error::from)?;
                let listed = groups::list(services, &operator(), &query).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => remote.page(GROUPS, &params.pairs()),
        }
    }

    /// Returns all groups of a user, by name.
    pub(in crate::cli) async fn groups_of(
        &self,
        user: Uuid,
    ) -> Result<Vec<GroupSummary>, CliError> {
        let fetch = async |params: &SearchParams| self.page_of(user, params).await;
        pages::all(SearchParams::default(), fetch).await
    }

    async fn page_of(&self, user: Uuid, params: &SearchParams) -> Fetched<GroupSummary> {
        match self {
            Self::Database(services) => {
                let query = params
                    .parse(Limits::API, GROUPS_ORDER)
                    .map_err(Error::from)?;
                let listed = groups::list_of(services, &operator(), user, &query).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => {
                let path = format!("{}/groups", Self::user_path(user));
                remote.page(&path, &params.pairs())
            }
        }
    }

    /// Returns a group.
    pub(in crate::cli) async fn group(&self, id: Uuid) -> Result<Group, CliError> {
        match self {
            Self::Database(services) => {
                let actor = GroupActor::from(&operator::<GroupsRead>());
                Ok(groups::find(services, &actor, id).await?)
            }
            Self::Server(remote) => remote.get(&Self::group_path(id), &[]),
        }
    }

    /// Returns the group with a name or an id.
    pub(in crate::cli) async fn find_group(&self, name: &str) -> Result<Group, CliError> {
        if let Ok(id) = name.parse() {
            return self.group(id).await;
        }
        let params = SearchParams {
            q: Some(name.to_owned()),
            ..SearchParams::default()
        };
        let fetch = async |params: &SearchParams| self.groups(params).await;
        let found = pages::find(params, fetch, |group: &GroupSummary| {
            is_same(&group.name, name)
        })
        .await?;
        let found = found.ok_or(Error::NotFound(Entity::Group))?;
        self.group(found.id).await
    }
}
