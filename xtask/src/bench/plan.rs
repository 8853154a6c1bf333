//! Settings, targets and cases of the benchmark: `bench/cases.toml`.

use anyhow::{Context, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::words::SearchWords;
use crate::{files, workspace::Workspace};

const FILE: &str = "bench/cases.toml";

/// Content of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) users: UserSettings,
    pub(super) full: Size,
    pub(super) quick: Size,
    pub(super) targets: Targets,
    #[serde(rename = "case")]
    pub(super) cases: Vec<Case>,
}

/// Settings of the generator for every size.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserSettings {
    pub(super) seed: u64,
    /// Number of users that can sign in.
    pub(super) accounts: u64,
}

/// Size of a run.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    /// Name of the database.
    pub(super) database: String,
    pub(super) users: u64,
    /// Number of events of usage.
    pub(super) events: u64,
    /// Number of messages of conversations.
    pub(super) messages: u64,
    pub(super) warm_up_ms: u64,
    /// Duration of each measurement in seconds.
    pub(super) seconds: u64,
    /// Number of annotations of the user that is deleted during a measurement.
    pub(super) removed: u64,
}

/// Targets that do not belong to a single case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Targets {
    pub(super) half_way: f64,
    pub(super) floor: f64,
    pub(super) queries: usize,
    pub(super) sign_ins: f64,
    pub(super) removal: f64,
    pub(super) memory_mb: f64,
    pub(super) start_up_s: f64,
    pub(super) wasm_kb: f64,
    pub(super) revocation_ms: f64,
    pub(super) panels_mb: f64,
    pub(super) members_ms: f64,
}

/// Page of a list to measure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    #[serde(default)]
    pub(super) of: Face,
    #[serde(default)]
    list: List,
    sort: Option<String>,
    q: Option<String>,
    /// Filters of the session list: device, address and time last seen, spelled as in the panel's URL.
    device: Option<String>,
    address: Option<String>,
    seen: Option<String>,
    /// Filters of the audit log: actor, target, action, source and end of the period, spelled as in the panel's URL.
    actor: Option<String>,
    target: Option<String>,
    action: Option<String>,
    via: Option<String>,
    to: Option<String>,
    /// Filter of the list of resources.
    kind: Option<String>,
    /// Filters of the list of conversations.
    branch: Option<String>,
    feedback: Option<String>,
    /// JSON body of a request that is a POST; of several lines each request has one.
    body: Option<String>,
    #[serde(default = "usual_limit")]
    limit: u16,
    /// Also measure the page in the middle of the list.
    #[serde(default)]
    pub(super) half_way: bool,
    /// Limit for the 99th percentile of the response time at one connection, in milliseconds.
    pub(super) p99_ms: f64,
    /// Minimum number of requests per second at one connection, where the case has such a target.
    pub(super) per_second: Option<f64>,
    /// The same two for eight connections.
    pub(super) together_per_second: Option<f64>,
    pub(super) together_p99_ms: Option<f64>,
}

/// List that a case requests.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum List {
    /// The list of users.
    #[default]
    Users,
    /// The list of all users' sessions.
    Sessions,
    /// The audit log.
    Audit,
    /// The list of groups.
    Groups,
    /// The members of the largest group.
    Members,
    /// The list of resources.
    Resources,
    /// The resources that a user can reach.
    Reachable,
    /// Features and numbers of resources of a user, which is no list.
    Access,
    /// Questions about access, which are no list.
    Check,
    /// A use to count, which is no list.
    Consume,
    /// The usage of all users in 30 days, which is no list.
    Usage,
    /// The list of conversations.
    Conversations,
}

impl List {
    /// Returns whether the response has a number of matches.
    const fn is_counted(self) -> bool {
        !matches!(
            self,
            Self::Access | Self::Check | Self::Consume | Self::Usage
        )
    }
}

/// Kind of client.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Face {
    /// API client: JSON, uncompressed.
    #[default]
    Json,
    /// Browser: server-rendered HTML, compressed.
    Html,
}

fn usual_limit() -> u16 {
    50
}

impl Plan {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        toml::from_str(&files::text(&workspace.root.join(FILE))?)
            .with_context(|| format!("{FILE} cannot be used"))
    }
}

