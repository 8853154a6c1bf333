//! `rollcall serve` with the database of a test.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::support::{Cli, ROLLCALL};

/// Number of attempts to find a port that stays free.
const TRIES: usize = 5;
/// Counter that distinguishes the folders of servers.
static STARTED: AtomicUsize = AtomicUsize::new(0);

fn serve() -> Command {
    let mut command = Command::new(ROLLCALL);
    command.arg("serve");
    command
}

/// Creates a folder like that of the built files.
pub(crate) fn build_site() -> PathBuf {
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let name = format!("rollcall-site-{}-{number}", std::process::id());
    let site = std::env::temp_dir().join(name);
    fs::create_dir_all(&site).unwrap();
    // These tests do not request the files that the pages refer to.
    let assets = r#"{"loader":"/b.js","js":"/a.js","wasm":"/a.wasm","css":"/a.css","font":"/a.woff2",
        "texts_de":"/de.json","texts_pseudo":"/pseudo.json"}"#;
    fs::write(site.join("assets.json"), assets).unwrap();
    site
}

/// A server that listens. Dropping it stops the process.
pub(crate) struct Server {
    child: Child,
    site: PathBuf,
    pub(crate) url: String,
}

impl Server {
    /// Starts a server with the database of a command line.
    pub(crate) fn start(cli: &Cli) -> Self {
        Self::start_with(cli, |_| {})
    }

    /// Starts a server with other settings.
    pub(crate) fn start_with(cli: &Cli, set: impl Fn(&mut Command)) -> Self {
        Self::start_by(cli, serve, set)
    }

    /// Starts a server with a number of descriptors.
    pub(crate) fn start_within(cli: &Cli, descriptors: u32) -> Self {
        let command = || {
            let mut command = Command::new("sh");
            let script = "ulimit -n \"$1\" && exec \"$2\" serve";
            let descriptors = descriptors.to_string();
            command.args(["-c", script, "sh", &descriptors, ROLLCALL]);
            command
        };
        Self::start_by(cli, command, |_| {})
    }

    fn start_by(cli: &Cli, command: impl Fn() -> Command, set: impl Fn(&mut Command)) -> Self {
        let site = build_site();
        for _ in 0..TRIES {
            if let Some((child, url)) = Self::listen(cli, &site, (command(), &set)) {
                return Self { child, site, url };
            }
        }
        panic!("no server listens");
    }

    /// Returns the address that the server listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        let address = self.url.strip_prefix("http://");
        address.unwrap().parse().unwrap()
    }

    /// Returns the maximum memory that the process has had so far, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap()
    }

    /// Returns the open descriptors of the process.
    pub(crate) fn descriptors(&self) -> BTreeSet<u32> {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        let names = open.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(|name| name.parse().unwrap()).collect()
    }

    /// Returns whether a descriptor of the process is one of this process too, from which it has inherited it.
    pub(crate) fn has_inherited(&self, descriptor: u32) -> bool {
        let file = |process: &str| fs::read_link(format!("/proc/{process}/fd/{descriptor}"));
        let own = file("self").ok();
        own.is_some() && own == file(&self.child.id().to_string()).ok()
    }

    /// Limits the number of descriptors of the process.
    pub(crate) fn limit_descriptors(&self, most: u32) {
        let mut prlimit = Command::new("prlimit");
        let pid = self.child.id().to_string();
        let limit = format!("--nofile={most}:{most}");
        let limited = prlimit.args(["--pid", &pid, &limit]).status().unwrap();
        assert!(limited.success());
    }

    /// Starts a server on a port that was free; None if another process has taken it since.
    fn listen(
        cli: &Cli,
        site: &PathBuf,
        (mut command, set): (Command, &impl Fn(&mut Command)),
    ) -> Option<(Child, String)> {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        cli.with_settings(&mut command)
            .env("LEPTOS_SITE_ADDR", &address)
            .env("LEPTOS_SITE_ROOT", site)
            .env("DATABASE_MAX_CONNECTIONS", "5")
            .stderr(Stdio::null());
        set(&mut command);
        let mut child = command.spawn().unwrap();
        let mut message = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        message.read_line(&mut line).unwrap();
        if line.starts_with("Rollcall is listening on ") {
            // Further output must not fill the pipe.
            std::thread::spawn(move || message.read_to_end(&mut Vec::new()));
            return Some((child, format!("http://{address}")));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.site));
    }
}
