//! Features of the host application. `shown` is the label that the page showed.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::features::{Feature, FeatureSet};
#[cfg(feature = "ssr")]
use domain::{
    features::FeatureDraft,
    fields::FieldErrors,
    flash::{Flash, FlashEvent, ResourceEvent, Undo},
    messages,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error, Services,
    access::{Caller, FeaturesRead, FeaturesWrite},
};

#[cfg(feature = "ssr")]
use super::first_values::{changed, is_changed};
#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use crate::labels::features::label as feature_label;

/// Path of the page.
pub const FEATURES: &str = "/features";

/// Action on a feature that needs only a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureOperation {
    /// Gives the feature to all users.
    Enable,
    /// Gives it only to the groups that have it.
    Disable,
}

impl FeatureOperation {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
        }
    }
}

/// A feature in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFeature {
    /// The feature.
    pub feature: Feature,
    /// Whether a job is deleting the feature.
    pub being_deleted: bool,
}

/// Lists all features in their order.
#[server(endpoint = "features", protocol = Get)]
pub async fn list_features() -> Result<Vec<ListedFeature>, ApiError> {
    ssr::call::<FeaturesRead, _>(async |services, authorized| {
        let deleted = service::features::list_being_deleted(&services, &authorized).await?;
        let features = service::features::list(&services, &authorized).await?;
        let listed = features.into_iter().map(|feature| ListedFeature {
            being_deleted: deleted.contains(&feature.key),
            feature,
        });
        Ok(listed.collect())
    })
    .await
}

/// Counts the groups that lose a feature when it is deleted.
#[server(endpoint = "feature-deletion", protocol = Get)]
pub async fn preview_feature_deletion(key: String) -> Result<u64, ApiError> {
    ssr::call::<FeaturesRead, _>(async |services, authorized| {
        service::features::preview_deletion(&services, &authorized, &key).await
    })
    .await
}

/// Adds a feature. Without a label, it is the last part of the key. Without a number, the position is the last one.
#[server(endpoint = "add-feature", protocol = Post)]
pub async fn add_feature(
    #[server(default)] key: String,
    #[server(default)] label: String,
    #[server(default)] description: String,
    #[server(default)] default_value: bool,
    #[server(default)] position: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<FeaturesWrite>()?;
        let key = key.trim();
        let known = service::features::list(&services, &caller.require()?).await?;
        if known.iter().any(|feature| feature.key == key) {
            return Err(field_error("key", messages::feature_exists()));
        }
        let last = known.iter().map(|feature| feature.position).max();
        let next = last.unwrap_or_default().saturating_add(1);
        let draft = FeatureDraft {
            label: Some(label),
            description,
            default_value,
            position: position.trim().parse().unwrap_or(next),
        };
        // No version: if the feature was added in between, it is not replaced.
        let added = service::features::put(&services, &authorized, key, Some(0), draft).await?;
        let flash = about(FlashEvent::Resource(ResourceEvent::FeatureCreated), &added);
        Ok(FormSuccess::flash(FEATURES, flash, None).await)
    })
    .await
}

/// Changes a feature if it still has the version that the form showed.
#[server(endpoint = "edit-feature", protocol = Post)]
pub async fn edit_feature(
    key: String,
    shown: String,
    version: i32,
    #[server(default)] label: String,
    #[server(default)] description: String,
    #[server(default)] default_value: bool,
    #[server(default)] position: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<FeaturesWrite>()?;
        let before = find(&services, &caller, &key, (&shown, version)).await?;
        let position = changed(&first, "position", position);
        let position = position.and_then(|typed| typed.trim().parse().ok());
        let draft = FeatureDraft {
            label: Some(changed(&first, "label", label).unwrap_or(before.label)),
            description: changed(&first, "description", description).unwrap_or(before.description),
            default_value: if is_changed(&first, "default_value", &default_value.to_string()) {
                default_value
            } else {
                before.default_value
            },
            position: position.unwrap_or(before.position),
        };
        let version = Some(version);
        let saved = service::features::put(&services, &authorized, &key, version, draft).await?;
        let flash = about(FlashEvent::Resource(ResourceEvent::FeatureSaved), &saved);
        Ok(FormSuccess::flash(FEATURES, flash, None).await)
    })
    .await
}

