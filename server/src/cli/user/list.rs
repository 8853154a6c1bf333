//! `rollcall user list`: users as a table or as JSON.

use api::users::dto::UserListResponse;
use domain::users::{UserSummary, list::ListParams};

use super::print::{Output, timestamp};
use crate::{
    cli::{backend::Backend, rows::Rows},
    failure::BoxError,
};

/// Rows fetched per query.
const PAGE: usize = 1_000;

const HEADINGS: [&str; 8] = [
    "ID",
    "NAME",
    "EMAIL",
    "USERNAME",
    "ROLES",
    "STATUS",
    "CREATED",
    "LAST SIGN-IN",
];

/// List users, oldest first, without deleted ones.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Number of users to skip.
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// Maximum number of users.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Search, as in the panel: 'role:admin inactive:90d'.
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    query: String,
    /// Sort field, such as username or -last-login; a leading - sorts in descending order.
    #[arg(long, default_value = "created", allow_hyphen_values = true)]
    sort: String,
}

impl ListArgs {
    /// Fetches one page after another, so that only one is in memory, however many users there are.
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let mut params = ListParams {
            q: Some(self.query),
            sort: Some(self.sort),
            ..ListParams::default()
        };
        let (mut skip, mut left) = (self.skip, self.limit);
        let mut rows = Rows::new(output, HEADINGS, "No users found.");
        loop {
            let most = skip.saturating_add(left).clamp(1, PAGE);
            params.limit = Some(most.to_string());
            let (users, after) = backend.users(&params).await?;
            let found = users.len();
            let wanted: Vec<UserSummary> = users.into_iter().skip(skip).take(left).collect();
            skip = skip.saturating_sub(found);
            left = left.saturating_sub(wanted.len());
            let json = |user| serde_json::to_string(&UserListResponse::from(user));
            rows.print(wanted, json, row)?;
            params.after = after.filter(|_| left > 0);
            if params.after.is_none() {
                return rows.finish();
            }
        }
    }
}

fn row(user: &UserSummary) -> [String; 8] {
    let status = match user.suspended_until {
        Some(until) => format!("{} until {}", user.status.as_str(), timestamp(until)),
        None => user.status.as_str().to_owned(),
    };
    [
        user.number.to_string(),
        user.display_name.clone(),
        user.email.clone().unwrap_or_default(),
        user.username.clone(),
        user.roles.join(","),
        status,
        timestamp(user.created_at),
        user.last_login_at
            .map_or_else(|| "never".to_owned(), timestamp),
    ]
}
