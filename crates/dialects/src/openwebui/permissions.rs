//! The permission tree of Open WebUI: the features of the catalogue that have its keys, as objects of two levels.

use std::collections::BTreeMap;

use axum::{Json, Router, extract::State, routing::get};
use domain::features::{Feature, FeatureDraft, FeatureSet};
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{Caller, FeaturesRead, FeaturesWrite, Identity},
    features,
};

use super::{Reply, form};
use crate::{Authenticated, DialectError, JsonBody};

/// The set of features that the tree consists of.
const SET: FeatureSet = FeatureSet::OpenWebui;

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/users/permissions", get(own_permissions))
        .route(
            "/api/v1/users/default/permissions",
            get(defaults).post(set_defaults),
        )
        .route(
            "/api/v1/users/default/permissions/defaults",
            get(defaults_of_defaults),
        )
}

async fn own_permissions(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    Ok(Json(of_caller(&services, identity.user()?).await?))
}

async fn defaults(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    Ok(Json(stored_defaults(&services, &identity).await?))
}

async fn defaults_of_defaults(Authenticated(identity): Authenticated) -> Reply {
    identity.require::<FeaturesRead>()?;
    Ok(Json(tree(builtin())))
}

/// Changes the defaults that are in the body, each with its own entry in the audit log.
async fn set_defaults(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let authorized = identity.require::<FeaturesWrite>()?;
    let wanted = leaves(&body)?;
    add_missing(&services, &identity, wanted.keys()).await?;
    for feature in list(&services, &identity).await? {
        let Some(value) = wanted.get(&feature.key) else {
            continue;
        };
        if *value == feature.default_value {
            continue;
        }
        let version = Some(feature.version);
        let draft = FeatureDraft {
            label: Some(feature.label),
            description: feature.description,
            default_value: *value,
            position: feature.position,
        };
        features::put(&services, &authorized, &feature.key, version, draft).await?;
    }
    Ok(Json(stored_defaults(&services, &identity).await?))
}

/// Returns the permissions of the caller. Those that are not in the catalogue have their defaults.
pub(super) async fn of_caller(services: &Services, caller: &Caller) -> Result<Value, Error> {
    let mut values = builtin();
    for feature in features::list_own(services, caller).await? {
        if let Some(value) = values.get_mut(&feature.key) {
            *value = feature.value;
        }
    }
    Ok(tree(values))
}

/// Returns whether a tree of permissions has one that is true.
pub(super) fn includes(tree: &Value, section: &str, name: &str) -> bool {
    let found = tree.get(section).and_then(|section| section.get(name));
    found.and_then(Value::as_bool).unwrap_or_default()
}

/// Returns the permissions that a group grants; null if it grants none.
pub(super) fn of_group(granted: &[String]) -> Value {
    let mut values = builtin();
    for (key, value) in &mut values {
        *value = granted.contains(key);
    }
    if values.values().any(|value| *value) {
        tree(values)
    } else {
        Value::Null
    }
}

/// Returns the features of a group that is to grant the permissions of a tree. Features that have no place in the tree stay.
pub(super) async fn features_of(
    services: &Services,
    identity: &Identity,
    before: &[String],
    permissions: &Map<String, Value>,
) -> Result<Vec<String>, DialectError> {
    let known = builtin();
    let others = before.iter().filter(|key| !known.contains_key(*key));
    let mut keys: Vec<String> = others.cloned().collect();
    let granted = leaves(permissions)?.into_iter();
    let granted: Vec<String> = granted
        .filter(|(_, value)| *value)
        .map(|(key, _)| key)
        .collect();
    add_missing(services, identity, granted.iter()).await?;
    keys.extend(granted);
    Ok(keys)
}

/// Adds the set to the catalogue, if that lacks one of the keys.
async fn add_missing(
    services: &Services,
    identity: &Identity,
    mut keys: impl Iterator<Item = &String>,
) -> Result<(), Error> {
    let known = list(services, identity).await?;
    if keys.any(|key| known.iter().all(|feature| feature.key != *key)) {
        features::add_set(services, &identity.require::<FeaturesWrite>()?, SET).await?;
    }
    Ok(())
}

async fn list(services: &Services, identity: &Identity) -> Result<Vec<Feature>, Error> {
    features::list(services, &identity.require::<FeaturesRead>()?).await
}

async fn stored_defaults(services: &Services, identity: &Identity) -> Result<Value, Error> {
    let mut values = builtin();
    for feature in list(services, identity).await? {
        if let Some(value) = values.get_mut(&feature.key) {
            *value = feature.default_value;
        }
    }
    Ok(tree(values))
}

/// Returns the keys of the set with their defaults.
fn builtin() -> BTreeMap<String, bool> {
    let features = SET.features().into_iter();
    features
        .map(|feature| (feature.key, feature.default_value))
        .collect()
}

/// Returns an object for each section, with the values of its keys.
fn tree(values: BTreeMap<String, bool>) -> Value {
    let mut sections: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (key, value) in values {
        if let Some((section, name)) = key.split_once('.') {
            let section = sections.entry(section.to_owned()).or_default();
            section.insert(name.to_owned(), value.into());
        }
    }
    let sections = sections.into_iter();
    Value::Object(
        sections
            .map(|(name, section)| (name, Value::Object(section)))
            .collect(),
    )
}

/// Returns the values of a tree by the keys of the set. Others are ignored.
fn leaves(tree: &Map<String, Value>) -> Result<BTreeMap<String, bool>, DialectError> {
    let known = builtin();
    let mut values = BTreeMap::new();
    for name in tree.keys() {
        for (leaf, value) in form::object(tree, name)?.unwrap_or_default() {
            let key = format!("{name}.{leaf}");
            if !known.contains_key(&key) {
                continue;
            }
            let value = value
                .as_bool()
                .ok_or_else(|| form::malformed(&key, "a boolean"))?;
            values.insert(key, value);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn tree_has_the_sections_of_the_client() {
        let all = tree(builtin());
        assert_eq!(object(&all).len(), 6);
        assert_eq!(all["chat"]["import"], json!(true));
        assert_eq!(all["workspace"]["models"], json!(false));
        assert_eq!(leaves(&object(&all)).ok(), Some(builtin()));
        assert!(includes(&all, "chat", "import"));
        assert!(!includes(&all, "chat", "none"));
    }

    #[test]
    fn groups_grant_what_is_true() {
        assert_eq!(of_group(&[]), Value::Null);
        assert_eq!(of_group(&["lab.use".to_owned()]), Value::Null);
        let granted = of_group(&["chat.call".to_owned()]);
        assert_eq!(granted["chat"]["call"], json!(true));
        assert_eq!(granted["chat"]["stt"], json!(false));
    }

    #[test]
    fn values_of_other_types_are_malformed() {
        for (tree, is_well) in [
            (json!({ "chat": { "call": true, "unknown": 7 } }), true),
            (json!({ "unknown": { "call": true } }), true),
            (json!({ "chat": null }), true),
            (json!({ "chat": true }), false),
            (json!({ "chat": { "call": "yes" } }), false),
        ] {
            assert_eq!(leaves(&object(&tree)).is_ok(), is_well, "{tree}");
        }
    }
}
