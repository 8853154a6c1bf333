//! Progress of a load: a bar on a terminal, a few lines in a log.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use service::demo::Step;

/// Number of lines about users in a log.
const LINES: u64 = 5;

/// Shows progress on standard error.
pub(super) struct Progress {
    users: u64,
    began: Instant,
    /// Progress bar; None where standard error is not a terminal and lines are written instead.
    bar: Option<ProgressBar>,
    lines: u64,
}

impl Progress {
    /// Starts to show the progress of a load of `users` users.
    pub(super) fn new(users: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}");
            let bar = ProgressBar::new(users);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self {
            users,
            began: Instant::now(),
            bar,
            lines: 0,
        }
    }

    /// Shows the progress after a step of the load.
    pub(super) fn show(&mut self, step: Step) {
        match step {
            Step::Users { user_count, rows } => {
                let rate = rows as f64 / self.began.elapsed().as_secs_f64().max(0.001);
                let message = format!(
                    "{user_count} of {} users, {rows} rows, {rate:.0} rows/s",
                    self.users
                );
                let line = user_count * LINES / self.users;
                self.report(user_count, self.users, message, line > self.lines);
                self.lines = line;
            }
            Step::Counting => self.report(0, 1, "Counting owned data".to_owned(), true),
            Step::Indexes { done, of } => {
                let message = format!("Building {of} indexes and keys");
                self.report(done as u64, of as u64, message, done == 0);
            }
            Step::Vacuuming => self.report(0, 1, "Vacuuming tables".to_owned(), true),
        }
    }

    /// Removes the bar and returns the duration of the load.
    pub(super) fn finish(self) -> Duration {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.began.elapsed()
    }

    fn report(&self, done: u64, of: u64, message: String, new: bool) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(of);
                bar.set_position(done);
                bar.set_message(message);
            }
            None if new => {
                // A log that cannot be written is no reason to stop the load.
                drop(writeln!(io::stderr(), "{message}"));
            }
            None => {}
        }
    }
}
