//! Forms of changes of what is left of limits.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{COUNT_MAX, Decimal, DecimalSchema, Metric, check_model};
use crate::{
    fields::FieldErrors,
    label::parse_label,
    messages,
    object::{present, variant},
};

/// Maximum number of characters of a reason.
const REASON_MAX: usize = 1_000;

/// A top-up or an adjustment of what a user can use, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitTopUpRequest)]
pub struct TopUpDraft {
    /// Quantity of the limit.
    #[serde(deserialize_with = "variant")]
    pub metric: Metric,
    /// Model of the limit; absent for that of all models together.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Amount: of a top-up what can be used in addition, of an adjustment what is added to the used amount, which can be negative.
    #[schema(value_type = DecimalSchema)]
    pub amount: Decimal,
    /// Reason, which the user sees.
    pub reason: String,
}

/// The limit whose balance is changed, and the reason, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitResetRequest)]
pub struct BalanceDraft {
    /// Quantity of the limit.
    #[serde(deserialize_with = "variant")]
    pub metric: Metric,
    /// Model of the limit; absent for that of all models together.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Reason, which the user sees.
    pub reason: String,
}

/// Kind of a change of a balance, with its amount in the units of the metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceChange {
    /// More can be used in this period.
    TopUp(i64),
    /// The used amount is corrected.
    Adjust(i64),
    /// The used amount is corrected, but not below zero, and not by more than is left.
    AdjustWithin(i64),
    /// The used amount is set.
    Set(i64),
    /// The used amount is set to zero.
    Reset,
}

/// A checked change of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLimitChange {
    /// Quantity of the limit.
    pub metric: Metric,
    /// Model of the limit.
    pub model: Option<String>,
    /// The change.
    pub change: BalanceChange,
    /// Reason, which the user sees.
    pub reason: String,
}

impl BalanceDraft {
    /// Checks every field of a reset.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check_reset(self) -> Result<NewLimitChange, FieldErrors> {
        self.check(FieldErrors::default(), Some(BalanceChange::Reset))
    }

    fn check(
        self,
        mut errors: FieldErrors,
        change: Option<BalanceChange>,
    ) -> Result<NewLimitChange, FieldErrors> {
        if !self.metric.has_period() {
            errors.add("metric", messages::balance_metric());
        }
        let model = check_model(self.model.as_deref(), &mut errors);
        let reason = if self.reason.trim().is_empty() {
            errors.add("reason", messages::enter_reason());
            None
        } else {
            errors.take("reason", parse_label(&self.reason, REASON_MAX))
        };
        match (change, reason) {
            (Some(change), Some(reason)) if errors.is_empty() => Ok(NewLimitChange {
                metric: self.metric,
                model,
                change,
                reason,
            }),
            _ => Err(errors),
        }
    }
}

impl TopUpDraft {
    fn balance(self) -> BalanceDraft {
        BalanceDraft {
            metric: self.metric,
            model: self.model,
            reason: self.reason,
        }
    }

    /// Checks every field of a top-up.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check_top_up(self) -> Result<NewLimitChange, FieldErrors> {
        let mut errors = FieldErrors::default();
        let amount = errors.take("amount", self.amount.parse(self.metric));
        match amount {
            Some(0) => errors.add("amount", messages::amount_zero()),
            Some(amount) if amount > COUNT_MAX => errors.add("amount", messages::cost_use_max()),
            Some(_) | None => {}
        }
        self.balance()
            .check(errors, amount.map(BalanceChange::TopUp))
    }

    /// Checks every field of an adjustment, whose amount can be negative.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check_adjustment(self) -> Result<NewLimitChange, FieldErrors> {
        let mut errors = FieldErrors::default();
        let amount = errors.take("amount", self.amount.parse_signed(self.metric));
        if amount == Some(0) {
            errors.add("amount", messages::amount_zero());
        }
        self.balance()
            .check(errors, amount.map(BalanceChange::Adjust))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn changes_of_balances_have_an_amount_and_a_reason() {
        let read = |amount: Value, reason: &str| -> TopUpDraft {
            let json = json!({ "metric": "requests", "amount": amount, "reason": reason });
            serde_json::from_value(json).unwrap()
        };
        let top_up = read(json!(5), "exam").check_top_up().unwrap();
        assert_eq!(top_up.change, BalanceChange::TopUp(5));
        assert!(read(json!(-5), "exam").check_top_up().is_err());
        let adjusted = read(json!(-5), "exam").check_adjustment().unwrap();
        assert_eq!(adjusted.change, BalanceChange::Adjust(-5));
        for (amount, is_valid) in [("1000000", true), ("1000000.000000001", false)] {
            let json = json!({ "metric": "cost", "amount": amount, "reason": "exam" });
            let draft: TopUpDraft = serde_json::from_value(json).unwrap();
            assert_eq!(draft.check_top_up().is_ok(), is_valid, "{amount}");
        }
        for (amount, reason) in [(json!(0), "exam"), (json!(5), " ")] {
            assert!(read(amount, reason).check_adjustment().is_err());
        }
    }
}
