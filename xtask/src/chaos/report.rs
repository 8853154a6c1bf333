//! What is printed at the end.

use std::time::Duration;

use super::{outage::Answered, schedule::Site, tally::Tally, verdict::Changes};
use crate::report::seconds;

/// So many of what is broken are printed.
const SHOWN: usize = 40;

/// Prints what was asked, what became of it, and how long nobody was answered.
pub(super) fn print(tally: &Tally, changes: &Changes, load: Duration) {
    println!(
        "\n{:<20}{:>8}{:>10}{:>9}",
        "requests", "done", "refused", "failed"
    );
    let mut sum = (0, 0, 0);
    for (kind, counts) in &tally.kinds {
        println!(
            "{kind:<20}{:>8}{:>10}{:>9}",
            counts.done, counts.refused, counts.failed
        );
        sum = (
            sum.0 + counts.done,
            sum.1 + counts.refused,
            sum.2 + counts.failed,
        );
    }
    println!("{:<20}{:>8}{:>10}{:>9}", "all", sum.0, sum.1, sum.2);
    let failures: Vec<String> = tally
        .failures
        .iter()
        .map(|(failure, count)| format!("{count} {}", failure.name()))
        .collect();
    println!("\nfailures: {}", failures.join(", "));
    print_outages(tally, load);
    let unclear = &changes.unclear;
    println!(
        "changes: {} acknowledged, {} refused or never arrived, {} without a clear answer, of which {} are there and {} are not",
        changes.acknowledged,
        changes.refused,
        unclear.there + unclear.not_there,
        unclear.there,
        unclear.not_there
    );
    println!(
        "sessions: {}, each asked for at both servers",
        changes.sessions
    );
}

fn print_outages(tally: &Tally, load: Duration) {
    let mut both = Answered::default();
    for site in Site::BOTH {
        let answered = tally.answered.get(&site).cloned().unwrap_or_default();
        both.add(&answered);
        println!("server {} {}", site.name(), outage(&answered, load));
    }
    println!("both servers {}", outage(&both, load));
}

fn outage(answered: &Answered, load: Duration) -> String {
    let (gap, began) = answered.longest_gap(load);
    format!(
        "without an answer for at most {}, from {}",
        seconds(gap),
        seconds(began)
    )
}

/// Prints what is broken.
pub(super) fn print_broken(broken: &[String]) {
    if broken.is_empty() {
        println!("\nnothing is broken");
        return;
    }
    println!("\n{} things are broken:", broken.len());
    for what in broken.iter().take(SHOWN) {
        println!("  {what}");
    }
    if broken.len() > SHOWN {
        println!("  … and {} more", broken.len() - SHOWN);
    }
}
