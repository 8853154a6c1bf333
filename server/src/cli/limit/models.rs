//! The models that a user can use: `rollcall limit models`.

use domain::limits::{AllowedModels, AllowedModelsDraft};

use crate::{
    cli::{
        backend::Backend,
        names::{Names, names},
        user::{
            print::{Output, clean},
            user_arg::UserArg,
        },
    },
    failure::BoxError,
};

/// Show or set the models that a user can use.
#[derive(Debug, clap::Args)]
pub(super) struct ModelsArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Allow these models only, separated by commas; '' for none.
    #[arg(long, value_parser = names, conflicts_with = "all")]
    allow: Option<Names>,
    /// Allow all models.
    #[arg(long)]
    all: bool,
}

impl ModelsArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = self.user_arg.find(backend).await?.summary;
        let allowed_models = self.allow.map(|Names(models)| models);
        let stored = if allowed_models.is_some() || self.all {
            let draft = AllowedModelsDraft { allowed_models };
            backend.set_allowed_models(user.id.0, &draft).await?
        } else {
            backend.allowed_models(user.id.0).await?
        };
        output.print(&stored, || text(&stored))
    }
}

fn text(stored: &AllowedModels) -> String {
    match &stored.allowed_models {
        None => "All models are allowed.".to_owned(),
        Some(models) if models.is_empty() => "No models are allowed.".to_owned(),
        Some(models) => format!("Allowed models: {}.", clean(&models.join(", "))),
    }
}
