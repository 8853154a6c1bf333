//! `rollcall demo`: generated users to try the panel with.

mod progress;

use std::io::{self, Write};

use service::{
    Error, Services,
    demo::{self, ExistingUsers, Order, Outcome},
    setup,
};

use progress::Progress;

/// Maximum number of generated users: more than a table of users is likely to hold, and few enough for a load to finish.
const MOST_USERS: u64 = 100_000_000;

/// Fill the database with generated users.
///
/// They have names from many countries, roles, a history of sign-ins, personas, keys, sessions, groups, clients and resources; some have
/// usage with limits, and conversations. They cannot sign in. The same number and seed generate the same users on the same day. While it
/// runs, sign-ins and changes are blocked; an interrupted run leaves nothing behind.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Number of users.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=MOST_USERS))]
    users: u64,
    /// Seed of the generator. Another seed generates other users.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Add the users to a database that already has some.
    #[arg(long)]
    force: bool,
    /// Do nothing, and succeed, if the database already has users.
    #[arg(long, conflicts_with = "force")]
    if_empty: bool,
    /// Create the user `admin` and print its random password, unless an admin can already sign in.
    #[arg(long)]
    admin: bool,
}

impl DemoArgs {
    fn order(&self) -> Order {
        let existing_users = match (self.force, self.if_empty) {
            (true, _) => ExistingUsers::Add,
            (false, true) => ExistingUsers::Skip,
            (false, false) => ExistingUsers::Fail,
        };
        Order {
            users: self.users,
            seed: self.seed,
            existing_users,
        }
    }
}

/// Loads the users, and creates the admin if requested.
///
/// # Errors
/// [`Error::Conflict`] when there are users already and the arguments do not allow for them.
pub(crate) async fn run(args: &DemoArgs, services: &Services) -> Result<(), Error> {
    let mut progress = Progress::new(args.users);
    let outcome = demo::load(services, args.order(), |step| progress.show(step)).await?;
    let Outcome::Loaded { rows } = outcome else {
        return Ok(());
    };
    let took = progress.finish().as_secs_f64();
    say(&format!(
        "Created {} user{} ({rows} rows) in {took:.1} s.",
        args.users,
        if args.users == 1 { "" } else { "s" }
    ));
    if args.admin {
        let password = demo::generate_password();
        if setup::create_demo_admin(services, &password).await? {
            let password = secrecy::ExposeSecret::expose_secret(&password);
            say(&format!(
                "Sign in as `admin` with the password {password} (not shown again)."
            ));
        }
    }
    Ok(())
}

/// Writes a line to standard output. A closed output is not an error of the load.
fn say(line: &str) {
    drop(writeln!(io::stdout(), "{line}"));
}
