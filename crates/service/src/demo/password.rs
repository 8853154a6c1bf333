//! A password that can be read out and typed.

use rand::RngExt;
use secrecy::SecretString;

/// Letters and digits that are not mistaken for each other. There are 32 of them, so that a byte chooses fairly.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUP: usize = 5;

/// A new password of 100 bits, in four groups of letters.
#[must_use]
pub fn generate_password() -> SecretString {
    spell(&rand::rng().random())
}

fn spell(random: &[u8; 20]) -> SecretString {
    let letters: Vec<char> = random
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied().map(char::from))
        .collect();
    let groups: Vec<String> = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-").into()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn passwords_are_readable() {
        let password = generate_password();
        assert_ne!(
            password.expose_secret(),
            generate_password().expose_secret()
        );
        assert_eq!(spell(&[0; 20]).expose_secret(), "aaaaa-aaaaa-aaaaa-aaaaa");
        assert_eq!(password.expose_secret().len(), 23);
        assert!(
            password
                .expose_secret()
                .split('-')
                .all(|group| group.len() == GROUP)
        );
    }
}
