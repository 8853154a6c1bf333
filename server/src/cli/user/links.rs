//! `rollcall user reset-link` and `rollcall user recover-admin`.

use domain::users::detail::{IssuedLink, UserRef};
use service::{access::operator, reset, users};
use uuid::Uuid;

use super::{
    create::choose,
    print::{self, Output, note},
    user_arg::{UserArg, reference},
};
use crate::{
    cli::{backend::Backend, error::CliError},
    failure::BoxError,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Print a one-time link to set a new password, valid for 1 hour.
    ResetLink(UserArg),
    RecoverAdmin(RecoverArgs),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::ResetLink(user_arg) => reset(&user_arg, backend, output).await,
            Self::RecoverAdmin(arguments) => arguments.run(backend, output).await,
        }
    }
}

/// Prints a link for a new password, alone on standard output, where a program might read it.
async fn reset(user_arg: &UserArg, backend: &Backend, output: Output) -> Result<(), BoxError> {
    let user = user_arg.find(backend).await?.summary;
    let link = backend.reset_link(user.id.0).await?;
    backend.warn_of_guess();
    if !output.json {
        let (name, until) = (print::name(&user), print::timestamp(link.expires_at));
        note(&format!(
            "One-time link for {name}, valid until {until}. Earlier links no longer work."
        ));
    }
    output.print(&link, || print::clean(&link.url))
}

/// Create or recover an admin when no admin can sign in.
///
/// The user is created if it does not exist; otherwise it is restored, reactivated and assigned the role admin as needed. Prints
/// a one-time link to set a password, valid for 1 hour.
#[derive(Debug, clap::Args)]
pub(super) struct RecoverArgs {
    /// Username of the admin; `number:112` or an id for an existing user.
    #[arg(value_parser = reference)]
    username: UserRef,
}

impl RecoverArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let recovered =
            users::recover_admin(backend.database()?, &operator(), &self.username).await;
        let recovered = recovered.map_err(CliError::from)?;
        if recovered.link.is_some() {
            backend.warn_of_guess();
        }
        output.print(&recovered, || {
            let user = &recovered.user.summary;
            let (name, roles) = (print::name(user), print::roles(user));
            let how = recovered.link.as_ref().map(choose).unwrap_or_default();
            format!("Recovered {name} with {roles}.\n{how}")
        })
    }
}

impl Backend {
    /// Creates a password reset link.
    async fn reset_link(&self, id: Uuid) -> Result<IssuedLink, CliError> {
        match self {
            Self::Database(services) => Ok(reset::create_link(services, &operator(), id).await?),
            Self::Server(remote) => remote.act(&format!("{}/reset-link", Self::user_path(id))),
        }
    }
}
