//! Explanations of the settings, and labels of their sources and of the states of jobs.

use std::borrow::Cow;

use domain::{jobs::JobState, text::capitalized};

use crate::text;

/// Returns the explanation of a setting by its name; `None` for an unknown one.
#[must_use]
pub fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "DATABASE_URL" => text::settings::about_database_url(),
        "DATABASE_MAX_CONNECTIONS" => text::settings::about_database_max_connections(),
        "LEPTOS_SITE_ADDR" => text::settings::about_leptos_site_addr(),
        "LEPTOS_SITE_ROOT" => text::settings::about_leptos_site_root(),
        "METRICS_ADDR" => text::settings::about_metrics_addr(),
        "PUBLIC_URL" => text::settings::about_public_url(),
        "TRUSTED_PROXIES" => text::settings::about_trusted_proxies(),
        "DIALECTS" => text::settings::about_dialects(),
        "TRACKER_ADDR" => text::settings::about_tracker_addr(),
        "MAESER_ADDR" => text::settings::about_maeser_addr(),
        "OPENWEBUI_ADDR" => text::settings::about_openwebui_addr(),
        "LITELLM_ADDR" => text::settings::about_litellm_addr(),
        "LITELLM_MASTER_KEY" => text::settings::about_litellm_master_key(),
        "API_RATE_LIMIT" => text::settings::about_api_rate_limit(),
        "SESSION_TIMEOUT_DAYS" => text::settings::about_session_timeout_days(),
        "SESSION_REMEMBER_DAYS" => text::settings::about_session_remember_days(),
        "SESSION_IDLE_HOURS" => text::settings::about_session_idle_hours(),
        "SESSION_LIMIT" => text::settings::about_session_limit(),
        "TOKEN_MAX_DAYS" => text::settings::about_token_max_days(),
        "OWNED_DATA_MAX_MB" => text::settings::about_owned_data_max_mb(),
        "PASSWORD_MIN_LENGTH" => text::settings::about_password_min_length(),
        "ADMIN_SET_PASSWORDS" => text::settings::about_admin_set_passwords(),
        "PASSWORD_CHECK" => text::settings::about_password_check(),
        "ALLOW_REGISTRATION" => text::settings::about_allow_registration(),
        "ALLOW_ACCOUNT_DELETION" => text::settings::about_allow_account_deletion(),
        "REGISTRATION_APPROVAL" => text::settings::about_registration_approval(),
        "DELETE_RETENTION_DAYS" => text::settings::about_delete_retention_days(),
        "USAGE_RETENTION_DAYS" => text::settings::about_usage_retention_days(),
        "CONVERSATION_SEARCH" => text::settings::about_conversation_search(),
        "API_KEY_ENCRYPTION_KEY" => text::settings::about_api_key_encryption_key(),
        "API_KEY_PROVIDERS" => text::settings::about_api_key_providers(),
        "LOG_FORMAT" => text::settings::about_log_format(),
        "LOG_LEVEL" => text::settings::about_log_level(),
        _ => return None,
    })
}

/// Returns the reason why a setting's other value is weaker than the default; `None` if none is.
#[must_use]
pub fn weakness(name: &str) -> Option<&'static str> {
    match name {
        "ADMIN_SET_PASSWORDS" => Some(text::settings::weak_admin_set_passwords()),
        "PASSWORD_CHECK" => Some(text::settings::weak_password_check()),
        _ => None,
    }
}

/// Returns the label of the source of a setting's value. A file is its own label.
pub(crate) fn source(source: &str) -> Cow<'static, str> {
    match source {
        "environment" => text::settings::source_environment().into(),
        "default" => text::settings::source_default().into(),
        file => capitalized(file).into(),
    }
}

/// Returns the label of the state of a job.
pub(crate) fn job_state(state: JobState) -> &'static str {
    match state {
        JobState::Queued => text::settings::state_queued(),
        JobState::Running => text::settings::state_running(),
        JobState::Done => text::settings::state_done(),
        JobState::Failed => text::settings::state_failed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_setting_has_no_explanation() {
        assert_eq!(meaning("SHOE_SIZE"), None);
        assert_eq!(weakness("LOG_FORMAT"), None);
    }

    #[test]
    fn file_is_its_own_label() {
        for (name, label) in [
            ("environment", "Environment"),
            ("default", "Default"),
            (".env", ".env"),
            ("Leptos.toml", "Leptos.toml"),
        ] {
            assert_eq!(source(name), label);
        }
    }

    #[test]
    fn english_states_of_jobs_are_their_names() {
        for state in JobState::ALL {
            assert_eq!(job_state(*state), capitalized(state.as_str()));
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn settings_are_explained_in_the_language_of_the_page() {
        let english = Some("Minimum password length.");
        assert_eq!(meaning("PASSWORD_MIN_LENGTH"), english);
        Owner::new().with(|| {
            provide_context(Language::German);
            let german = Some("Mindestlänge von Passwörtern.");
            assert_eq!(meaning("PASSWORD_MIN_LENGTH"), german);
            assert_eq!(source("default"), "Standard");
            assert_eq!(job_state(JobState::Running), "Läuft");
        });
    }
}
