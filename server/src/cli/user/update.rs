//! `rollcall user update` and `rollcall user set-roles`.

use clap::ArgGroup;
use domain::users::{UserSummary, detail::UserDetail, edit::UserEdit};
use service::{access::operator, users};
use uuid::Uuid;

use super::{
    password::PasswordArgs,
    print::{self, Output, note},
    user_arg::UserArg,
    values::{self, Clients, Preferences, Roles},
};
use crate::{
    cli::{backend::Backend, error::CliError},
    failure::BoxError,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Update(UpdateArgs),
    SetRoles(SetRolesArgs),
}

impl Command {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        match self {
            Self::Update(arguments) => arguments.run(backend, output).await,
            Self::SetRoles(arguments) => arguments.run(backend, output).await,
        }
    }
}

/// Options that change something. At least one is required.
const CHANGES: [&str; 8] = [
    "name",
    "email",
    "password",
    "password_stdin",
    "roles",
    "client_list",
    "notification_preferences",
    "revoke_sessions",
];

/// Change a user. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rollcall user update <ID> <OPTIONS>")]
#[command(group(ArgGroup::new("changes").args(CHANGES).required(true).multiple(true)))]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Full name.
    #[arg(long)]
    name: Option<String>,
    /// Email address; '' removes it.
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// All roles of the user, separated by commas. A role that does not exist is created, without permissions.
    #[arg(long, value_parser = values::roles)]
    roles: Option<Roles>,
    /// Numbers of all clients whose data the user can see, separated by commas; '' removes them.
    #[arg(long, value_name = "IDS", value_parser = values::clients)]
    client_list: Option<Clients>,
    /// Notification preferences: a JSON object such as '{"email":true}'.
    #[arg(long, value_name = "JSON", value_parser = values::preferences)]
    notification_preferences: Option<Preferences>,
    /// Revoke all sessions of the user. A new password alone does not.
    #[arg(long)]
    revoke_sessions: bool,
}

impl UpdateArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let password = self.password.read()?;
        let temporary = password.is_some();
        let edit = UserEdit {
            display_name: self.name,
            email: self.email.map(Some),
            roles: self.roles.map(|given| given.0),
            password,
            revoke_sessions: self.revoke_sessions,
            notification_preferences: self.notification_preferences.map(|given| Some(given.0)),
            client_list: self.client_list.map(|given| given.0),
            ..UserEdit::default()
        };
        let id = self.user_arg.find(backend).await?.summary.id.0;
        let new_roles = NewRoles::before(backend).await?;
        let user = backend.edit(id, edit).await?;
        new_roles.report(&user.summary);
        output.print_user(user, |user| {
            let changed = format!("Updated {}.", print::name(&user.summary));
            if temporary {
                format!(
                    "{changed}\nThe password is temporary and must be changed at the next sign-in."
                )
            } else {
                changed
            }
        })
    }
}

/// Assign these roles to a user, and revoke all others.
#[derive(Debug, clap::Args)]
pub(super) struct SetRolesArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Roles, separated by commas. A role that does not exist is created, without permissions.
    #[arg(value_parser = values::roles)]
    roles: Roles,
}

impl SetRolesArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let edit = UserEdit {
            roles: Some(self.roles.0),
            ..UserEdit::default()
        };
        let id = self.user_arg.find(backend).await?.summary.id.0;
        let new_roles = NewRoles::before(backend).await?;
        let user = backend.edit(id, edit).await?;
        new_roles.report(&user.summary);
        output.print_user(user, |user| {
            let (name, roles) = (print::name(&user.summary), print::roles(&user.summary));
            format!("Assigned {roles} to {name}.")
        })
    }
}

/// Roles that exist before a change that can create new ones, so that a mistyped role is noticed.
pub(super) struct NewRoles(Option<Vec<String>>);

impl NewRoles {
    pub(super) async fn before(backend: &Backend) -> Result<Self, CliError> {
        backend.roles().await.map(Self)
    }

    /// Notes which of the user's roles are new.
    pub(super) fn report(&self, user: &UserSummary) {
        let Some(known) = &self.0 else { return };
        for role in user.roles.iter().filter(|role| !known.contains(role)) {
            note(&format!("Created the role {role}, without permissions."));
        }
    }
}

impl Backend {
    /// Changes a user.
    async fn edit(&self, id: Uuid, edit: UserEdit) -> Result<UserDetail, CliError> {
        match self {
            Self::Database(services) => Ok(users::edit(services, &operator(), id, edit).await?),
            Self::Server(remote) => remote.patch(&Self::user_path(id), &edit),
        }
    }
}