impl Face {
    /// Returns the path of a list for this kind of client.
    fn path(self, list: List) -> &'static str {
        match (self, list) {
            (Self::Json, List::Users) => "/api/admin/users",
            (Self::Json, List::Sessions) => "/api/admin/sessions",
            (Self::Json, List::Audit) => "/api/admin/audit",
            (Self::Html, List::Users) => "/users",
            (Self::Html, List::Sessions) => "/sessions",
            (Self::Html, List::Audit) => "/audit",
            (Self::Json, List::Groups) => "/api/admin/groups",
            (Self::Html, List::Groups) => "/groups",
            (Self::Json, List::Resources) => "/api/admin/resources",
            (Self::Html, List::Resources) => "/resources",
            (_, List::Members) => "/api/admin/groups/{group_id}/members",
            (_, List::Reachable) => "/api/admin/users/{user}/access/resources",
            (_, List::Access) => "/api/admin/users/{user}/access",
            (_, List::Check) => "/api/access/check",
            (_, List::Consume) => "/api/limits/consume",
            (_, List::Usage) => "/api/admin/usage",
            (_, List::Conversations) => "/api/admin/conversations",
        }
    }

    /// Returns the `Accept-Encoding` header of this kind of client.
    pub(super) fn encodings(self) -> &'static str {
        match self {
            Self::Json => "identity",
            Self::Html => "gzip, deflate, br, zstd",
        }
    }
}

impl Case {
    /// Returns the path of the case's first page, or of the page after a cursor.
    pub(super) fn path(&self, words: &SearchWords, after: Option<&str>) -> String {
        self.path_of(self.of, self.limit, words, after)
    }

    /// Returns the path of the same list in the API, with `limit` users per page.
    pub(super) fn json_path(&self, limit: u16, words: &SearchWords) -> String {
        self.path_of(Face::Json, limit, words, None)
    }

    /// Returns whether the response has a number of matches.
    pub(super) fn is_counted(&self) -> bool {
        self.list.is_counted()
    }

    /// Returns whether the request changes something, in a transaction of several statements.
    pub(super) fn is_write(&self) -> bool {
        self.list == List::Consume
    }

    /// Returns the body of the request, if it is a POST.
    pub(super) fn body(&self, words: &SearchWords) -> Option<String> {
        self.body.as_ref().map(|body| words.put_into(body))
    }

    fn path_of(&self, face: Face, limit: u16, words: &SearchWords, after: Option<&str>) -> String {
        let mut path = words.put_into(face.path(self.list));
        if !self.list.is_counted() {
            return path;
        }
        path.push_str(&format!("?limit={limit}"));
        let search = self.q.as_ref().map(|text| words.put_into(text));
        for (name, value) in [
            ("sort", self.sort.as_deref()),
            ("q", search.as_deref()),
            ("device", self.device.as_deref()),
            ("address", self.address.as_deref()),
            ("seen", self.seen.as_deref()),
            ("actor", self.actor.as_deref()),
            ("target", self.target.as_deref()),
            ("action", self.action.as_deref()),
            ("via", self.via.as_deref()),
            ("to", self.to.as_deref()),
            ("kind", self.kind.as_deref()),
            ("branch", self.branch.as_deref()),
            ("feedback", self.feedback.as_deref()),
            ("after", after),
        ] {
            if let Some(value) = value {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
                path.push_str(&format!("&{name}={value}"));
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_path_contains_every_parameter() {
        let case: Case =
            toml::from_str("name = 'x'\nof = 'html'\nsort = '-created'\nq = 'a {few}'\np99_ms = 8")
                .unwrap();
        let words = SearchWords {
            few: "b&c".to_owned(),
            many: "d".to_owned(),
            user: "7".to_owned(),
            question: "[1]".to_owned(),
            ..SearchWords::default()
        };

        assert_eq!(
            case.path(&words, Some("e_f")),
            "/users?limit=50&sort=%2Dcreated&q=a%20b%26c&after=e%5Ff"
        );
        assert_eq!(
            case.json_path(1000, &words),
            "/api/admin/users?limit=1000&sort=%2Dcreated&q=a%20b%26c"
        );
        let case: Case =
            toml::from_str("name = 'x'\nlist = 'sessions'\ndevice = 'Linux'\np99_ms = 8").unwrap();
        assert_eq!(
            case.path(&words, None),
            "/api/admin/sessions?limit=50&device=Linux"
        );
        let case: Case =
            toml::from_str("name = 'x'\nlist = 'check'\nbody = '{\"a\": {question}}'\np99_ms = 2")
                .unwrap();
        assert_eq!(case.path(&words, None), "/api/access/check");
        assert_eq!(case.body(&words).as_deref(), Some("{\"a\": [1]}"));
        let case: Case = toml::from_str("name = 'x'\nlist = 'access'\np99_ms = 2").unwrap();
        assert_eq!(case.path(&words, None), "/api/admin/users/7/access");
    }
}
