//! Messages of `domain` and `service` in the current language.

use std::fmt::Display;

use domain::{
    fields::FieldErrors,
    message::{Message, MessageValue, fill},
    money::grouped,
    problem::Problem,
};

use super::{language::Language, number, source};

/// Returns the text of a message in the current language. It is English if the catalogue does not have the message.
#[must_use]
pub fn of(message: &Message) -> String {
    in_language(super::current(), message)
}

/// Returns the text of a message in a language.
#[must_use]
pub fn in_language(language: Language, message: &Message) -> String {
    translation(language, message).unwrap_or_else(|| message.to_string())
}

/// Returns a message with the text in the current language.
#[must_use]
pub fn translated(message: &Message) -> Message {
    translated_to(super::current(), message)
}

/// Translates the errors of a form to the current language.
#[must_use]
pub fn of_fields(mut errors: FieldErrors) -> FieldErrors {
    errors.translate(translated);
    errors
}

/// Translates all messages of a problem to the current language.
#[must_use]
pub fn of_problem(problem: Problem) -> Problem {
    problem_in(super::current(), problem)
}

/// Translates all messages of a problem to a language.
#[must_use]
pub fn problem_in(language: Language, mut problem: Problem) -> Problem {
    problem.translate(|message| translated_to(language, message));
    problem
}

fn translated_to(language: Language, message: &Message) -> Message {
    translation(language, message).map_or_else(|| message.clone(), Message::verbatim)
}

/// Returns the text of a message in a language; `None` if the message is not in the table of the language. English has no table.
fn translation(language: Language, message: &Message) -> Option<String> {
    let key = message.key()?;
    let pattern = match (language, message.count()) {
        (Language::English, _) => return None,
        (language, None) => source::translation(language, key)?,
        (language, Some(count)) => {
            let category = language.plural_category(count);
            source::translation(language, &format!("{key}.{category}"))?
        }
    };
    let values: Vec<(&str, String)> = message
        .values()
        .iter()
        .map(|(name, value)| (*name, value_in(language, value)))
        .collect();
    let values: Vec<(&str, &dyn Display)> = values
        .iter()
        .map(|(name, value)| (*name, value as &dyn Display))
        .collect();
    Some(fill(pattern, &values))
}

fn value_in(language: Language, value: &MessageValue) -> String {
    match value {
        MessageValue::Message(message) => in_language(language, message),
        MessageValue::Quantity(number) => grouped(&number.to_string(), language.group_separator()),
        MessageValue::Money(money) => number::decimal_in(language, *money),
        MessageValue::Count(_) | MessageValue::Number(_) | MessageValue::Text(_) => {
            value.to_string()
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        error::Entity,
        limits::{Amount, Metric},
        messages,
        problem::Code,
    };

    use super::*;

    fn german(message: &Message) -> Option<String> {
        translation(Language::German, message)
    }

    #[test]
    fn message_is_translated_with_its_values() {
        assert_eq!(
            german(&messages::list_missing(Entity::Role.message(), "role:x")).as_deref(),
            Some(
                "Rolle nicht gefunden: `role:x`. Den Namen korrigieren oder diese Bedingung entfernen."
            )
        );
        assert_eq!(
            german(&messages::characters_range(3_usize, 50_usize)).as_deref(),
            Some("3 bis 50 Zeichen verwenden.")
        );
        assert_eq!(
            german(&messages::password_guessable(messages::password_add_words())).as_deref(),
            Some(
                "Dieses Passwort ist leicht zu erraten. Einige Wörter ohne Zusammenhang hinzufügen."
            )
        );
    }

    #[test]
    fn quantities_have_the_separators_of_the_language() {
        let message = messages::count_format(Amount::Count(1_000_000));
        assert_eq!(
            german(&message).as_deref(),
            Some("Eine ganze Zahl von 0 bis 1.000.000 eingeben.")
        );
        let cost = messages::limit_of_cost(Amount::of(Metric::Cost, 1_500_000_000));
        assert_eq!(
            german(&messages::limit_per_month(cost)).as_deref(),
            Some("1,50 $ pro Kalendermonat")
        );
    }

    #[test]
    fn count_selects_the_form_of_the_language() {
        for (count, text) in [
            (1, "Zu viele Versuche. In 1 Sekunde erneut versuchen."),
            (5, "Zu viele Versuche. In 5 Sekunden erneut versuchen."),
        ] {
            let found = german(&messages::too_many_attempts(count));
            assert_eq!(found.as_deref(), Some(text));
        }
    }

    #[test]
    fn message_outside_the_catalogue_is_unchanged() {
        assert_eq!(german(&Message::verbatim("Any text.")), None);
        assert_eq!(of(&Message::verbatim("Any text.")), "Any text.");
        assert_eq!(of(&messages::user_not_found()), "User not found");
    }

    #[test]
    fn every_message_of_a_problem_is_translated() {
        let mut problem = Problem::new(Code::ValidationError, messages::check_fields());
        problem.details.fields.add("name", messages::enter_name());
        let problem = problem_in(Language::German, problem);
        assert_eq!(problem.message, "Die markierten Felder prüfen.");
        let field = problem.details.fields.get("name");
        assert_eq!(field, Some("Namen eingeben."));
    }
}
