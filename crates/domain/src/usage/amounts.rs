//! Amounts and ids of uses.

use super::UsageAmounts;
use crate::{
    fields::FieldErrors,
    label::parse_label,
    limits::{COUNT_MAX, Decimal, Metric},
    messages,
};

/// Maximum number of characters of the ids of events and conversations.
const EVENT_ID_MAX: usize = 200;

/// Amounts as they are sent.
pub(super) struct AmountsDraft<'a> {
    pub(super) requests: Option<&'a Decimal>,
    pub(super) tokens: Option<&'a Decimal>,
    pub(super) tokens_in: Option<&'a Decimal>,
    pub(super) tokens_out: Option<&'a Decimal>,
    pub(super) cost: Option<&'a Decimal>,
}

impl AmountsDraft<'_> {
    /// Returns the metrics whose amount is left out. A use without a number of requests is one request.
    pub(super) fn left_out(&self) -> Vec<Metric> {
        let mut left_out = Vec::new();
        if [self.tokens, self.tokens_in, self.tokens_out] == [None; 3] {
            left_out.extend([Metric::Tokens, Metric::Tpm]);
        }
        if self.cost.is_none() {
            left_out.push(Metric::Cost);
        }
        left_out
    }

    pub(super) fn check(&self, errors: &mut FieldErrors) -> UsageAmounts {
        if self.tokens.is_some() && (self.tokens_in.is_some() || self.tokens_out.is_some()) {
            errors.add("tokens", messages::tokens_twice());
        }
        let mut units = |field: &str, metric: Metric, decimal: Option<&Decimal>, absent: i64| {
            let Some(decimal) = decimal else {
                return absent;
            };
            let units = errors
                .take(field, decimal.parse(metric))
                .unwrap_or_default();
            if units > COUNT_MAX {
                errors.add(field, messages::cost_use_max());
            }
            units
        };
        let tokens = units("tokens", Metric::Tokens, self.tokens, 0);
        let tokens_in = units("tokens_in", Metric::Tokens, self.tokens_in, 0);
        UsageAmounts {
            requests: units("requests", Metric::Requests, self.requests, 1),
            tokens_in: tokens.saturating_add(tokens_in),
            tokens_out: units("tokens_out", Metric::Tokens, self.tokens_out, 0),
            cost: units("cost", Metric::Cost, self.cost, 0),
        }
    }
}

/// Checks the id of an event or a conversation.
pub(super) fn check_id(field: &str, id: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let id = id?;
    errors.take(field, parse_label(id, EVENT_ID_MAX))
}
