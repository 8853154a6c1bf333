//! `rollcall user list`

use domain::users::{
    UserSummary,
    list::{Limits, ListParams},
};
use service::{Error, Services, access::operator, users};

use super::{
    print::{Output, moment, note},
    table::Table,
};
use crate::{
    cli::{Failure, say},
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
    /// Whom to list, in the panel's words: 'role:admin last-login:never'.
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
    pub(super) async fn run(self, services: &Services, output: Output) -> Result<(), Failure> {
        let mut params = ListParams {
            q: Some(self.query),
            sort: Some(self.sort),
            ..ListParams::default()
        };
        let (mut skip, mut left) = (self.skip, self.limit);
        let mut rows = Rows::new(output);
        loop {
            let most = skip.saturating_add(left).clamp(1, PAGE);
            params.limit = Some(most.to_string());
            let query = params.parse(Limits::API).map_err(Error::from)?;
            let page = users::list(services, &operator(), &query).await?;
            let found = page.users.len();
            let wanted: Vec<UserSummary> = page.users.into_iter().skip(skip).take(left).collect();
            skip = skip.saturating_sub(found);
            left = left.saturating_sub(wanted.len());
            rows.give(wanted)?;
            params.after = page.after.filter(|_| left > 0);
            if params.after.is_none() {
                return rows.finish();
            }
        }
    }
}

/// The rows as they come.
struct Rows {
    output: Output,
    table: Table,
    any: bool,
}

impl Rows {
    fn new(output: Output) -> Self {
        Self {
            output,
            table: Table::default(),
            any: false,
        }
    }

    fn give(&mut self, users: Vec<UserSummary>) -> Result<(), Failure> {
        if users.is_empty() {
            return Ok(());
        }
        let text = if self.output.json {
            json(users, self.any)?
        } else {
            let headings = (!self.any).then(|| HEADINGS.map(str::to_owned));
            let rows: Vec<_> = headings.into_iter().chain(users.iter().map(row)).collect();
            self.table.lay_out(&rows)
        };
        self.any = true;
        say(&text)
    }

    fn finish(self) -> Result<(), Failure> {
        match (self.output.json, self.any) {
            (true, true) => say("]"),
            (true, false) => say("[]"),
            (false, true) => Ok(()),
            (false, false) => {
                note("There is nobody to list.");
                Ok(())
            }
        }
    }
}

/// Elements of one array that may have begun already: each line begins with what comes before its element.
fn json(users: Vec<UserSummary>, mut begun: bool) -> Result<String, Failure> {
    let mut lines = Vec::with_capacity(users.len());
    for user in users {
        let sign = if begun { ',' } else { '[' };
        let user = serde_json::to_string(&ListedUser::from(user))?;
        lines.push(format!("{sign}{user}"));
        begun = true;
    }
    Ok(lines.join("\n"))
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
