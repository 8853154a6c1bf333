//! Parameters of the job list: filter, page size and position. They live in the URL. Running and queued jobs come first, then the newest.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{Job, JobState};
use crate::list::{
    Cursor, Limits, ListError, Position, given, page_params, parse_limit, position, shorten,
};

/// Name of the only sort order, stored in its cursors.
const ORDER: &str = "jobs";

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct JobParams {
    /// State of the jobs.
    #[param(value_type = Option<JobState>)]
    pub state: Option<String>,
    /// Maximum number of jobs in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsQuery {
    /// State of the jobs; `None` for any.
    pub state: Option<JobState>,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(JobParams {
    state,
    limit,
    after,
    before
});

impl JobParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<JobsQuery, ListError> {
        let state = |text: &str| text.parse().map_err(|_| ListError::JobState(shorten(text)));
        Ok(JobsQuery {
            state: given(&self.state).map(state).transpose()?,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| {
                Cursor::decode_in_groups(text, ORDER)
            })?,
        })
    }
}

impl JobsQuery {
    /// Returns the cursor at a row.
    #[must_use]
    pub fn cursor(job: &Job, number: u64) -> Cursor {
        Cursor::in_groups(ORDER, i32::from(job.state.is_open()), job.id, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::JobKind;
    use crate::list::PageParams;

    fn params(name: &str, value: &str) -> JobParams {
        JobParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    fn job(state: JobState) -> Job {
        Job {
            id: uuid::Uuid::nil(),
            kind: JobKind::Purge,
            target: None,
            object: None,
            state,
            done: 0,
            total: None,
            error: None,
            created_at: time::OffsetDateTime::UNIX_EPOCH,
            started_at: None,
            progressed_at: None,
            finished_at: None,
        }
    }

    #[test]
    fn default_is_the_first_fifty() {
        let query = JobParams::default().parse(Limits::PANEL).unwrap();
        let all = JobsQuery {
            state: None,
            limit: 50,
            position: Position::First,
        };
        assert_eq!(query, all);
        assert_eq!(params("state", " ").parse(Limits::PANEL), Ok(all));
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (name, value, says) in [
            ("state", "cancelled", "`state` is \"cancelled\""),
            ("limit", "0", "is not a number from 1 to 100"),
            ("after", "x", "does not exist"),
        ] {
            let error = params(name, value).parse(Limits::PANEL).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn cursor_knows_whether_the_job_is_running() {
        for (state, group) in [
            (JobState::Queued, 1),
            (JobState::Running, 1),
            (JobState::Done, 0),
            (JobState::Failed, 0),
        ] {
            let text = JobsQuery::cursor(&job(state), 7).encode();
            let query = params("after", &text).parse(Limits::PANEL).unwrap();
            let Position::After(cursor) = query.position else {
                panic!("{query:?}");
            };
            assert_eq!((cursor.group(), cursor.number), (Some(group), 7));
        }
    }

    #[test]
    fn cursor_of_another_list_is_rejected() {
        let cursor = Cursor::at(
            "tokens -created",
            time::OffsetDateTime::UNIX_EPOCH,
            uuid::Uuid::nil(),
            1,
        );
        let denied = params("before", &cursor.encode()).parse(Limits::PANEL);
        assert_eq!(denied, Err(ListError::Cursor("before")));
    }

    #[test]
    fn parameters_round_trip() {
        let asked = JobParams {
            state: Some("failed".into()),
            limit: Some("25".into()),
            ..JobParams::default()
        };
        assert_eq!(asked.pairs(), [("state", "failed"), ("limit", "25")]);
    }
}
