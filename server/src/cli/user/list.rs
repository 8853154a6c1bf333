//! `rollcall user list`

use domain::users::{UserSummary, list::ListParams};

use super::print::{Output, moment};
use crate::{
    cli::{Failure, place::Place, rows::Rows},
    rest::users::ListedUser,
};

/// Rows read in one go.
const PAGE: usize = 1_000;

const HEADINGS: [&str; 8] = [
    "ID",
    "NAME",
    "EMAIL",
    "USERNAME",
    "ROLES",
    "STATUS",
    "MADE",
    "LAST SIGN-IN",
];

/// List people, the oldest account first, without those in the bin.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Number of people to skip.
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// Most people to list.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Whom to list, in the panel's words: 'role:admin inactive:90d'.
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    query: String,
    /// Order, such as username or -last-login; a - in front turns it round.
    #[arg(long, default_value = "created", allow_hyphen_values = true)]
    sort: String,
}

impl ListArgs {
    /// Walks the pages: nothing is held but one, however many there are.
    pub(super) async fn run(self, place: &Place, output: Output) -> Result<(), Failure> {
        let mut params = ListParams {
            q: Some(self.query),
            sort: Some(self.sort),
            ..ListParams::default()
        };
        let (mut skip, mut left) = (self.skip, self.limit);
        let mut rows = Rows::new(output, HEADINGS, "There is nobody to list.");
        loop {
            let most = skip.saturating_add(left).clamp(1, PAGE);
            params.limit = Some(most.to_string());
            let (users, after) = place.users(&params).await?;
            let found = users.len();
            let wanted: Vec<UserSummary> = users.into_iter().skip(skip).take(left).collect();
            skip = skip.saturating_sub(found);
            left = left.saturating_sub(wanted.len());
            let json = |user| serde_json::to_string(&ListedUser::from(user));
            rows.give(wanted, json, row)?;
            params.after = after.filter(|_| left > 0);
            if params.after.is_none() {
                return rows.finish();
            }
        }
    }
}

fn row(user: &UserSummary) -> [String; 8] {
    let status = match user.suspended_until {
        Some(until) => format!("{} until {}", user.status.as_str(), moment(until)),
        None => user.status.as_str().to_owned(),
    };
    [
        user.number.to_string(),
        user.display_name.clone(),
        user.email.clone().unwrap_or_default(),
        user.username.clone(),
        user.roles.join(","),
        status,
        moment(user.created_at),
        user.last_login_at
            .map_or_else(|| "never".to_owned(), moment),
    ]
}
