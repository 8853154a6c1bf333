//! Longest time without a response.

use std::time::Duration;

/// Times of all responses, measured from the start of the load.
#[derive(Clone, Default)]
pub(super) struct Answered(Vec<Duration>);

impl Answered {
    pub(super) fn note(&mut self, at: Duration) {
        self.0.push(at);
    }

    /// Adds the times of another server or worker.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// Returns the length and the start of the longest gap between responses in a load of this duration.
    pub(super) fn longest_gap(&self, load: Duration) -> (Duration, Duration) {
        let mut timestamps = self.0.clone();
        timestamps.push(load);
        timestamps.sort_unstable();
        let mut last = Duration::ZERO;
        let mut longest = (Duration::ZERO, Duration::ZERO);
        for timestamp in timestamps {
            let gap = timestamp.saturating_sub(last);
            if gap > longest.0 {
                longest = (gap, last);
            }
            last = timestamp;
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn answered(timestamps: &[u64]) -> Answered {
        let mut answered = Answered::default();
        for timestamp in timestamps {
            answered.note(seconds(*timestamp));
        }
        answered
    }

    #[test]
    fn longest_gap_is_found() {
        for (timestamps, gap, began) in [
            (&[1, 2, 9, 10][..], 7, 2),
            (&[8, 9], 8, 0),
            (&[1, 2], 8, 2),
            (&[], 10, 0),
            (&[9, 1, 5, 2], 4, 5),
        ] {
            let found = answered(timestamps).longest_gap(seconds(10));
            assert_eq!(found, (seconds(gap), seconds(began)), "{timestamps:?}");
        }
    }

    #[test]
    fn outage_requires_both_servers_down() {
        let mut both = answered(&[1, 2, 8, 9]);
        both.add(&answered(&[3, 4, 5, 6]));
        assert_eq!(both.longest_gap(seconds(10)), (seconds(2), seconds(6)));
    }
}
