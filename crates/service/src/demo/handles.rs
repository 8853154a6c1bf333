//! Usernames, email addresses and display names. All are unique, however many there are, without a list of those in use:
//! the number after a name encodes the pool of the name and the count of earlier namesakes.

use domain::text::capitalized;

use super::{
    dice::Dice,
    names::{Called, Name},
    shuffle::mix,
};

/// Form of a username.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Style {
    #[default]
    Dotted,
    Underscored,
    Hyphened,
    /// Initial of the given name, then the family name.
    Initial,
    /// Dotted, in the script of the name.
    Native,
}

/// Styles that namesakes use in turn, each combination of names starting at another one.
const STYLES: [Style; 8] = [
    Style::Dotted,
    Style::Underscored,
    Style::Dotted,
    Style::Initial,
    Style::Dotted,
    Style::Hyphened,
    Style::Dotted,
    Style::Native,
];

/// Domains that are reserved and receive no mail (RFC 2606), with their weights.
const DOMAINS: [(u64, &str); 12] = [
    (30, "example.com"),
    (18, "example.org"),
    (14, "example.net"),
    (6, "mail.example"),
    (5, "university.example"),
    (5, "hospital.example"),
    (5, "city.example"),
    (4, "studio.example"),
    (4, "archive.example"),
    (3, "museum.example"),
    (3, "post.test"),
    (3, "lab.test"),
];

impl Called<'_> {
    /// Returns the username. The `taken` users of earlier data sets can have any name with a number up to `taken`.
    pub(super) fn username(&self, taken: u64) -> String {
        let (given, family) = (&self.given.roman, &self.family.roman);
        let number = self.number(taken);
        match self.style() {
            Style::Dotted => format!("{given}.{family}{number}"),
            Style::Underscored => format!("{given}_{family}{number}"),
            Style::Hyphened => format!("{given}-{family}{number}"),
            Style::Native => format!("{}.{}{number}", self.given.native, self.family.native),
            Style::Initial => {
                let initial = given.chars().next().unwrap_or_default();
                // Other given names share the initial, so the index of the given name is part of the number.
                let given_index = self.combination / self.pool.family.len() as u64;
                let round = (self.namesakes + taken) * self.pool.given.len() as u64 + given_index;
                format!("{initial}{family}{}", round * self.pools + self.pool_index)
            }
        }
    }

    /// Returns an email address at a domain that is reserved for examples.
    pub(super) fn email(&self, taken: u64, dice: &mut Dice) -> String {
        let domain = dice.weigh(&DOMAINS);
        format!(
            "{}.{}{}@{domain}",
            self.given.roman,
            self.family.roman,
            self.number(taken)
        )
    }

    /// Returns the display name: mostly the full name in its own script.
    pub(super) fn display_name(&self, dice: &mut Dice) -> String {
        match dice.below(100) {
            0..3 => self.given.native.to_owned(),
            3..13 => self.whole(&latin(self.given), &latin(self.family), " "),
            13..17 => format!(
                "{} {}. {}",
                latin(self.given),
                dice.pick(&INITIALS),
                latin(self.family)
            ),
            _ => self.whole(
                self.given.native,
                self.family.native,
                if self.pool.joined { "" } else { " " },
            ),
        }
    }

    fn whole(&self, given: &str, family: &str, space: &str) -> String {
        if self.pool.family_first {
            format!("{family}{space}{given}")
        } else {
            format!("{given}{space}{family}")
        }
    }

    fn style(&self) -> Style {
        let turn = (mix(self.combination) % 8 + self.namesakes) % 8;
        let style = STYLES.get(turn as usize).copied().unwrap_or_default();
        let native = [self.given, self.family].map(|name| name.native);
        let own_script = native
            .iter()
            .all(|name| name.chars().all(|c| c.is_alphanumeric() && c > '\u{2AF}'));
        if style == Style::Native && !own_script {
            Style::Dotted
        } else {
            style
        }
    }

    /// Returns the number after a name: the remainder encodes the pool, the quotient counts the namesakes. Empty for the
    /// first user of a name.
    fn number(&self, taken: u64) -> String {
        let round = self.namesakes + taken;
        if round == 0 && !self.elsewhere {
            return String::new();
        }
        (round * self.pools + self.pool_index).to_string()
    }
}

const INITIALS: [char; 12] = ['A', 'B', 'C', 'D', 'E', 'J', 'K', 'L', 'M', 'R', 'S', 'T'];

/// Returns the name in Latin letters, with the first one in upper case.
fn latin(name: &Name) -> String {
    if name.native.is_ascii() {
        name.native.to_owned()
    } else {
        capitalized(&name.roman)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::users::names::{DisplayName, Email, Username};

    use super::*;
    use crate::demo::names::Names;

    #[test]
    fn usernames_are_unique_and_valid() {
        const SAMPLE: u64 = 120_000;
        let names = Names::new(1, SAMPLE);
        let (mut usernames, mut emails) = (HashSet::new(), HashSet::new());
        for user_index in 0..SAMPLE {
            let called = names.of(user_index).unwrap();
            let mut dice = Dice::new(1, user_index);
            let (username, email) = (called.username(0), called.email(0, &mut dice));
            username
                .parse::<Username>()
                .unwrap_or_else(|error| panic!("{username}: {error}"));
            email
                .parse::<Email>()
                .unwrap_or_else(|error| panic!("{email}: {error}"));
            let shown = called.display_name(&mut dice);
            shown
                .parse::<DisplayName>()
                .unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert!(
                usernames.insert(username.to_lowercase()),
                "{username} twice"
            );
            assert!(emails.insert(email.clone()), "{email} twice");
        }
    }

    #[test]
    fn second_crowd_does_not_collide() {
        let crowd = |taken, users| {
            let names = Names::new(1, users);
            (0..users)
                .map(|user_index| names.of(user_index).unwrap().username(taken))
                .collect::<HashSet<_>>()
        };
        assert!(crowd(0, 5_000).is_disjoint(&crowd(5_000, 5_000)));
    }

    #[test]
    fn small_crowd_needs_few_numbers() {
        let names = Names::new(1, 1_000);
        let plain = (0..1_000).filter(|user_index| {
            let username = names.of(*user_index).unwrap().username(0);
            !username.contains(|c: char| c.is_ascii_digit())
        });
        assert!(plain.count() > 700);
    }
}
