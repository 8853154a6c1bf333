//! The form that changes a virtual key.

use domain::{
    access_tokens::{AccessToken, VirtualKeyEdit},
    fields::FieldErrors,
    messages,
};
use leptos::prelude::*;
use serde_json::Value;
#[cfg(feature = "ssr")]
use service::{Error, access::TokensWrite, guard::TargetRef};
use uuid::Uuid;

use super::{lifetime, metadata, models};
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{
    error::ApiError,
    first_values::{changed, is_changed},
    form_success::FormSuccess,
    wire::Post,
};

/// Models that a key can use, as the form selects them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyModels {
    /// All models.
    All,
    /// The listed models.
    Listed,
    /// No models.
    None,
}

impl KeyModels {
    /// All choices, in the order of the form.
    pub const ALL: [Self; 3] = [Self::All, Self::Listed, Self::None];

    /// Name of the choice in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Listed => "listed",
            Self::None => "none",
        }
    }

    /// Returns the choice of a stored key.
    #[must_use]
    pub fn of(key: &AccessToken) -> Self {
        let details = key.key.as_ref();
        match details.and_then(|details| details.allowed_models.as_ref()) {
            None => Self::All,
            Some(models) if models.is_empty() => Self::None,
            Some(_) => Self::Listed,
        }
    }
}

/// Returns the models of a stored key, one in each line.
#[must_use]
pub fn models_text(key: &AccessToken) -> String {
    let details = key.key.as_ref();
    let models = details.and_then(|details| details.allowed_models.as_ref());
    models.map_or_else(String::new, |models| models.join("\n"))
}

/// Returns the data of the host application as JSON; an empty text if there is none.
#[must_use]
pub fn metadata_text(key: &AccessToken) -> String {
    let details = key.key.as_ref();
    let metadata = details.map(|details| &details.metadata);
    let metadata = metadata.filter(|metadata| !metadata.is_empty());
    metadata.map_or_else(String::new, |metadata| {
        Value::Object(metadata.clone()).to_string()
    })
}

/// Changes a virtual key if it still has the version that the form is based on. `shown` is the name that the page showed,
/// `first` has the values of the fields.
#[server(endpoint = "edit-virtual-key", protocol = Post)]
pub async fn edit_virtual_key(
    page: String,
    id: Uuid,
    username: String,
    shown: String,
    version: i32,
    #[server(default)] name: String,
    #[server(default)] models: String,
    #[server(default)] allowed_models: String,
    #[server(default)] days: String,
    #[server(default)] no_end: bool,
    #[server(default)] metadata: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    use domain::{
        access::local_path,
        flash::{Flash, FlashEvent},
    };
    let target = TargetRef::of_user(id, username.as_str())
        .with_name(shown.as_str())
        .at_version(version);
    let form = EditVirtualKey {
        page: page.clone(),
        id,
        username,
        shown,
        version,
        name,
        models,
        allowed_models,
        days,
        no_end,
        metadata,
        first,
    };
    ssr::call_with_read::<TokensWrite, _>(async |services, authorized| {
        let edit = edit(form, services.settings.token_max_days).map_err(Error::Invalid)?;
        let key = service::access_tokens::edit_key(&services, &authorized, target, &edit).await?;
        let names = [key.name, key.user.username];
        let flash = Flash::of(FlashEvent::VirtualKeySaved, names);
        Ok(FormSuccess::flash(local_path(&page), flash, None).await)
    })
    .await
}

/// Converts the form to an edit of the changed fields. `longest` is the maximum lifetime in days, 0 for none.
///
/// # Errors
/// Returns the errors of all fields.
pub fn edit(form: EditVirtualKey, longest: u16) -> Result<VirtualKeyEdit, FieldErrors> {
    let (metadata, unreadable) = match metadata(&form.metadata) {
        Ok(metadata) => (Some(metadata), None),
        Err(error) => (None, Some(error)),
    };
    let listed = models(&form.allowed_models);
    let none_listed = form.models == KeyModels::Listed.as_str() && listed.is_none();
    let first = form.first.as_str();
    let has_other_models = is_changed(first, "models", &form.models)
        || is_changed(first, "allowed_models", &form.allowed_models);
    let allowed_models = match form.models.as_str() {
        _ if !has_other_models => None,
        "all" => Some(None),
        "none" => Some(Some(Vec::new())),
        "listed" => Some(listed),
        _ => None,
    };
    let days = match lifetime(&form.days) {
        None if form.no_end => Some(None),
        None => None,
        days => Some(days),
    };
    let edit = VirtualKeyEdit {
        name: changed(first, "name", form.name),
        days,
        allowed_models,
        metadata: metadata.filter(|_| is_changed(first, "metadata", &form.metadata)),
    };
    let mut errors = edit.check(longest).err().unwrap_or_default();
    if none_listed {
        errors.add("allowed_models", messages::enter_value());
    }
    if let Some(error) = unreadable {
        errors.add("metadata", error);
    }
    if errors.is_empty() {
        Ok(edit)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(models: &str, listed: &str) -> EditVirtualKey {
        EditVirtualKey {
            page: String::new(),
            id: Uuid::nil(),
            username: "ada".to_owned(),
            shown: "lab".to_owned(),
            version: 1,
            name: "lab".to_owned(),
            models: models.to_owned(),
            allowed_models: listed.to_owned(),
            days: String::new(),
            no_end: false,
            metadata: String::new(),
            first: String::new(),
        }
    }

    #[test]
    fn models_all_none_and_listed_are_distinct() {
        let gpt = || Some(vec!["gpt".to_owned()]);
        for (choice, listed, expected) in [
            ("all", "gpt", Some(None)),
            ("none", "gpt", Some(Some(Vec::new()))),
            ("listed", "gpt", Some(gpt())),
            ("", "gpt", None),
        ] {
            let edit = edit(form(choice, listed), 365).unwrap();
            assert_eq!(edit.allowed_models, expected, "{choice:?}");
        }
        let errors = edit(form("listed", " "), 365).unwrap_err();
        assert!(errors.get("allowed_models").is_some());
    }

    #[test]
    fn expiry_stays_unless_days_are_typed() {
        let days = |days: &str, no_end| {
            let form = EditVirtualKey {
                days: days.to_owned(),
                no_end,
                ..form("all", "")
            };
            edit(form, 0).map(|edit| edit.days)
        };
        assert_eq!(days("", false), Ok(None));
        assert_eq!(days("30", false), Ok(Some(Some(30))));
        assert_eq!(days("", true), Ok(Some(None)));
        assert!(days("x", false).is_err());
    }

    #[test]
    fn every_error_is_reported() {
        let bad = EditVirtualKey {
            name: " ".to_owned(),
            days: "0".to_owned(),
            metadata: "[]".to_owned(),
            ..form("listed", "")
        };
        let errors = edit(bad, 365).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "days", "allowed_models", "metadata"]);
    }
}
