//! Fields of the form of a limit, and the limit that they stand for.

use domain::{
    fields::FieldErrors,
    limits::{
        Amount, Decimal, Limit, LimitDraft, LimitSubject, Metric, NewLimit, Period, SubjectKind,
    },
    messages,
};
use uuid::Uuid;

use super::SaveLimit;
#[cfg(feature = "ssr")]
use crate::api::first_values::is_changed;
use crate::text::number::exchange_mark;

/// Beginning of the text of a period that refills, before the number of seconds.
const REFILL: &str = "drip";
/// Units of periods of a fixed length.
const UNITS: [&str; 6] = ["s", "m", "h", "d", "w", "mo"];

/// State of a limit in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitState {
    /// No limit is stored, so that the next one decides.
    Inherit,
    /// The limit is unlimited.
    Unlimited,
    /// The limit is a number.
    Number,
}

impl LimitState {
    /// All states, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Inherit, Self::Unlimited, Self::Number];

    /// Name of the state in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inherit => "inherit",
            Self::Unlimited => "unlimited",
            Self::Number => "number",
        }
    }

    /// Returns the state of a stored limit.
    #[must_use]
    pub const fn of(limit: &Limit) -> Self {
        match limit.amount {
            None => Self::Unlimited,
            Some(_) => Self::Number,
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Kind of a period, as the form selects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodChoice(&'static str);

impl PeriodChoice {
    /// All kinds, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self("calendar:day"),
        Self("calendar:week"),
        Self("calendar:month"),
        Self("s"),
        Self("m"),
        Self("h"),
        Self("d"),
        Self("w"),
        Self("mo"),
        Self(REFILL),
        Self("total"),
    ];

    /// Name of the kind in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Returns the fields `period` and `every` of a period.
#[must_use]
pub fn period_fields(period: Period) -> (String, String) {
    let text = period.to_string();
    if let Some((REFILL, seconds)) = text.split_once(':') {
        return (REFILL.to_owned(), seconds.to_owned());
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let every = text.strip_suffix(unit).unwrap_or_default();
    (unit.to_owned(), every.to_owned())
}

/// Returns the text of the period that the fields stand for.
fn period_text(form: &SaveLimit) -> String {
    let every = form.every.trim();
    match form.period.as_str() {
        REFILL => format!("{REFILL}:{every}"),
        unit if UNITS.contains(&unit) => format!("{every}{unit}"),
        other => other.to_owned(),
    }
}

/// Returns the fields of a stored limit. Those that identify it are added by the page.
#[must_use]
pub fn of_limit(limit: &Limit) -> SaveLimit {
    let text = |amount: Option<Amount>| amount.map(|amount| exchange_mark(&amount.to_string()));
    let period = limit.period.map(period_fields);
    let (period, every) = period.unwrap_or_default();
    SaveLimit {
        shown: limit.label(),
        id: limit.id.to_string(),
        version: limit.version.to_string(),
        page: String::new(),
        kind: limit.subject.kind().as_str().to_owned(),
        subject: limit
            .subject
            .id()
            .map(|id| id.to_string())
            .unwrap_or_default(),
        shared: limit.shared,
        metric: limit.metric.as_str().to_owned(),
        model: limit.model.clone().unwrap_or_default(),
        state: LimitState::of(limit).as_str().to_owned(),
        amount: text(limit.amount).unwrap_or_default(),
        period,
        every,
        time_zone: limit.time_zone.clone(),
        soft_amount: text(limit.soft_amount).unwrap_or_default(),
        warn_at: limit
            .warn_at
            .map(|percent| percent.to_string())
            .unwrap_or_default(),
        first: String::new(),
    }
}

/// Returns a typed amount, whose decimals follow the mark of the language.
pub(super) fn typed_amount(typed: &str) -> Decimal {
    Decimal::new(exchange_mark(typed))
}

/// Returns the parts of a limit that change as a whole, as texts.
#[must_use]
pub fn parts(form: &SaveLimit) -> [(&'static str, String); 4] {
    let period = [&form.period, &form.every, &form.time_zone].map(|field| field.trim());
    [
        ("amount", format!("{} {}", form.state, form.amount)),
        ("period", period.join(" ")),
        ("soft_amount", form.soft_amount.clone()),
        ("warn_at", form.warn_at.clone()),
    ]
}

/// Replaces the parts of a form that were not changed by those of the stored limit.
#[cfg(feature = "ssr")]
pub(super) fn merged(mut form: SaveLimit, stored: &Limit) -> SaveLimit {
    let now = of_limit(stored);
    let [amount, period, soft_amount, warn_at] =
        parts(&form).map(|(part, value)| is_changed(&form.first, part, &value));
    if !amount {
        (form.state, form.amount) = (now.state, now.amount);
    }
    if !period {
        (form.period, form.every, form.time_zone) = (now.period, now.every, now.time_zone);
    }
    if !soft_amount {
        form.soft_amount = now.soft_amount;
    }
    if !warn_at {
        form.warn_at = now.warn_at;
    }
    form
}

/// Converts the form to the draft of a limit of a subject. `None` if the limit is inherited.
///
/// # Errors
/// Returns the fields that no draft can have.
pub fn draft(form: SaveLimit, subject: LimitSubject) -> Result<Option<LimitDraft>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let period = period_text(&form);
    let metric = errors.take(
        "metric",
        form.metric
            .parse::<Metric>()
            .map_err(|_| messages::enter_value()),
    );
    let state = LimitState::parse(&form.state);
    if state.is_none() {
        errors.add("state", messages::enter_value());
    }
    let (Some(metric), Some(state)) = (metric, state) else {
        return Err(errors);
    };
    let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    let amount = match state {
        LimitState::Inherit => return Ok(None),
        LimitState::Unlimited => None,
        LimitState::Number => Some(typed_amount(&form.amount)),
    };
    // A number that cannot be parsed is out of range, too.
    let percent = |text: String| text.trim().parse().unwrap_or(0);
    Ok(Some(LimitDraft {
        subject,
        metric,
        model: given(form.model),
        amount,
        soft_amount: given(form.soft_amount).map(|amount| typed_amount(&amount)),
        warn_at: given(form.warn_at).map(percent),
        period: metric.has_period().then_some(period),
        time_zone: Some(form.time_zone),
        shared: form.shared,
        version: form.version.parse().ok(),
    }))
}

/// Accepts any name of a time zone: the browser has no list of them.
#[must_use]
pub fn any_zone(_: &str) -> bool {
    true
}

/// Validates the form. Returns the limit that it stands for; `None` if the limit is inherited. Only the server knows whether the subject
/// exists, and the time zones with `is_zone`.
///
/// # Errors
/// Returns the errors of all fields.
pub fn check(
    form: SaveLimit,
    is_zone: impl FnOnce(&str) -> bool,
) -> Result<Option<NewLimit>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let kind = form.kind.parse().unwrap_or(SubjectKind::Default);
    if kind != SubjectKind::Default && form.subject.trim().is_empty() {
        errors.add("subject", messages::enter_value());
    }
    let subject = LimitSubject::of(kind, Some(Uuid::nil())).unwrap_or(LimitSubject::Default);
    let checked = match draft(form, subject) {
        Ok(Some(draft)) => draft.check(is_zone).map(Some),
        Ok(None) => Ok(None),
        Err(found) => Err(found),
    };
    match checked {
        Ok(limit) if errors.is_empty() => Ok(limit),
        Ok(_) => Err(errors),
        Err(found) => {
            errors.append(found);
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SaveLimit {
        let text = str::to_owned;
        SaveLimit {
            shown: String::new(),
            id: String::new(),
            version: text("0"),
            page: String::new(),
            kind: text("default"),
            subject: String::new(),
            shared: false,
            metric: text("cost"),
            model: String::new(),
            state: text("number"),
            amount: text("5.25"),
            period: text("calendar:month"),
            every: text("7"),
            time_zone: text("Europe/Berlin"),
            soft_amount: String::new(),
            warn_at: String::new(),
            first: String::new(),
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn amounts_have_the_mark_of_the_language() {
        use crate::text::{language::Language, request::sync_scope};

        sync_scope(Language::German, || {
            let units = |typed| with("number", typed).map(|limit| limit.and_then(|it| it.amount));
            assert_eq!(units("2,50"), Ok(Some(2_500_000_000)));
            assert!(units("2.50").is_err());
        });
    }

    fn with(state: &str, amount: &str) -> Result<Option<NewLimit>, FieldErrors> {
        let form = SaveLimit {
            state: state.to_owned(),
            amount: amount.to_owned(),
            ..form()
        };
        check(form, any_zone)
    }

    fn invalid(form: SaveLimit) -> Vec<String> {
        let errors = check(form, any_zone).unwrap_err();
        errors.iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn three_states_are_distinct() {
        assert_eq!(with("inherit", "5"), Ok(None));
        let amount = |state, amount| with(state, amount).unwrap().unwrap().amount;
        assert_eq!(amount("unlimited", ""), None);
        assert_eq!(amount("unlimited", "5"), None);
        assert_eq!(amount("number", "0"), Some(0));
        assert_eq!(amount("number", "0.000000001"), Some(1));
        for blank in ["", " ", "x", "-1", "0.0000000001"] {
            assert!(with("number", blank).is_err(), "{blank:?}");
        }
        assert!(with("", "5").is_err());
    }

    #[test]
    fn every_period_has_fields_that_stand_for_it() {
        for text in [
            "30s",
            "30m",
            "12h",
            "1d",
            "1w",
            "1mo",
            "calendar:day",
            "calendar:week",
            "calendar:month",
            "drip:180",
            "total",
        ] {
            let period: Period = text.parse().unwrap();
            let (period, every) = period_fields(period);
            assert!(
                PeriodChoice::ALL
                    .iter()
                    .any(|choice| choice.as_str() == period),
                "{text}"
            );
            let form = SaveLimit {
                metric: "requests".to_owned(),
                amount: "5".to_owned(),
                period,
                every,
                ..form()
            };
            let limit = check(form, any_zone).unwrap().unwrap();
            assert_eq!(
                limit.period.map(|period| period.to_string()).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn every_error_is_reported() {
        let bad = SaveLimit {
            kind: "user".to_owned(),
            amount: "x".to_owned(),
            period: "d".to_owned(),
            every: String::new(),
            warn_at: "x".to_owned(),
            ..form()
        };
        assert_eq!(invalid(bad), ["subject", "amount", "warn_at", "period"]);
        let unknown = SaveLimit {
            metric: String::new(),
            state: String::new(),
            ..form()
        };
        assert_eq!(invalid(unknown), ["metric", "state"]);
    }

    #[test]
    fn rates_ignore_the_fields_of_the_period() {
        let form = SaveLimit {
            metric: "rpm".to_owned(),
            amount: "5".to_owned(),
            ..form()
        };
        assert_eq!(check(form, any_zone).unwrap().unwrap().period, None);
    }
}
