//! Report of the run.

use std::time::Duration;

use super::{outage::Answered, schedule::Site, tally::Tally, verdict::Verdict};
use crate::report::seconds;

/// Maximum number of findings that are printed.
const SHOWN: usize = 40;

/// Prints the number of requests by outcome and the longest outages.
pub(super) fn print(tally: &Tally, verdict: &Verdict, load: Duration) {
    print_requests(tally);
    print_outages(tally, load);
    let unclear = &verdict.unclear;
    println!(
        "changes: {} acknowledged, {} denied or never arrived, {} without a clear response ({} took effect, {} did not)",
        verdict.acknowledged,
        verdict.rejected,
        unclear.there + unclear.not_there,
        unclear.there,
        unclear.not_there
    );
    println!(
        "sessions: {}, each verified at both servers",
        verdict.sessions
    );
    println!(
        "uses: {} counted once, {} denied or not used, {} without a clear response",
        verdict.counted_uses, verdict.denied_uses, verdict.unclear_uses
    );
}

fn print_requests(tally: &Tally) {
    let line = |name: &str, [done, rejected, failed]: [&str; 3]| {
        println!("{name:<20}{done:>8}{rejected:>10}{failed:>9}");
    };
    println!();
    line("requests", ["done", "denied", "failed"]);
    let sum = tally.sum();
    for (kind, counts) in tally.kinds.iter().chain([(&"all", &sum)]) {
        let numbers =
            [counts.done, counts.rejected, counts.failed].map(|number| number.to_string());
        line(kind, numbers.each_ref().map(String::as_str));
    }
    let failures: Vec<String> = tally
        .failures
        .iter()
        .map(|(failure, count)| format!("{count} {}", failure.name()))
        .collect();
    println!("\nfailures: {}", failures.join(", "));
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
        "without a response for at most {}, from {}",
        seconds(gap),
        seconds(began)
    )
}

/// Prints the findings.
pub(super) fn print_broken(broken: &[String]) {
    if broken.is_empty() {
        println!("\nno problems found");
        return;
    }
    println!("\n{} problems found:", broken.len());
    for what in broken.iter().take(SHOWN) {
        println!("  {what}");
    }
    if broken.len() > SHOWN {
        println!("  … and {} more", broken.len() - SHOWN);
    }
}
