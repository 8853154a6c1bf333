//! `rollcall user get`: the details of a user.

use domain::users::{Status, detail::UserDetail};

use super::{
    print::{Output, timestamp},
    table::Table,
    user_arg::UserArg,
};
use crate::{cli::backend::Backend, failure::BoxError};

/// Show a user.
#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    #[command(flatten)]
    user_arg: UserArg,
    /// Also show a deleted user.
    #[arg(long)]
    deleted: bool,
}

impl GetArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let user = if self.deleted {
            self.user_arg.find_any(backend).await?
        } else {
            self.user_arg.find(backend).await?
        };
        output.print_user(user, text)
    }
}

fn text(user: &UserDetail) -> String {
    let summary = &user.summary;
    let clients: Vec<String> = user.client_list.iter().map(i32::to_string).collect();
    let preferences = serde_json::to_string(&user.notification_preferences).unwrap_or_default();
    let at = |at: Option<_>| at.map_or_else(|| "never".to_owned(), timestamp);
    let created = format!(
        "{}, via {}",
        timestamp(summary.created_at),
        user.created_via.as_str()
    );
    let mut rows = vec![
        ["ID", &summary.number.to_string()].map(str::to_owned),
        ["Name", &summary.display_name].map(str::to_owned),
        ["Email", summary.email.as_deref().unwrap_or_default()].map(str::to_owned),
        ["Username", &summary.username].map(str::to_owned),
        ["Roles", &summary.roles.join(", ")].map(str::to_owned),
        ["Status", &status(user)].map(str::to_owned),
        ["Password", password(user)].map(str::to_owned),
        ["Clients", &clients.join(", ")].map(str::to_owned),
        ["Notifications", &preferences].map(str::to_owned),
        ["Owned data", &owns(user)].map(str::to_owned),
        ["Created", &created].map(str::to_owned),
        ["Last sign-in", &at(summary.last_login_at)].map(str::to_owned),
        ["Last active", &at(summary.last_active_at)].map(str::to_owned),
        ["UUID", &summary.id.to_string()].map(str::to_owned),
    ];
    if user.deleted_at.is_some() {
        rows.push(["Deleted", &at(user.deleted_at)].map(str::to_owned));
        rows.push(["Permanently deleted on", &at(user.purge_after)].map(str::to_owned));
    }
    Table::default().lay_out(&rows)
}

fn status(user: &UserDetail) -> String {
    let mut text = user.summary.status.as_str().to_owned();
    if user.summary.status == Status::Suspended
        && let Some(suspension) = &user.suspension
    {
        if let Some(until) = suspension.until {
            text.push_str(&format!(" until {}", timestamp(until)));
        }
        if let Some(reason) = &suspension.reason {
            text.push_str(&format!(": {reason}"));
        }
    }
    text
}

fn password(user: &UserDetail) -> &'static str {
    match (user.has_password, user.must_change_password) {
        (true, true) => "temporary",
        (true, false) => "set",
        (false, _) => "none",
    }
}

fn owns(user: &UserDetail) -> String {
    let conversations = user.conversation_count;
    let user = &user.summary;
    format!(
        "personas {}, ontologies {}, annotations {}, conversations {conversations}, API keys {}, sessions {}",
        user.persona_count,
        user.ontology_count,
        user.annotation_count,
        user.api_key_count,
        user.session_count
    )
}
