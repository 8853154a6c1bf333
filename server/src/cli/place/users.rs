//! What is done to accounts, wherever that is.

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

use super::Place;
use crate::{cli::fault::Fault, rest::users::create::Create};

/// Where accounts are.
const USERS: &str = "/api/admin/users";

fn of(id: Uuid) -> String {
    format!("{USERS}/{id}")
}

impl Place {
    /// An account, in the bin or not.
    pub(in crate::cli) async fn find(&self, user: &UserRef) -> Result<UserDetail, Fault> {
        match self {
            Self::Database(services) => Ok(users::get(services, &operator(), user).await?),
            Self::Server(remote) => {
                let person = user.to_string();
                remote.get(&format!("{USERS}/find"), &[("person", &person)])
            }
        }
    }

    /// A page of accounts without those in the bin, and the cursor of the next.
    pub(in crate::cli) async fn users(
        &self,
        params: &ListParams,
    ) -> Result<(Vec<UserSummary>, Option<String>), Fault> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let page = users::list(services, &operator(), &query).await?;
                Ok((page.users, page.place.after))
            }
            Self::Server(remote) => remote.page(USERS, &params.pairs()),
        }
    }

    /// Makes an account.
    pub(in crate::cli) async fn create(&self, draft: UserDraft) -> Result<CreatedUser, Fault> {
        match self {
            Self::Database(services) => Ok(users::create(services, &operator(), draft).await?),
            Self::Server(remote) => remote.post(USERS, &Create::from(draft)),
        }
    }

    /// Changes an account.
    pub(in crate::cli) async fn edit(&self, id: Uuid, edit: UserEdit) -> Result<UserDetail, Fault> {
        match self {
            Self::Database(services) => Ok(users::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&of(id), &edit),
        }
    }

    /// What would go with an account.
    pub(in crate::cli) async fn preview_deletion(
        &self,
        id: Uuid,
    ) -> Result<DeletionPreview, Fault> {
        match self {
            Self::Database(services) => Ok(users::preview(services, &operator(), id).await?),
            Self::Server(remote) => remote.get(&format!("{}/deletion-preview", of(id)), &[]),
        }
    }

    /// Deletes an account. A server does not look at what was shown.
    pub(in crate::cli) async fn delete(&self, id: Uuid, deletion: &Deletion) -> Result<(), Fault> {
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

    /// Removes what was deleted for good, where there may be no server that does it.
    pub(in crate::cli) async fn remove_deleted(&self, id: Uuid) -> Result<(), Fault> {
        match self {
            Self::Database(services) => Ok(users::purge::run_of(services, id).await?),
            Self::Server(_) => Ok(()),
        }
    }

    /// Takes an account out of the bin.
    pub(in crate::cli) async fn restore(&self, id: Uuid) -> Result<UserDetail, Fault> {
        match self {
            Self::Database(services) => Ok(users::restore(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/restore", of(id))),
        }
    }

    /// Keeps a person out.
    pub(in crate::cli) async fn suspend(
        &self,
        id: Uuid,
        draft: SuspensionDraft,
    ) -> Result<UserDetail, Fault> {
        match self {
            Self::Database(services) => Ok(users::suspend(services, &operator(), id, draft).await?),
            Self::Server(remote) => remote.post(&format!("{}/suspend", of(id)), &draft),
        }
    }

    /// Lets a person in again.
    pub(in crate::cli) async fn unsuspend(&self, id: Uuid) -> Result<UserDetail, Fault> {
        match self {
            Self::Database(services) => Ok(users::unsuspend(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/unsuspend", of(id))),
        }
    }

    /// Makes a link for a new password.
    pub(in crate::cli) async fn reset_link(&self, id: Uuid) -> Result<IssuedLink, Fault> {
        match self {
            Self::Database(services) => Ok(reset::create_link(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/reset-link", of(id))),
        }
    }

    /// The roles that there are, where one that there is not would be made. A server makes none.
    pub(in crate::cli) async fn roles(&self) -> Result<Option<Vec<String>>, Fault> {
        match self {
            Self::Database(services) => Ok(Some(users::roles(services, &operator()).await?)),
            Self::Server(_) => Ok(None),
        }
    }
}
