//! Users, on either backend.

use domain::{
    list::{Limits, PageParams},
    users::{
        UserSummary,
        create::UserDraft,
        deletion::{Deletion, DeletionPreview},
        detail::{CreatedUser, IssuedLink, UserDetail, UserRef},
        edit::UserEdit,
        list::ListParams,
        suspension::SuspensionDraft,
    },
};
use serde_json::Value;
use service::{Error, access::operator, reset, users};
use uuid::Uuid;

use super::Backend;
use crate::{cli::error::CliError, dto::users::UserCreateRequest};

/// Path of users in the API.
const USERS: &str = "/api/admin/users";

fn of(id: Uuid) -> String {
    format!("{USERS}/{id}")
}

impl Backend {
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
                Ok((page.users, page.page_info.after))
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

    /// Changes a user.
    pub(in crate::cli) async fn edit(
        &self,
        id: Uuid,
        edit: UserEdit,
    ) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&of(id), &edit),
        }
    }

    /// Returns a preview of the deletion of a user: the counts of the data that goes with the account.
    pub(in crate::cli) async fn preview_deletion(
        &self,
        id: Uuid,
    ) -> Result<DeletionPreview, CliError> {
        match self {
            Self::Database(services) => Ok(users::preview(services, &operator(), id).await?),
            Self::Server(remote) => remote.get(&format!("{}/deletion-preview", of(id)), &[]),
        }
    }

    /// Deletes a user. A server does not check the counts of the preview.
    pub(in crate::cli) async fn delete(
        &self,
        id: Uuid,
        deletion: &Deletion,
    ) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                Ok(users::delete(services, &operator(), id, deletion).await?)
            }
            Self::Server(remote) => {
                let permanent = deletion.permanent.then_some(("permanent", "true"));
                let permanent: Vec<_> = permanent.into_iter().collect();
                remote.delete::<Value>(&of(id), &permanent).map(drop)
            }
        }
    }

    /// Removes a permanently deleted user at once, because no server may be running that does it. Does nothing for a server.
    pub(in crate::cli) async fn remove_deleted(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => Ok(users::purge::run_of(services, id).await?),
            Self::Server(_) => Ok(()),
        }
    }

    /// Restores a deleted user.
    pub(in crate::cli) async fn restore(&self, id: Uuid) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::restore(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/restore", of(id))),
        }
    }

    /// Suspends a user.
    pub(in crate::cli) async fn suspend(
        &self,
        id: Uuid,
        draft: SuspensionDraft,
    ) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::suspend(services, &operator(), id, draft).await?),
            Self::Server(remote) => remote.post(&format!("{}/suspend", of(id)), &draft),
        }
    }

    /// Lifts the suspension of a user.
    pub(in crate::cli) async fn unsuspend(&self, id: Uuid) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::unsuspend(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/unsuspend", of(id))),
        }
    }

    /// Creates a password reset link.
    pub(in crate::cli) async fn reset_link(&self, id: Uuid) -> Result<IssuedLink, CliError> {
        match self {
            Self::Database(services) => Ok(reset::create_link(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/reset-link", of(id))),
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
