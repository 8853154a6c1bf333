//! `rollcall resource transfer`.

use domain::users::detail::UserRef;
use serde::Deserialize;
use serde_json::json;
use service::{access::operator, resources};
use uuid::Uuid;

use crate::{
    cli::{
        backend::{Backend, resources::RESOURCES},
        confirm::counted,
        error::CliError,
        user::{
            print::{self, Output},
            user_arg::reference,
        },
    },
    failure::BoxError,
};

/// Transfer all resources of a user to another user.
#[derive(Debug, clap::Args)]
pub(super) struct TransferArgs {
    /// Number, id or username of the present owner, who can be deleted.
    #[arg(value_parser = reference)]
    from: UserRef,
    /// Number, id or username of the next owner.
    #[arg(value_parser = reference)]
    to: UserRef,
}

/// Result of a transfer.
#[derive(Deserialize)]
struct Transferred {
    resources: u64,
}

impl TransferArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let from = backend.find(&self.from).await?.summary;
        let to = backend.find(&self.to).await?.summary;
        let moved = backend.transfer((from.id.0, to.id.0)).await?;
        output.print(&json!({ "success": true, "resources": moved }), || {
            format!(
                "Transferred {} from {} to {}.",
                counted(moved, "resource"),
                print::name(&from),
                print::name(&to)
            )
        })
    }
}

impl Backend {
    /// Transfers all resources of a user to another one. Returns their number.
    async fn transfer(&self, (from, to): (Uuid, Uuid)) -> Result<u64, CliError> {
        match self {
            Self::Database(services) => {
                Ok(resources::transfer(services, &operator(), (from, to), None).await?)
            }
            Self::Server(remote) => {
                let body = json!({ "from": from, "to": to });
                let done: Transferred = remote.post(&format!("{RESOURCES}/transfer"), &body)?;
                Ok(done.resources)
            }
        }
    }
}
