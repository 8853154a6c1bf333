//! Recorded requests of the clients of dialects, altered: no response may be 5xx, none may be missing, and the server may not panic.

use std::{
    net::SocketAddr,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use recordings::{Address, Recording, dialect_of};

use super::{conversation::Conversation, mutation};
use crate::{
    database::Sibling,
    dialects::{self, Access},
    dice::Dice,
    http1::{self, Message},
    process,
    program::Program,
    workspace::Workspace,
};

/// Number of altered requests before each recorded one.
const ALTERED: usize = 2;
/// Address from which the recorded requests seem to come. Those of the altered ones differ, so that their sign-ins are throttled apart.
const CLIENT: &str = "10.1.0.1";
/// Number of findings after which the run ends.
const FINDINGS_MAX: usize = 20;
/// Number of characters of a request in a finding.
const SHOWN: usize = 2_000;

/// Dialect with a description of its API, and the description.
const DESCRIBED: (&str, &str) = ("tracker", "docs/dialects/tracker.openapi.json");

/// Extent of the run.
pub(super) struct Plan {
    /// Seed of the requests.
    pub(super) seed: u64,
    /// Time in which the recordings are repeated, and of the generated requests each. The recordings are sent once in any case.
    pub(super) time: Duration,
}

/// Run on a server.
struct Run<'a> {
    access: &'a Access,
    panel: SocketAddr,
    dice: Dice,
    findings: Vec<String>,
    /// Number of requests.
    sent: usize,
}

/// Starts a server with all dialects that have recordings, and sends the requests: altered ones, and those that schemathesis generates from
/// a description.
pub(super) fn run(
    workspace: &Workspace,
    schemathesis: &Path,
    program: &Program,
    database: &Sibling<'_>,
    (recordings, plan): (&[(String, Recording)], &Plan),
) -> Result<()> {
    let names = recordings.iter().map(|(client, _)| dialect_of(client));
    let (server, access) = dialects::start(workspace, program, database, names)?;
    let mut run = Run {
        access: &access,
        panel: server.address,
        dice: Dice::new(plan.seed, 0),
        findings: Vec::new(),
        sent: 0,
    };
    let mut done = run.send_all(recordings, plan.time);
    if done.is_ok() && !plan.time.is_zero() {
        done = generate(workspace, schemathesis, program, &access, plan);
    }
    let done = done.and_then(|()| run.check_server());
    server.stop_after(program, done)?;
    println!("dialects: {} requests", run.sent);
    Ok(())
}

impl Run<'_> {
    /// Sends all recordings until the time is over.
    fn send_all(&mut self, recordings: &[(String, Recording)], time: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            for (client, recording) in recordings {
                self.converse(client, recording)?;
            }
            if started.elapsed() >= time || self.findings.len() >= FINDINGS_MAX {
                break;
            }
        }
        if !self.findings.is_empty() {
            bail!("{}", self.findings.join("\n\n"));
        }
        Ok(())
    }

    /// Sends the requests of a client, each after altered ones.
    fn converse(&mut self, client: &str, recording: &Recording) -> Result<()> {
        let mut conversation = Conversation::begin(self.access, self.panel, client)?;
        for exchange in &recording.exchanges {
            if self.findings.len() >= FINDINGS_MAX {
                break;
            }
            let (to, request) = conversation.request(exchange);
            if exchange.request.to == Address::Dialect {
                for _ in 0..ALTERED {
                    let altered = mutation::altered(&mut self.dice, &request);
                    let [a, b] = [(); 2].map(|()| self.dice.below(256));
                    self.send(to, altered, &format!("10.2.{a}.{b}"));
                }
            }
            if let Some(response) = self.send(to, request, CLIENT) {
                // A difference is no finding: an altered request can have had an effect.
                drop(conversation.compare(exchange, &response));
            }
        }
        Ok(())
    }

    /// Sends a request as from an address, and returns the response unless it is a finding.
    fn send(&mut self, to: SocketAddr, mut request: Message, from: &str) -> Option<Message> {
        request.set("x-forwarded-for", from);
        self.sent += 1;
        let problem = match http1::exchange(to, &request) {
            Ok(response) if (200..500).contains(&response.status()) => return Some(response),
            Ok(response) => {
                let body = String::from_utf8_lossy(&response.body).into_owned();
                format!("{}\n{body:.SHOWN$}", response.start)
            }
            Err(error) => format!("no response: {error:#}"),
        };
        let headers = &request.headers;
        let body = String::from_utf8_lossy(&request.body);
        let sent = format!("{}\n{headers:?}\n{body}", request.start);
        self.findings.push(format!("{sent:.SHOWN$}\n-> {problem}"));
        None
    }

    /// Checks that the server is healthy, and still accepts the access token.
    fn check_server(&self) -> Result<()> {
        let token = format!("Bearer {}", self.access.admin_token);
        for path in ["/api/health", "/api/auth/me"] {
            let request = Message {
                start: format!("GET {path} HTTP/1.1"),
                headers: vec![
                    ("host".to_owned(), self.panel.to_string()),
                    ("authorization".to_owned(), token.clone()),
                ],
                body: Vec::new(),
            };
            let response = http1::exchange(self.panel, &request)?;
            if response.status() != 200 {
                bail!("{path} at the end: {}", response.start);
            }
        }
        Ok(())
    }
}

/// Sends requests that schemathesis generates.
fn generate(
    workspace: &Workspace,
    schemathesis: &Path,
    program: &Program,
    access: &Access,
    plan: &Plan,
) -> Result<()> {
    let (dialect, description) = DESCRIBED;
    let address = access.dialects.get(dialect);
    let address = address.context("the described dialect has no recording")?;
    process::run(
        Command::new(schemathesis)
            // It stores examples in the working folder, and would read the configuration for the API of the panel.
            .current_dir(&program.folder)
            .arg("run")
            .arg(workspace.root.join(description))
            .args(["--url", &format!("http://{address}")])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", access.admin_token),
            ])
            .args([
                "--phases",
                "fuzzing",
                "--mode",
                "all",
                "--checks",
                "not_a_server_error",
            ])
            .args(["--max-time", &plan.time.as_secs().to_string()])
            .args(["--seed", &plan.seed.to_string()])
            .args(["--continue-on-failure", "--no-color"]),
    )
}
