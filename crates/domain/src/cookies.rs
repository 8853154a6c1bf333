//! Cookies of a request. All code that looks at a cookie reads it here, so that no two readers can disagree.

/// The cookies of a request, each name once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookies<'h>(Vec<(&'h str, &'h str)>);

impl<'h> Cookies<'h> {
    /// Parses the bytes of the `Cookie` headers. A pair that is not a plain name and value (RFC 6265, 4.1.1) is ignored by itself. So is a
    /// pair with a `%`: where a decoder follows, `__%48ost-session_token` would become `__Host-session_token`, which only this host can
    /// set. If a name occurs several times, the last value counts.
    #[must_use]
    pub fn read(lines: impl IntoIterator<Item = &'h [u8]>) -> Self {
        let mut cookies: Vec<(&str, &str)> = Vec::new();
        for pair in lines
            .into_iter()
            .flat_map(|line| line.split(|byte| *byte == b';'))
        {
            if let Some((name, value)) = read_pair(pair) {
                cookies.retain(|(known, _)| *known != name);
                cookies.push((name, value));
            }
        }
        Self(cookies)
    }

    /// Returns the value of a cookie.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'h str> {
        self.0
            .iter()
            .find_map(|(known, value)| (*known == name).then_some(*value))
    }

    /// Lists the names of the cookies as they were sent.
    pub fn names(&self) -> impl Iterator<Item = &'h str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Formats the cookies as one header value, which every parser reads alike.
    #[must_use]
    pub fn to_header(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

fn read_pair(pair: &[u8]) -> Option<(&str, &str)> {
    let pair = std::str::from_utf8(pair).ok()?.trim_matches([' ', '\t']);
    let (name, value) = pair.split_once('=')?;
    let named = !name.is_empty() && name.bytes().all(is_in_name);
    (named && value.bytes().all(is_in_value)).then_some((name, value))
}

/// Returns whether a byte can be part of a cookie's name: a `tchar` (RFC 9110, 5.6.2) other than `%`.
const fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Returns whether a byte can be part of a cookie's value: a `cookie-octet` (RFC 6265, 4.1.1) other than `%`.
const fn is_in_value(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\' | b'%')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn malformed_pair_is_skipped() {
        for (line, expected) in [
            (&b"a=1; b=2"[..], "a=1; b=2"),
            (b"a=1;b=2;", "a=1; b=2"),
            (b"a=", "a="),
            (b"a=b=c", "a=b=c"),
            ("x=é; a=1".as_bytes(), "a=1"),
            (b"x=\xFF; a=1", "a=1"),
            (b"a=1; \xFF=2", "a=1"),
            (b"__%48ost-a=1; a=2", "a=2"),
            (b"a=%41; b=2", "b=2"),
            (b"a=\"1\"; b=2", "b=2"),
            (b"a =1; b= 2; c=3", "c=3"),
            (b"a; =1; b=2", "b=2"),
            (b"a=1; b=2; a=3", "b=2; a=3"),
            (b"a=1; a=\xFF", "a=1"),
            (b"", ""),
        ] {
            assert_eq!(
                Cookies::read([line]).to_header(),
                expected,
                "{}",
                line.escape_ascii()
            );
        }
    }

    proptest! {
        #[test]
        fn header_round_trips(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
        ) {
            let cookies = Cookies::read(lines.iter().map(Vec::as_slice));
            let header = cookies.to_header();
            prop_assert!(header.is_ascii() && !header.contains('%'));
            prop_assert_eq!(Cookies::read([header.as_bytes()]), cookies.clone());
        }

        #[test]
        fn cookie_is_found_in_any_bytes(
            before in prop::collection::vec(any::<u8>(), 0..60), name in "[a-z_]{1,9}",
            value in "[!#-$&-+\\--:<-\\[\\]-~]{0,20}", after in prop::collection::vec(any::<u8>(), 0..60), split in any::<bool>(),
        ) {
            let own = format!("{name}={value}").into_bytes();
            // Excludes a cookie of the same name that the generator puts after it by chance.
            let start = format!("{name}=").into_bytes();
            prop_assume!(!after.windows(start.len()).any(|part| part == start));
            let lines = if split {
                vec![before, own, after]
            } else {
                vec![[before, own, after].join(&b"; "[..])]
            };
            let cookies = Cookies::read(lines.iter().map(Vec::as_slice));
            prop_assert_eq!(cookies.get(&name), Some(value.as_str()));
        }
    }
}
