//! Diagnosis of the database, for `rollcall doctor`.

use db::{doctor::Recount, schema::SchemaError};

use crate::{Error, Services};

/// Result of one check.
#[derive(Debug, Clone)]
pub struct Finding {
    /// True if the check passed.
    pub good: bool,
    /// Subject of the check, with advice if it failed.
    pub text: String,
}

/// Checks schema, encoding, statistics, search index, totals, conversations, usage, balances, partitions, usernames
/// that are addresses of others, and that an admin exists.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn examine(services: &Services) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    match db::schema::check(&services.pool).await {
        Ok(()) => findings.push(Finding {
            good: true,
            text: "The schema matches this version.".to_owned(),
        }),
        Err(wrong) => {
            findings.push(Finding {
                good: false,
                text: wrong.to_string(),
            });
            return Ok(findings);
        }
    }
    findings.push(examine_database(services).await?);
    let admin = db::users::admin_exists(&services.pool).await?;
    findings.push(Finding {
        good: admin,
        text: if admin {
            "At least one admin can sign in.".to_owned()
        } else {
            "No admin can sign in. Run `rollcall setup-link`.".to_owned()
        },
    });
    findings.extend(recounted(&db::doctor::recount(&services.pool).await?));
    let missing = db::doctor::count_missing_partitions(&services.pool).await?;
    findings.push(none(
        "Missing partitions of events of this month and the next",
        missing,
    ));
    let shared = db::doctor::list_shared_names(&services.pool).await?;
    findings.push(Finding {
        good: shared.is_empty(),
        text: if shared.is_empty() {
            "No username is the email address of another user.".to_owned()
        } else {
            let names = shared.join(", ");
            format!(
                "Usernames that are the email address of another user, which no longer sign in with it: {names}. Delete these users, \
                 or change the address of the other ones."
            )
        },
    });
    Ok(findings)
}

/// Returns the findings of a recount.
fn recounted(recount: &Recount) -> [Finding; 8] {
    [
        none(
            "Users whose statistics differ from a recount",
            recount.wrong_stats,
        ),
        none("Totals that differ from a recount", recount.wrong_totals),
        none(
            "Users whose search index is out of date",
            recount.wrong_search,
        ),
        none(
            "Groups whose numbers of members differ from a recount",
            recount.wrong_groups,
        ),
        none(
            "Conversations whose sums differ from their messages",
            recount.wrong_conversations,
        ),
        none(
            "Days of usage of a user that differ from the events",
            recount.wrong_usage,
        ),
        none(
            "Totals of usage that differ from the days of the users",
            recount.wrong_usage_totals,
        ),
        none(
            "Balances of limits that differ from the events of their periods",
            recount.wrong_balances,
        ),
    ]
}

/// Returns the finding of a number that must be zero.
fn none(what: &str, count: i64) -> Finding {
    Finding {
        good: count == 0,
        text: format!("{what}: {count}."),
    }
}

/// Checks that the encoding of the database can represent every name.
async fn examine_database(services: &Services) -> Result<Finding, Error> {
    let encoding = db::doctor::encoding(&services.pool).await?;
    match db::schema::check_database(&services.pool).await {
        Ok(()) => Ok(Finding {
            good: true,
            text: format!("The database encoding is {encoding}, which supports all names."),
        }),
        Err(SchemaError::Unsuitable(advice)) => Ok(Finding {
            good: false,
            text: advice,
        }),
        Err(error) => Err(error.into()),
    }
}
