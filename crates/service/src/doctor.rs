//! Diagnosis of the database, for `rollcall doctor`.

use db::schema::SchemaError;

use crate::{Error, Services};

/// Result of one check.
#[derive(Debug, Clone)]
pub struct Finding {
    /// True if the check passed.
    pub good: bool,
    /// Subject of the check, with advice if it failed.
    pub text: String,
}

/// Checks schema, encoding, statistics, search index, totals, and that an admin exists.
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
    let recount = db::doctor::recount(&services.pool).await?;
    findings.push(Finding {
        good: recount.wrong_stats == 0,
        text: format!(
            "Users whose statistics differ from a recount: {}.",
            recount.wrong_stats
        ),
    });
    findings.push(Finding {
        good: recount.wrong_totals == 0,
        text: format!(
            "Totals that differ from a recount: {}.",
            recount.wrong_totals
        ),
    });
    findings.push(Finding {
        good: recount.wrong_search == 0,
        text: format!(
            "Users whose search index is out of date: {}.",
            recount.wrong_search
        ),
    });
    findings.push(Finding {
        good: recount.wrong_groups == 0,
        text: format!(
            "Groups whose numbers of members differ from a recount: {}.",
            recount.wrong_groups
        ),
    });
    findings.push(Finding {
        good: recount.wrong_conversations == 0,
        text: format!(
            "Conversations whose sums differ from their messages: {}.",
            recount.wrong_conversations
        ),
    });
    Ok(findings)
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