/// Gives a feature to all users, or only to the groups that have it.
#[server(endpoint = "set-feature-default", protocol = Post)]
pub async fn set_feature_default(
    key: String,
    shown: String,
    version: i32,
    operation: FeatureOperation,
) -> Result<FormSuccess, ApiError> {
    let (event, reverse) = match operation {
        FeatureOperation::Enable => (FlashEvent::FeatureEnabled, FeatureOperation::Disable),
        FeatureOperation::Disable => (FlashEvent::FeatureDisabled, FeatureOperation::Enable),
    };
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<FeaturesWrite>()?;
        let before = find(&services, &caller, &key, (&shown, version)).await?;
        let draft = FeatureDraft {
            label: Some(before.label),
            description: before.description,
            default_value: operation == FeatureOperation::Enable,
            position: before.position,
        };
        let put = service::features::put(&services, &authorized, &key, Some(version), draft);
        let saved = put.await?;
        if saved.version == version {
            return Ok(FormSuccess::to(FEATURES));
        }
        let version = saved.version.to_string();
        let fields = [
            ("key", key.as_str()),
            ("shown", &saved.label),
            ("version", &version),
            ("operation", reverse.as_str()),
        ];
        let undo = Undo {
            path: FEATURES.to_owned(),
            form: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish(),
        };
        let flash = about(event, &saved);
        Ok(FormSuccess::flash(FEATURES, flash, Some(undo)).await)
    })
    .await
}

/// Deletes a feature, and removes it from all groups, if it still has the version and the number of groups that the dialog showed.
#[server(endpoint = "delete-feature", protocol = Post)]
pub async fn delete_feature(
    key: String,
    shown: String,
    version: i32,
    groups: u64,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<FeaturesWrite>()?;
        let feature = find(&services, &caller, &key, (&shown, version)).await?;
        let (version, groups) = (Some(version), Some(groups));
        let job = service::features::delete(&services, &authorized, &key, version, groups).await?;
        let event = if job.is_some() {
            FlashEvent::FeatureDeletionStarted
        } else {
            FlashEvent::Resource(ResourceEvent::FeatureDeleted)
        };
        let flash = about(event, &feature);
        Ok(FormSuccess::flash(FEATURES, flash, None).await)
    })
    .await
}

/// Adds the features of a set that the catalogue lacks.
#[server(endpoint = "add-feature-set", protocol = Post)]
pub async fn add_feature_set(set: FeatureSet) -> Result<FormSuccess, ApiError> {
    ssr::call_with_read::<FeaturesWrite, _>(async |services, authorized| {
        let added = service::features::add_set(&services, &authorized, set).await?;
        let added = u64::try_from(added).unwrap_or(u64::MAX);
        let flash = Flash::of(FlashEvent::FeaturesAdded, [set.as_str()]).counting(added);
        Ok(FormSuccess::flash(FEATURES, flash, None).await)
    })
    .await
}

/// Returns the message about a feature, which it names in the language of the request.
#[cfg(feature = "ssr")]
fn about(event: FlashEvent, feature: &Feature) -> Flash {
    Flash::of(event, [feature_label(&feature.key, &feature.label)])
}

#[cfg(feature = "ssr")]
fn field_error(field: &str, message: domain::message::Message) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Error::Invalid(errors)
}

/// Returns the feature with a key if it has the label that was shown. In another version, the change itself is denied, with the
/// new values.
#[cfg(feature = "ssr")]
async fn find(
    services: &Services,
    caller: &Caller,
    key: &str,
    (shown, version): (&str, i32),
) -> Result<Feature, Error> {
    let found = service::features::find(services, &caller.require()?, key).await?;
    if found.label == shown || found.version != version {
        Ok(found)
    } else {
        Err(Error::TargetMismatch(shown.to_owned()))
    }
}
