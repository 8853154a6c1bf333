//! `rollcall user create`: a new user.

use domain::{
    fields::FieldErrors,
    message::Message,
    problem::Code,
    users::{
        create::UserDraft,
        detail::{CreatedUser, IssuedLink, UserRef},
    },
};

use super::{
    password::PasswordArgs,
    print::{self, Output},
    update::NewRoles,
    values::{self, Clients, Preferences, Roles},
};
use crate::{
    cli::{backend::Backend, error::CliError},
    failure::BoxError,
};

/// Create a user.
///
/// Without a password, prints a one-time link to set one, valid for 7 days.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// Full name.
    #[arg(long)]
    name: String,
    /// Email address.
    #[arg(long, required_unless_present = "username")]
    email: Option<String>,
    /// Username, 3 to 50 characters; defaults to the email address.
    #[arg(long)]
    username: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Roles, separated by commas. A role that does not exist is created, without permissions.
    #[arg(long, default_value = "user", value_parser = values::roles)]
    roles: Roles,
    /// Numbers of the clients whose data the user can see, separated by commas.
    #[arg(long, value_name = "IDS", value_parser = values::clients)]
    client_list: Option<Clients>,
    /// Name or id of a group that the user joins. Repeat it for several groups.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Notification preferences: a JSON object such as '{"email":true}'.
    #[arg(long, value_name = "JSON", value_parser = values::preferences)]
    notification_preferences: Option<Preferences>,
}

impl CreateArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let password = self.password.read()?;
        let email = self.email.unwrap_or_default();
        let by_email = self.username.is_none();
        let draft = UserDraft {
            username: self.username.unwrap_or_else(|| email.clone()),
            display_name: self.name,
            email,
            roles: self.roles.0,
            is_admin: None,
            password,
            notification_preferences: self
                .notification_preferences
                .map_or_else(Default::default, |given| given.0),
            client_list: self.client_list.map_or_else(Vec::new, |given| given.0),
            groups: self.groups,
        };
        let username = draft.username.clone();
        let new_roles = NewRoles::before(backend).await?;
        let created = match backend.create(draft).await {
            Ok(created) => created,
            Err(CliError::Problem(mut problem)) => {
                let errors = &mut problem.details.fields;
                match problem.error {
                    Code::ValidationError if by_email => *errors = by_address(errors),
                    Code::Conflict => say_whose(backend, &username, errors).await,
                    _ => {}
                }
                return Err(CliError::Problem(problem).into());
            }
            Err(failed) => return Err(failed.into()),
        };
        new_roles.report(&created.user.summary);
        if created.link.is_some() {
            backend.warn_of_guess();
        }
        output.print(&created, || text(&created))
    }
}

/// Adds advice to the error of an email address that is no valid username. If the address itself is invalid, only that is
/// reported.
fn by_address(errors: &FieldErrors) -> FieldErrors {
    let mut taken_errors = FieldErrors::default();
    for error in errors.iter() {
        if error.field != "username" {
            taken_errors.push(error.clone());
        } else if errors.get("email").is_none() {
            let why = &error.message;
            taken_errors.add(
                "username",
                Message::verbatim(format!(
                    "The email address cannot be the username: {why} Choose one with --username."
                )),
            );
        }
    }
    taken_errors
}

/// Adds advice to the error of a username that a deleted user has.
async fn say_whose(backend: &Backend, username: &str, errors: &mut FieldErrors) {
    let Some(taken) = errors.get("username") else {
        return;
    };
    let owner = backend.find(&UserRef::Name(username.to_owned())).await;
    let Ok(owner) = owner else { return };
    if owner.deleted_at.is_none() {
        return;
    }
    let named = UserRef::naming(&owner.summary.username);
    // The part after the colon is advice for the panel.
    let taken = taken.split(':').next().unwrap_or_default();
    let mut taken_errors = FieldErrors::default();
    taken_errors.add(
        "username",
        Message::verbatim(format!(
            "{taken}. It belongs to a deleted user: restore the user with `rollcall user restore {named}`, or free the username \
            with `rollcall user delete {named} --permanent`."
        )),
    );
    *errors = taken_errors;
}

fn text(created: &CreatedUser) -> String {
    let user = &created.user.summary;
    let how = match &created.link {
        Some(link) => choose(link),
        None => "The password is temporary and must be changed at the next sign-in.".to_owned(),
    };
    format!(
        "Created {} with {}.\n{how}",
        print::name(user),
        print::roles(user)
    )
}

/// Returns the instructions for a one-time link.
pub(super) fn choose(link: &IssuedLink) -> String {
    let until = print::timestamp(link.expires_at);
    format!(
        "One-time link to set a password, valid until {until}:\n{}",
        print::clean(&link.url)
    )
}
