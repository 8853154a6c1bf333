//! Syntax tree of a search.

use crate::users::{CreatedVia, Status};

use super::{Age, Field, IntRange, OverLimit, RoleName, SpendRange, Text, When};

/// A search or a part of one.
///
/// Within [`super::Filter`], `And` and `Or` have at least two parts and none of their own kind directly inside, and a `Not` contains no
/// other `Not`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Every part matches.
    And(Vec<Expr>),
    /// At least one part matches.
    Or(Vec<Expr>),
    /// The part does not match.
    Not(Box<Expr>),
    /// One condition.
    Term(Term),
}

impl Expr {
    /// Joins `parts` by `And`; returns `None` if there are none.
    pub(super) fn all_of(parts: Vec<Expr>) -> Option<Expr> {
        let flatten = |part| match part {
            Expr::And(inner) => inner,
            other => vec![other],
        };
        joined(parts.into_iter().flat_map(flatten).collect(), Expr::And)
    }

    /// Joins `parts` by `Or`; returns `None` if there are none.
    pub(super) fn any_of(parts: Vec<Expr>) -> Option<Expr> {
        let flatten = |part| match part {
            Expr::Or(inner) => inner,
            other => vec![other],
        };
        joined(parts.into_iter().flat_map(flatten).collect(), Expr::Or)
    }

    /// Visits each condition on a time.
    pub(super) fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => {
                for part in parts {
                    part.for_each_when(visit);
                }
            }
            Expr::Not(part) => part.for_each_when(visit),
            Expr::Term(Term::Created(when) | Term::LastLogin(when) | Term::LastActive(when)) => {
                visit(when);
            }
            Expr::Term(_) => {}
        }
    }

    /// Negates `self`; a double negation is removed.
    pub(super) fn negated(self) -> Expr {
        match self {
            Expr::Not(inner) => *inner,
            other => Expr::Not(Box::new(other)),
        }
    }
}

fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    if parts.len() > 1 {
        Some(join(parts))
    } else {
        parts.pop()
    }
}

/// One condition on a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// The username, display name or email contains the text.
    Text(Text),
    /// The username contains the text.
    Username(Text),
    /// The display name contains the text.
    Name(Text),
    /// The email contains the text.
    Email(Text),
    /// The user holds the role.
    Role(RoleName),
    /// The user is a member of the group with the name.
    Group(Text),
    /// The client with the number or the name is in the user's list of clients.
    Client(Text),
    /// The user has the feature with the key.
    Feature(Text),
    /// The account is in the state.
    Status(Status),
    /// The account was created in this way.
    Via(CreatedVia),
    /// The user's number is in the range.
    Number(IntRange),
    /// The number of items of this kind that the user has is in the range.
    Count(Count, IntRange),
    /// The costs of this calendar month are in the range.
    Spend(SpendRange),
    /// Nothing is left of the limit.
    Over(OverLimit),
    /// The account was created in the range. The condition is not `never`.
    Created(When),
    /// The last sign-in is in the range.
    LastLogin(When),
    /// The last activity is in the range.
    LastActive(When),
    /// The user was not active for this long, or never.
    Inactive(Age),
    /// The user has at least one of these.
    Has(Has),
}

impl Term {
    /// Returns the field of the term; `None` for words that search several.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        Some(match self {
            Term::Text(_) => return None,
            Term::Username(_) => Field::Username,
            Term::Name(_) => Field::Name,
            Term::Email(_) => Field::Email,
            Term::Role(_) => Field::Role,
            Term::Group(_) => Field::Group,
            Term::Client(_) => Field::Client,
            Term::Feature(_) => Field::Feature,
            Term::Status(_) => Field::Status,
            Term::Via(_) => Field::Via,
            Term::Number(_) => Field::Number,
            Term::Count(count, _) => Field::Count(*count),
            Term::Spend(_) => Field::Spend,
            Term::Over(_) => Field::Over,
            Term::Created(_) => Field::Created,
            Term::LastLogin(_) => Field::LastLogin,
            Term::LastActive(_) => Field::LastActive,
            Term::Inactive(_) => Field::Inactive,
            Term::Has(_) => Field::Has,
        })
    }
}

/// A kind of item that is counted per user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// Personas that the user owns.
    Personas,
    /// Ontologies of those personas.
    Ontologies,
    /// Annotations that the user created.
    Annotations,
    /// Active sessions.
    Sessions,
    /// Provider API keys that the user stored.
    ApiKeys,
}

/// Something that a user has or does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// An email address.
    Email,
    /// At least one group.
    Group,
    /// At least one item of the counted kind.
    Any(Count),
}
