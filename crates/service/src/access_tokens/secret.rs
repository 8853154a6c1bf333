//! Text of an access token or a virtual key: `rc_` or `sk-`, 32 random letters and digits, and six check digits computed from them. By the
//! prefix and the check digits, secret scanners recognize a leaked token, and the server rejects any other text before it queries the
//! database.

use domain::access_tokens::TokenKind;
use rand::RngExt;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::tokens;

/// Number of characters of the prefixes of both kinds.
const MARK: usize = 3;
/// Number of random characters: 190 bits. With the shown prefix known, 142 bits are left, too many to guess: attempts need
/// no throttle.
const RANDOM: usize = 32;
/// Number of check digits.
const CHECK: usize = 6;
/// Number of random characters that are shown, by which a user recognizes a token.
const SHOWN: usize = 8;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Generates a token.
pub(super) fn generate(kind: TokenKind) -> SecretString {
    let mut rng = rand::rng();
    let random = (0..RANDOM).map(|_| digit(rng.random_range(0..62)));
    let text: String = kind.mark().chars().chain(random).collect();
    let check = check(&text);
    format!("{text}{check}").into()
}

/// Returns the part of a token that is shown and stored in clear.
pub(super) fn prefix(text: &str) -> &str {
    text.get(..MARK + SHOWN).unwrap_or(text)
}

/// Returns the kind of a token, and the hash under which it is stored. None for a text that has not the form of a token.
pub(super) fn read(text: &str) -> Option<(TokenKind, [u8; 32])> {
    let (body, end) = text.split_at_checked(MARK + RANDOM)?;
    let (kind, random) = TokenKind::ALL
        .iter()
        .find_map(|kind| Some((*kind, body.strip_prefix(kind.mark())?)))?;
    let known = random.bytes().all(|byte| ALPHABET.contains(&byte));
    (known && end == check(body)).then(|| (kind, hash_of(text)))
}

/// Returns the hash of a text that is known to be a token.
pub(super) fn hash_of(text: &str) -> [u8; 32] {
    tokens::hash(text)
}

/// Returns the check digits of a text: the first 32 bits of its SHA-256, in base 62.
fn check(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let start = hash.iter().take(4);
    let mut rest = start.fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
    let digits = (0..CHECK).map(|_| {
        let last = rest % 62;
        rest /= 62;
        digit(last)
    });
    digits.collect()
}

fn digit(number: u32) -> char {
    let at = usize::try_from(number).unwrap_or_default();
    ALPHABET.get(at).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{prelude::*, sample::Index};
    use secrecy::ExposeSecret;

    use super::*;

    const BOTH: [TokenKind; 2] = [TokenKind::Token, TokenKind::Key];

    proptest! {
        #[test]
        fn only_well_formed_texts_are_tokens(
            text in any::<String>(), like in "(rc_|sk-)[0-9A-Za-z]{38}", short in "(rc_|sk-).{0,60}",
        ) {
            for text in [&text, &like, &short] {
                prop_assert_eq!(read(text), None);
                prop_assert!(text.starts_with(prefix(text)));
            }
        }

        #[test]
        fn wrong_checksum_is_rejected(
            kind in proptest::sample::select(BOTH.to_vec()), at in any::<Index>(), sign in any::<char>(), signs in 1..3_usize,
        ) {
            let text = generate(kind);
            let text = text.expose_secret();
            let at = at.index(text.len());
            let rest = text.get(at + signs..).unwrap_or_default();
            let other = format!("{}{sign}{rest}", &text[..at]);
            prop_assert_eq!(read(&other).is_some(), other == *text, "{}", other);
        }
    }

    #[test]
    fn hash_identifies_a_token() {
        for (kind, mark, other_mark) in [
            (TokenKind::Token, "rc_", "sk-"),
            (TokenKind::Key, "sk-", "rc_"),
        ] {
            let text = generate(kind);
            let text = text.expose_secret();
            assert_eq!(text.len(), 41);
            assert!(text.starts_with(mark));
            assert_eq!(prefix(text), &text[..11]);
            assert!(text[3..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
            assert_eq!(read(text), Some((kind, tokens::hash(text))));
            let swapped = if text.ends_with('0') { "1" } else { "0" };
            for other in [
                "",
                mark,
                &text[1..],
                &text[..40],
                &format!("{text}0"),
                &format!("{}{swapped}", &text[..40]),
                &text.replacen(mark, "gh_", 1),
                // The check digits are those of the other kind.
                &text.replacen(mark, other_mark, 1),
                &format!("{mark}{}", "é".repeat(19)),
                &format!("{mark}{}", "0".repeat(100_000)),
            ] {
                assert_eq!(read(other), None, "{other:.80}");
            }
        }
    }

    #[test]
    fn generated_tokens_are_unique() {
        let all: BTreeSet<String> = (0..1_000)
            .map(|_| generate(TokenKind::Token).expose_secret().to_owned())
            .collect();
        assert_eq!(all.len(), 1_000);
        let used: BTreeSet<u8> = all.iter().flat_map(|text| text[3..35].bytes()).collect();
        assert_eq!(used.len(), 62);
    }
}
