//! Users: rows as LiteLLM writes them, and their routes.

pub(super) mod bulk;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod info;
pub(super) mod list;
pub(super) mod update;

use serde_json::{Map, Value, json};
use service::directory::DirectoryUser;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{body::KEPT, budgets, roles};

/// Models of a user who can use none.
pub(super) const NO_MODELS: &str = "no-default-models";

/// Returns a user as a row of LiteLLM.
pub(super) fn row(user: &DirectoryUser) -> Map<String, Value> {
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| row.insert(name.to_owned(), value);
    set("user_id", user.identifier.as_str().into());
    set("user_alias", given(&user.display_name));
    set("user_email", user.email.clone().into());
    set("user_role", roles::of(&user.roles).into());
    set("teams", user.groups.clone().into());
    set("models", models(user.models.as_deref()));
    set("spend", budgets::dollars(user.spend));
    set("budget_reset_at", timestamp(user.resets_at));
    set("status", user.status.as_str().into());
    set("key_count", user.keys.into());
    set("created_at", timestamp(Some(user.created_at)));
    set("updated_at", timestamp(Some(user.updated_at)));
    for name in [
        "organization_id",
        "team_id",
        "sso_user_id",
        "object_permission",
    ] {
        set(name, Value::Null);
    }
    for name in ["metadata", "model_max_budget", "model_spend"] {
        set(name, json!({}));
    }
    set("allowed_cache_controls", json!([]));
    set("policies", json!([]));
    budgets::write(&mut row, &user.limits);
    for name in KEPT {
        if let Some(value) = user.extension.get(name).filter(|value| !value.is_null()) {
            row.insert(name.to_owned(), value.clone());
        }
    }
    row
}

/// Returns a text, or null if it is empty.
fn given(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        Value::from(text)
    }
}

/// Returns a list of models: an empty one for all.
pub(super) fn models(models: Option<&[String]>) -> Value {
    match models {
        None => json!([]),
        Some([]) => json!([NO_MODELS]),
        Some(models) => json!(models),
    }
}

/// Returns the models that a list of LiteLLM means: None for all, an empty list for none.
pub(super) fn read_models(models: &[String]) -> Option<Vec<String>> {
    let is_all = models.is_empty() || models.iter().any(|model| model == "all-proxy-models");
    let named = models.iter().filter(|model| *model != NO_MODELS);
    (!is_all).then(|| named.cloned().collect())
}

/// Returns a time as text, or null.
pub(super) fn timestamp(at: Option<OffsetDateTime>) -> Value {
    let text = at.and_then(|at| at.format(&Rfc3339).ok());
    text.map_or(Value::Null, Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_models_are_translated_both_ways() {
        let texts =
            |names: &[&str]| -> Vec<String> { names.iter().map(ToString::to_string).collect() };
        for (sent, own) in [
            (&[][..], None),
            (&["all-proxy-models"], None),
            (&[NO_MODELS], Some(&[][..])),
            (&["gpt", NO_MODELS], Some(&["gpt"][..])),
        ] {
            assert_eq!(read_models(&texts(sent)), own.map(texts), "{sent:?}");
        }
        assert_eq!(models(None), json!([]));
        assert_eq!(models(Some(&[])), json!([NO_MODELS]));
    }
}
