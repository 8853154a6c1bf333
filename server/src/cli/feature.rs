//! `rollcall feature`: features of the host application without the panel.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{
    error::Entity,
    features::{Feature, FeatureDraft, FeatureSet},
};
use serde::Deserialize;
use serde_json::json;
use service::{Error, access::operator, deletions, features};

use super::{
    backend::{Backend, BackendArgs},
    confirm::{ConfirmArg, Deleted, counted},
    error::CliError,
    user::{
        print::{Output, clean},
        table::{Table, with_headings},
    },
};
use crate::failure::BoxError;

/// Path of features in the API.
const FEATURES: &str = "/api/admin/features";

const HEADINGS: [&str; 4] = ["KEY", "LABEL", "DEFAULT", "POSITION"];

/// Manage features: what users can do in the host application.
///
/// Commands have all permissions on the database, and those of the access token on a server. All changes are audited.
#[derive(Debug, clap::Args)]
pub(super) struct FeatureArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all features, in their order.
    List,
    /// Show a feature.
    Get(FeatureArg),
    Set(SetArgs),
    /// Add the features of a known set that are missing.
    AddSet {
        /// The set: open_webui.
        #[arg(value_parser = str::parse::<FeatureSet>)]
        set: FeatureSet,
    },
    Delete(DeleteArgs),
}

/// Argument that names a feature.
#[derive(Debug, clap::Args)]
struct FeatureArg {
    /// Key of the feature, such as workspace.models.
    key: String,
}

/// Create or change a feature. Options that are not set leave their values unchanged.
#[derive(Debug, clap::Args)]
struct SetArgs {
    #[command(flatten)]
    feature_arg: FeatureArg,
    /// Name for display.
    #[arg(long)]
    label: Option<String>,
    /// Purpose of the feature.
    #[arg(long)]
    description: Option<String>,
    /// Whether all users have it: true or false.
    #[arg(long, value_name = "BOOL")]
    default: Option<bool>,
    /// Order among the features.
    #[arg(long, allow_negative_numbers = true)]
    position: Option<i32>,
}

/// Delete a feature, and remove it from all groups.
#[derive(Debug, clap::Args)]
struct DeleteArgs {
    #[command(flatten)]
    feature_arg: FeatureArg,
    #[command(flatten)]
    confirm: ConfirmArg,
}

/// Number of objects that a server has changed.
#[derive(Deserialize)]
struct ChangeCount {
    changed: u64,
}

/// Runs the subcommand.
pub(super) async fn run(
    backend: BackendArgs,
    arguments: FeatureArgs,
) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List => {
            let features = backend.features().await?;
            output.print(&features, || with_headings(HEADINGS, &features, row))?;
        }
        Command::Get(argument) => {
            let feature = backend.find_feature(&argument.key).await?;
            output.print(&feature, || text(&feature))?;
        }
        Command::Set(arguments) => arguments.run(backend, output).await?,
        Command::AddSet { set } => {
            let changed = backend.add_features(set).await?;
            output.print(&json!({ "changed": changed }), || {
                format!("Added {}.", counted(changed, "feature"))
            })?;
        }
        Command::Delete(arguments) => arguments.run(backend, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl SetArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let key = self.feature_arg.key;
        let known = match backend.find_feature(&key).await {
            Err(error) if error.is_not_found() => None,
            found => Some(found?),
        };
        let stored = known.map_or_else(FeatureDraft::default, |known| FeatureDraft {
            label: Some(known.label),
            description: known.description,
            default_value: known.default_value,
            position: known.position,
        });
        let draft = FeatureDraft {
            label: self.label.or(stored.label),
            description: self.description.unwrap_or(stored.description),
            default_value: self.default.unwrap_or(stored.default_value),
            position: self.position.unwrap_or(stored.position),
        };
        let feature = backend.put_feature(&key, draft).await?;
        output.print(&feature, || {
            format!("Stored the feature {}.", clean(&feature.key))
        })
    }
}

impl DeleteArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let feature = backend.find_feature(&self.feature_arg.key).await?;
        let key = clean(&feature.key);
        self.confirm.check(output, &feature, || {
            format!("Deleting the feature {key} removes it from all groups.")
        })?;
        let deleted = backend.delete_feature(&feature.key).await?;
        deleted.print(output, &format!("the feature {key}"))
    }
}

fn row(feature: &Feature) -> [String; 4] {
    [
        feature.key.clone(),
        feature.label.clone(),
        on_or_off(feature).to_owned(),
        feature.position.to_string(),
    ]
}

fn text(feature: &Feature) -> String {
    let rows = [
        ["Key", &feature.key].map(str::to_owned),
        ["Label", &feature.label].map(str::to_owned),
        ["Description", &feature.description].map(str::to_owned),
        ["Default", on_or_off(feature)].map(str::to_owned),
        ["Position", &feature.position.to_string()].map(str::to_owned),
    ];
    Table::default().lay_out(&rows)
}

const fn on_or_off(feature: &Feature) -> &'static str {
    if feature.default_value { "on" } else { "off" }
}

impl Backend {
    /// Returns all features, in their order.
    async fn features(&self) -> Result<Vec<Feature>, CliError> {
        match self {
            Self::Database(services) => Ok(features::list(services, &operator()).await?),
            Self::Server(remote) => remote.get(FEATURES, &[]),
        }
    }

    /// Returns the feature with a key.
    async fn find_feature(&self, key: &str) -> Result<Feature, CliError> {
        let features = self.features().await?;
        let found = features.into_iter().find(|feature| feature.key == key);
        Ok(found.ok_or(Error::NotFound(Entity::Feature))?)
    }

    /// Creates or replaces a feature.
    async fn put_feature(&self, key: &str, draft: FeatureDraft) -> Result<Feature, CliError> {
        match self {
            Self::Database(services) => {
                Ok(features::put(services, &operator(), key, None, draft).await?)
            }
            Self::Server(remote) => remote.put(&path(key), &draft),
        }
    }

    /// Adds the features of a set. Returns their number.
    async fn add_features(&self, set: FeatureSet) -> Result<u64, CliError> {
        match self {
            Self::Database(services) => {
                Ok(features::add_set(services, &operator(), set).await? as u64)
            }
            Self::Server(remote) => {
                let body = json!({ "set": set });
                let count: ChangeCount = remote.post(FEATURES, &body)?;
                Ok(count.changed)
            }
        }
    }

    /// Deletes a feature. A server can continue the deletion as a job; without a server it is completed here.
    async fn delete_feature(&self, key: &str) -> Result<Deleted, CliError> {
        match self {
            Self::Database(services) => {
                features::delete(services, &operator(), key, None, None).await?;
                deletions::run_of(services, key).await?;
                Ok(Deleted::COMPLETE)
            }
            Self::Server(remote) => remote.delete(&path(key), &[]),
        }
    }
}

/// Returns the path of a feature in the API. A key that is no valid one is encoded, so that it names no other resource.
fn path(key: &str) -> String {
    let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("{FEATURES}/{}", key.replace('+', "%20"))
}
