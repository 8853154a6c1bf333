//! Allowed models: a user or a virtual key can be limited to some models.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MODEL_MAX, SubjectKind};
use crate::{fields::FieldErrors, label::parse_label, messages};

/// Maximum number of models in a list.
const MODELS_MAX: usize = 200;
/// Name of the field with the models.
const FIELD: &str = "allowed_models";

/// The models that a user can use, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AllowedModelsPutRequest)]
pub struct AllowedModelsDraft {
    /// Names of the models; `null` for all, an empty list for none. It cannot be left out.
    #[serde(deserialize_with = "super::forms::nullable")]
    #[schema(required = true)]
    pub allowed_models: Option<Vec<String>>,
}

/// The models that a user can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AllowedModelsResponse)]
pub struct AllowedModels {
    /// The id of the user.
    pub id: Uuid,
    /// Names of the models; `None` for all, an empty list for none.
    pub allowed_models: Option<Vec<String>>,
}

/// A use of a model that the user or the token cannot use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelDenied {
    /// Subject of the list that denies it: a user or a token.
    pub by: SubjectKind,
    /// Model; `None` for a use without one, which an empty list denies.
    pub model: Option<String>,
}

impl AllowedModelsDraft {
    /// Checks the names.
    ///
    /// # Errors
    /// The error of the field.
    pub fn check(&self) -> Result<Option<Vec<String>>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let models = check_models(self.allowed_models.as_deref(), &mut errors);
        if errors.is_empty() {
            Ok(models)
        } else {
            Err(errors)
        }
    }
}

/// Checks a list of models. Each is in the result once, in the order of the list.
pub(crate) fn check_models(
    models: Option<&[String]>,
    errors: &mut FieldErrors,
) -> Option<Vec<String>> {
    let models = models?;
    if models.len() > MODELS_MAX {
        errors.add(FIELD, messages::models_max(MODELS_MAX));
        return None;
    }
    let mut checked = Vec::new();
    for model in models {
        let parsed = errors.take(FIELD, parse_label(model, MODEL_MAX));
        checked.extend(parsed.filter(|model| !checked.contains(model)));
    }
    Some(checked)
}

/// Returns whether a list of allowed models permits a use, `None` for all models. Without a model only an empty list denies it.
#[must_use]
pub fn permits(allowed: Option<&[String]>, model: Option<&str>) -> bool {
    let Some(allowed) = allowed else { return true };
    match model {
        Some(model) => allowed.iter().any(|known| known == model),
        None => !allowed.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_list_permits_all_and_an_empty_one_none() {
        let list = |models: &[&str]| models.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (none, two) = (list(&[]), list(&["gpt", "llama"]));
        for (allowed, model, is_permitted) in [
            (None, Some("gpt"), true),
            (None, None, true),
            (Some(&none), Some("gpt"), false),
            (Some(&none), None, false),
            (Some(&two), Some("gpt"), true),
            (Some(&two), Some("gpt-5"), false),
            (Some(&two), Some("GPT"), false),
            (Some(&two), None, true),
        ] {
            let allowed = allowed.map(Vec::as_slice);
            assert_eq!(
                permits(allowed, model),
                is_permitted,
                "{allowed:?} {model:?}"
            );
        }
    }

    #[test]
    fn list_of_models_is_bounded() {
        let check = |models: Vec<String>| {
            let draft = AllowedModelsDraft {
                allowed_models: Some(models),
            };
            draft.check()
        };
        let many = (0..MODELS_MAX).map(|number| number.to_string());
        assert!(check(many.clone().collect()).is_ok());
        assert!(check(many.chain(["x".to_owned()]).collect()).is_err());
        assert!(check(vec!["x".repeat(MODEL_MAX + 1)]).is_err());
        assert!(check(vec![" ".to_owned()]).is_err());
        assert!(serde_json::from_str::<AllowedModelsDraft>("{}").is_err());
    }
}
