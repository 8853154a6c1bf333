//! Clients, on either backend. Their changes are beside the commands.

use domain::{
    clients::{CLIENTS_ORDER, Client},
    error::Entity,
    list::{Limits, PageParams, SearchParams},
};
use service::{Error, access::operator, clients};

use super::Backend;
use crate::cli::{
    error::CliError,
    pages::{self, Fetched, is_same},
};

/// Path of clients in the API.
pub(in crate::cli) const CLIENTS: &str = "/api/admin/clients";

impl Backend {
    /// Returns a page of clients, by name.
    pub(in crate::cli) async fn clients(&self, params: &SearchParams) -> Fetched<Client> {
        match self {
            Self::Database(services) => {
                let query = params
                    .parse(Limits::API, CLIENTS_ORDER)
                    .map_err(Error::from)?;
                let listed = clients::list(services, &operator(), &query).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => remote.page(CLIENTS, &params.pairs()),
        }
    }

    /// Returns the client with a number or a name. Digits alone are a number.
    pub(in crate::cli) async fn find_client(&self, name: &str) -> Result<Client, CliError> {
        if let Ok(id) = name.parse::<i32>() {
            return match self {
                Self::Database(services) => Ok(clients::find(services, &operator(), id).await?),
                Self::Server(remote) => remote.get(&format!("{CLIENTS}/{id}"), &[]),
            };
        }
        let params = SearchParams {
            q: Some(name.to_owned()),
            ..SearchParams::default()
        };
        let fetch = async |params: &SearchParams| self.clients(params).await;
        let found =
            pages::find(params, fetch, |client: &Client| is_same(&client.name, name)).await?;
        Ok(found.ok_or(Error::NotFound(Entity::Client))?)
    }
}
