//! Ends of reservations, as programs report them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    UsageAmounts,
    amounts::{AmountsDraft, check_id},
};
use crate::{
    fields::FieldErrors,
    limits::{Decimal, DecimalSchema},
    object::present,
};

/// The amounts of a reservation that are known now, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitSettleRequest)]
pub struct SettleDraft {
    /// The id of the lease.
    pub lease: Uuid,
    /// Number of requests; 1 if it is left out.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = DecimalSchema, required = false)]
    pub requests: Option<Decimal>,
    /// Number of tokens, instead of `tokensIn` and `tokensOut`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = DecimalSchema, required = false)]
    pub tokens: Option<Decimal>,
    /// Number of tokens sent to the model.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = DecimalSchema, required = false)]
    pub tokens_in: Option<Decimal>,
    /// Number of tokens received from the model.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = DecimalSchema, required = false)]
    pub tokens_out: Option<Decimal>,
    /// Cost in dollars, with at most 9 decimal places.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = DecimalSchema, required = false)]
    pub cost: Option<Decimal>,
    /// The id of the conversation in the host application.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub conversation_id: Option<String>,
}

impl SettleDraft {
    /// Checks every field. Returns the amounts, and the id of the conversation.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self) -> Result<(UsageAmounts, Option<String>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let amounts = AmountsDraft {
            requests: self.requests.as_ref(),
            tokens: self.tokens.as_ref(),
            tokens_in: self.tokens_in.as_ref(),
            tokens_out: self.tokens_out.as_ref(),
            cost: self.cost.as_ref(),
        };
        let amounts = amounts.check(&mut errors);
        let conversation = self.conversation_id.as_deref();
        let conversation = check_id("conversation_id", conversation, &mut errors);
        if errors.is_empty() {
            Ok((amounts, conversation))
        } else {
            Err(errors)
        }
    }
}

/// The reservation to release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LimitReleaseRequest)]
pub struct ReleaseDraft {
    /// The id of the lease.
    pub lease: Uuid,
}
