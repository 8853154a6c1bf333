//! Users, on either backend. The changes of a user are beside their commands.

use api::users::dto::UserCreateRequest;
use domain::{
    list::{Limits, PageParams},
    users::{
        UserSummary,
        create::UserDraft,
        detail::{CreatedUser, UserDetail, UserRef},
        list::ListParams,
    },
};
use service::{Error, access::operator, users};
use uuid::Uuid;

use super::Backend;
use crate::cli::error::CliError;

/// Path of users in the API.
const USERS: &str = "/api/admin/users";

impl Backend {
    /// Returns the path of a user in the API.
    pub(in crate::cli) fn user_path(id: Uuid) -> String {
        format!("{USERS}/{id}")
    }

    /// Returns a user, deleted or not.
    pub(in crate::cli) async fn find(&self, user: &UserRef) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::get(services, &operator(), user).await?),
            Self::Server(remote) => {
                let user = user.to_string();
                remote.get(&format!("{USERS}/find"), &[("user", &user)])
            }
        }
    }

    /// Returns a page of users without deleted ones, and the cursor of the next page.
    pub(in crate::cli) async fn users(
        &self,
        params: &ListParams,
    ) -> Result<(Vec<UserSummary>, Option<String>), CliError> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let page = users::list(services, &operator(), &query).await?;
                Ok((page.users.rows, page.users.page_info.after))
            }
            Self::Server(remote) => remote.page(USERS, &params.pairs()),
        }
    }

    /// Creates a user.
    pub(in crate::cli) async fn create(&self, draft: UserDraft) -> Result<CreatedUser, CliError> {
        match self {
            Self::Database(services) => Ok(users::create(services, &operator(), draft).await?),
            Self::Server(remote) => remote.post(USERS, &UserCreateRequest::from(draft)),
        }
    }

    /// Returns the existing roles, if unknown ones are created; None for a server, which creates none.
    pub(in crate::cli) async fn roles(&self) -> Result<Option<Vec<String>>, CliError> {
        match self {
            Self::Database(services) => Ok(Some(users::roles(services, &operator()).await?)),
            Self::Server(_) => Ok(None),
        }
    }
}
