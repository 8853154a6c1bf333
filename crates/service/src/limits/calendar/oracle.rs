//! Comparison with Python's `zoneinfo`: the years 1970 to 2100 in ten zones, and each boundary with the seconds beside it.

use std::process::Command;

use time::OffsetDateTime;

use super::{Window, window};

fn at(seconds: &str) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds.parse().unwrap()).unwrap()
}

#[test]
fn periods_are_those_of_zoneinfo() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/limits/calendar/oracle.py");
    let output = Command::new("python3").arg(script).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() > 10_000);
    for line in text.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [zone, period, anchor, start, end] = fields[..] else {
            panic!("{line}");
        };
        let (anchor, start, end) = (at(anchor), at(start), at(end));
        let period = period.parse().unwrap();
        let of = |at| window(period, anchor, zone, at);
        let expected = Window {
            start,
            end: Some(end),
        };
        let second = time::Duration::SECOND;
        // A zone that skips a day has a period without a length, which no time is in.
        if start < end {
            assert_eq!(of(start), expected, "{line}");
            assert_eq!(of(end - second), expected, "{line}");
        }
        assert_eq!(of(start - second).end, Some(start), "{line}");
        assert_eq!(of(end).start, end, "{line}");
    }
}
