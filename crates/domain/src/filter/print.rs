//! Formatting of a search as its canonical text. It has no more parentheses than the grammar needs, so that it is never nested deeper than
//! the text that was typed.

use std::fmt;

use super::{Expr, Filter, Term};

impl fmt::Display for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().map_or(Ok(()), |root| root.fmt(out))
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(parts) => write_joined(parts, " ", out),
            Expr::Or(parts) => write_joined(parts, " OR ", out),
            Expr::Not(inner) if matches!(**inner, Expr::And(_) | Expr::Or(_)) => {
                write!(out, "-({inner})")
            }
            Expr::Not(inner) => write!(out, "-{inner}"),
            Expr::Term(term) => term.fmt(out),
        }
    }
}

/// Writes the parts of an `And` or `Or`. An `OR` binds weaker than its neighbours, so it alone needs parentheses.
fn write_joined(parts: &[Expr], joint: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(joint)?;
        }
        match part {
            Expr::Or(_) => write!(out, "({part})")?,
            _ => write!(out, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field() {
            write!(out, "{field}:")?;
        }
        match self {
            Term::Text(text) | Term::Username(text) | Term::Name(text) | Term::Email(text) => {
                text.fmt(out)
            }
            Term::Group(name) | Term::Client(name) | Term::Feature(name) => name.fmt(out),
            Term::Role(name) => name.fmt(out),
            Term::Status(status) => out.write_str(status.as_str()),
            Term::Via(way) => out.write_str(way.as_str()),
            Term::Number(range) | Term::Count(_, range) => range.fmt(out),
            Term::Spend(range) => range.fmt(out),
            Term::Over(limit) => out.write_str(limit.name()),
            Term::Created(when) | Term::LastLogin(when) | Term::LastActive(when) => when.fmt(out),
            Term::Inactive(age) => age.fmt(out),
            Term::Has(what) => out.write_str(what.name()),
        }
    }
}
