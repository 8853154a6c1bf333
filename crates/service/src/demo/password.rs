//! Passwords that can be read out and typed.

use rand::RngExt;
use secrecy::SecretString;

/// Letters and digits without those that look alike. There are 32, so that every byte maps to one without a bias.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUP: usize = 5;

/// Generates a password of 100 bits, in four groups of five characters.
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
