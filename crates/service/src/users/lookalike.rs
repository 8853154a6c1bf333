//! Detection of confusable usernames according to Unicode UTS 39. It runs on the server only, because the tables are large.

use domain::{fields::FieldErrors, messages, users::names::Username};
use unicode_security::{
    GeneralSecurityProfile, confusable_detection::skeleton, mixed_script::AugmentedScriptSet,
};

use crate::Error;

/// Checks a new username and returns its skeleton, if it must be stored. Until the end of the transaction no other account
/// can get a username that looks the same.
///
/// # Errors
/// [`Error::Invalid`] for invisible characters or mixed scripts, [`Error::Taken`] when an account has a username that looks
/// the same.
pub(crate) async fn new_skeleton(
    connection: &mut db::PgConnection,
    username: &Username,
) -> Result<Option<String>, Error> {
    let name = username.as_str();
    let mut errors = FieldErrors::default();
    if !is_of_one_script(name) {
        errors.add("username", messages::one_script_only());
        return Err(Error::Invalid(errors));
    }
    let look = look(name);
    let is_plain = name.is_ascii();
    db::users::lock_look(connection, &look).await?;
    if db::users::has_lookalike(connection, name, &look, is_plain).await? {
        errors.add("username", messages::username_lookalike());
        return Err(Error::Taken(errors));
    }
    Ok((!is_plain).then_some(look))
}

/// Returns whether all letters are recommended for identifiers, and of one script or of scripts that are written together.
fn is_of_one_script(name: &str) -> bool {
    if name.is_ascii() {
        return true;
    }
    let foreign: String = name.chars().filter(|c| !c.is_ascii()).collect();
    if !foreign.chars().all(is_recommended) {
        return false;
    }
    // Latin letters are common among Chinese, Japanese and Korean ones: "highly restrictive" in UTS 39.
    let rest = AugmentedScriptSet::for_str(&foreign);
    !AugmentedScriptSet::for_str(name).is_empty() || rest.hanb || rest.jpan || rest.kore
}

/// Returns whether a character is recommended for identifiers. The vowel am of Thai and Lao is accepted too: UTS 39
/// excludes it only because its compatibility form consists of two characters.
fn is_recommended(c: char) -> bool {
    c.identifier_allowed() || matches!(c, '\u{E33}' | '\u{EB3}')
}

/// Returns the skeleton of a username. For ASCII names it equals `skeleton_of` in the database.
fn look(name: &str) -> String {
    let seen: String = if name.is_ascii() {
        name.to_lowercase()
    } else {
        skeleton(&name.to_lowercase()).collect()
    };
    let folded = seen.to_lowercase().replace('0', "o").replace('1', "l");
    folded.replace('m', "rn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_scripts_and_invisible_characters_are_denied() {
        for (name, accepted) in [
            ("ada.lovelace+1@example", true),
            ("müller", true),
            ("élodie-françois", true),
            ("мария", true),
            ("マリア", true),
            ("田中taro", true),
            ("محمد", true),
            ("น้ำฝน", true),
            ("प्रिया", true),
            ("தமிழ்", true),
            ("prिya", false),
            // Cyrillic а.
            ("\u{430}dmin", false),
            // Hangul filler.
            ("ada\u{3164}", false),
            ("\u{3164}\u{3164}\u{3164}", false),
            // Mathematical letters.
            ("\u{1d41a}\u{1d41d}\u{1d41a}", false),
            ("adaд", false),
        ] {
            assert_eq!(is_of_one_script(name), accepted, "{name}");
        }
    }

    #[test]
    fn lookalike_names_share_a_skeleton() {
        for (name, other) in [
            ("coco", "\u{441}\u{43e}\u{441}\u{43e}"),
            ("ada", "Ada"),
            ("user1", "userl"),
            ("bam", "barn"),
        ] {
            assert_eq!(look(name), look(other), "{name} {other}");
        }
        assert_ne!(look("ada"), look("eda"));
    }
}
