//! Digits and symbols that stand for letters, as in `p4$$w0rd`.

/// Digits and symbols that zxcvbn reads as a letter, one text for each letter.
const SUBSTITUTES: [&str; 12] = [
    "4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2",
];
/// Maximum number of readings of a password. Words that users write like this have few; a password with all substitutes has
/// 576.
const READINGS: usize = 16;
/// First character of Unicode's Private Use Area, whose characters have no meaning.
const PRIVATE_USE: u32 = 0xe000;

/// Limits the readings of a password, because zxcvbn looks up each of them. A reading takes one of the substitutes in the
/// password for each letter. Those that exceed the limit are replaced, each by a character of its own, so that repetitions
/// stay.
pub(super) fn limit_readings(password: &str) -> String {
    let mut read = String::new();
    let limited = password.chars().map(|c| {
        if read.contains(c) {
            return c;
        }
        read.push(c);
        if readings(&read) <= READINGS {
            return c;
        }
        read.pop();
        char::from_u32(PRIVATE_USE + u32::from(c)).unwrap_or(c)
    });
    limited.collect()
}

/// Counts the readings of a password with these characters. Where a character stands for one of two letters, zxcvbn tries
/// both, and has up to twice as many.
fn readings(characters: &str) -> usize {
    let substitutes = SUBSTITUTES.iter().map(|of_letter| {
        let present = of_letter.chars().filter(|c| characters.contains(*c));
        present.count().max(1)
    });
    substitutes.product()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_with_few_readings_is_unchanged() {
        for password in [
            "P@$$w0rd!1",
            "1234567890",
            "84937201956473829105",
            "1qaz@WSX3edc$RFV",
            "kV7#pQz2wL",
            "пароль-мой-дом",
        ] {
            assert_eq!(limit_readings(password), password);
        }
    }

    #[test]
    fn substitutes_that_exceed_the_limit_are_replaced() {
        assert_eq!(readings("4@8({[<3691!|70$5+%2"), 576);
        assert_eq!(
            limit_readings("4@8({[<3691!|70$5+%2 !7!"),
            "4@8({[<3691\u{e021}\u{e07c}\u{e037}0$\u{e035}+%2 \u{e021}\u{e037}\u{e021}"
        );
    }
}
