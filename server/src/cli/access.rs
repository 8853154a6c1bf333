//! `rollcall access`: answers whether a user can do or reach something, and why.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    access_check::{
        AccessAnswer, AccessBlock, AccessObject, AccessPath, AccessQuestion, AccessReasons,
        AccessThrough,
    },
    features::FeatureReason,
    resources::GrantLevel,
    users::UserSummary,
};
use serde_json::json;
use service::{access::operator, access_check};

use super::{
    backend::{Backend, BackendArgs},
    error::CliError,
    user::{
        print::{self, Output, clean, timestamp},
        user_arg::UserArg,
    },
};
use crate::failure::BoxError;

/// Explain the access of users to features and resources of the host application.
#[derive(Debug, clap::Args)]
pub(super) struct AccessArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Why(WhyArgs),
}

/// Answer whether a user has a feature or can reach a resource, with all reasons for it and against it.
#[derive(Debug, clap::Args)]
struct WhyArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Key of a feature, such as workspace.models; kind and id of a resource, such as models:gpt-5; or the id of a resource.
    thing: String,
    /// Ask for writing; without it, for reading.
    #[arg(long)]
    write: bool,
}

/// Runs the subcommand.
pub(super) async fn run(backend: BackendArgs, arguments: AccessArgs) -> Result<ExitCode, BoxError> {
    let backend = backend.open().await?;
    let output = arguments.output;
    let Command::Why(arguments) = arguments.command;
    arguments.run(&backend, output).await?;
    Ok(ExitCode::SUCCESS)
}

impl WhyArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = self.user_arg.find(backend).await?.summary;
        let question = AccessQuestion {
            user: user.id.0,
            object: object(&self.thing, self.write),
        };
        let answer = backend.check_access(question).await?;
        output.print(&answer, || text(&user, &self.thing, self.write, &answer))
    }
}

fn object(thing: &str, write: bool) -> AccessObject {
    let level = if write {
        GrantLevel::Write
    } else {
        GrantLevel::Read
    };
    if let Ok(id) = thing.parse() {
        return AccessObject::Resource { id, level };
    }
    match thing.split_once(':') {
        Some((kind, external_id)) => AccessObject::External {
            kind: kind.to_owned(),
            external_id: external_id.to_owned(),
            level,
        },
        None => AccessObject::Feature(thing.to_owned()),
    }
}

fn text(user: &UserSummary, thing: &str, write: bool, answer: &AccessAnswer) -> String {
    let (user, thing) = (print::name(user), clean(thing));
    let can = if answer.allowed { "Yes: " } else { "No: " };
    let verb = match (&answer.because, write, answer.allowed) {
        (AccessReasons::Feature(_), _, true) => "has",
        (AccessReasons::Feature(_), _, false) => "does not have",
        (AccessReasons::Resource(_), false, true) => "can read",
        (AccessReasons::Resource(_), false, false) => "cannot read",
        (AccessReasons::Resource(_), true, true) => "can write",
        (AccessReasons::Resource(_), true, false) => "cannot write",
    };
    let mut lines = vec![format!("{can}{user} {verb} {thing}.")];
    match &answer.because {
        AccessReasons::Feature(reasons) => lines.extend(reasons.iter().map(of_feature)),
        AccessReasons::Resource(paths) => lines.extend(paths.iter().map(of_path)),
    }
    if lines.len() == 1 {
        lines.push("  Nothing grants it, or it does not exist.".to_owned());
    }
    lines.join("\n")
}

fn of_feature(reason: &FeatureReason) -> String {
    match reason {
        FeatureReason::Default => "  All users have it.".to_owned(),
        FeatureReason::Group { name, .. } => format!("  Through the group {}.", clean(name)),
        FeatureReason::Admin => "  Administrators have all features.".to_owned(),
    }
}

fn of_path(path: &AccessPath) -> String {
    let through = match &path.through {
        AccessThrough::Owner => "As the owner".to_owned(),
        AccessThrough::User => "Through a grant to the user".to_owned(),
        AccessThrough::Group { name, .. } => format!("Through the group {}", clean(name)),
        AccessThrough::Everyone => "Through a grant to everyone".to_owned(),
        AccessThrough::Admin => "As an administrator".to_owned(),
    };
    let mut line = format!("  {through}: {}", path.level.as_str());
    if let Some(at) = path.granted_at {
        let by = path.granted_by.as_deref().unwrap_or("the operator");
        line.push_str(&format!(", granted by {} on {}", clean(by), timestamp(at)));
    }
    let blocked = match path.blocked_by {
        None => ".",
        Some(AccessBlock::User) => "; no, because the account is not active.",
        Some(AccessBlock::Client) => "; no, because the client is not in the list of the user.",
        Some(AccessBlock::Resource) => "; no, because the resource is not active.",
    };
    line.push_str(blocked);
    line
}

impl Backend {
    /// Answers a question about access.
    async fn check_access(&self, question: AccessQuestion) -> Result<AccessAnswer, CliError> {
        let answers: Vec<AccessAnswer> = match self {
            Self::Database(services) => {
                access_check::check(services, &operator(), &[question]).await?
            }
            Self::Server(remote) => {
                remote.post("/api/access/check", &json!({ "questions": [question] }))?
            }
        };
        let answer = answers.into_iter().next();
        answer.ok_or_else(|| CliError::Failed("The server returned no answer.".to_owned()))
    }
}
