//! Counters of requests and their outcomes.

use std::{collections::BTreeMap, time::Duration};

use super::{
    answer::{Answer, RequestError},
    outage::Answered,
    schedule::Site,
};

/// Requests of one worker, or of all.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) kinds: BTreeMap<&'static str, Counts>,
    pub(super) failures: BTreeMap<RequestError, usize>,
    /// Times at which each server responded.
    pub(super) answered: BTreeMap<Site, Answered>,
}

/// Number of requests by outcome.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) done: usize,
    pub(super) rejected: usize,
    pub(super) failed: usize,
}

impl Tally {
    /// Counts a request that ended at this time after the start of the load.
    pub(super) fn note(&mut self, what: &'static str, site: Site, answer: &Answer, at: Duration) {
        let counts = self.kinds.entry(what).or_default();
        match answer {
            Answer::Done(..) => counts.done += 1,
            Answer::Rejected(_) => counts.rejected += 1,
            Answer::Failed(failure) => {
                counts.failed += 1;
                *self.failures.entry(*failure).or_default() += 1;
            }
        }
        if answer.is_answer() {
            self.answered.entry(site).or_default().note(at);
        }
    }

    /// Adds the counters of another worker.
    pub(super) fn add(&mut self, other: &Self) {
        for (kind, counts) in &other.kinds {
            self.kinds.entry(kind).or_default().add(counts);
        }
        for (failure, count) in &other.failures {
            *self.failures.entry(*failure).or_default() += count;
        }
        for (site, answered) in &other.answered {
            self.answered.entry(*site).or_default().add(answered);
        }
    }

    /// Returns the sum of all kinds of requests.
    pub(super) fn sum(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.kinds.values() {
            sum.add(counts);
        }
        sum
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.done += other.done;
        self.rejected += other.rejected;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_request_is_counted_once() {
        let second = Duration::from_secs(1);
        let mut tally = Tally::default();
        tally.note("read", Site::A, &Answer::Done(Value::Null, None), second);
        tally.note("read", Site::B, &Answer::Rejected(409), second * 2);
        let mut other = Tally::default();
        let cut = Answer::Failed(RequestError::Cut);
        other.note("read", Site::A, &cut, second * 3);
        tally.add(&other);

        let counts = tally.sum();
        assert_eq!((counts.done, counts.rejected, counts.failed), (1, 1, 1));
        assert_eq!(tally.failures[&RequestError::Cut], 1);
    }

    #[test]
    fn failed_request_is_no_answer() {
        let second = Duration::from_secs(1);
        let mut tally = Tally::default();
        tally.note("read", Site::A, &Answer::Rejected(401), second);
        let failed = Answer::Failed(RequestError::Status(503));
        tally.note("read", Site::A, &failed, second * 4);
        let (gap, began) = tally.answered[&Site::A].longest_gap(second * 5);
        assert_eq!((gap, began), (second * 4, second));
    }
}
