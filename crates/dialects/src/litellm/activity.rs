//! `GET /user/daily/activity`: costs, tokens and requests by day.

use axum::{Json, extract::State, http::StatusCode};
use domain::usage::{DayUsage, UsageRange, UsageScreenParams, UsageSum};
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{Identity, UsageRead},
    usage::{self, UsageFilter},
};

use super::{budgets::dollars, callers, errors::custom, query::Query};
use crate::{Authenticated, DialectError};

const NO_DAYS: &str = "Please provide start_date and end_date";
const DENIED: &str = "Not allowed to see the activity of other users";

/// Returns the usage of all users or of one for administrators, and otherwise that of the caller.
pub(super) async fn daily(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let (Some(from), Some(to)) = (query.owned("start_date"), query.owned("end_date")) else {
        return Err(custom(StatusCode::BAD_REQUEST, NO_DAYS));
    };
    let params = UsageScreenParams {
        from: Some(from),
        to: Some(to),
        ..UsageScreenParams::default()
    };
    let days = params.days(usage::today(&services));
    let days = days.map_err(Error::from)?;
    let (total, mut days) = read(&services, &identity, (&query, days)).await?;
    days.reverse();
    let results: Vec<Value> = days
        .iter()
        .map(|day| {
            json!({
                "date": day.day,
                "metrics": metrics(&day.usage, ""),
                "breakdown": {
                    "models": {}, "model_groups": {}, "mcp_servers": {}, "providers": {}, "api_keys": {}, "entities": {},
                },
            })
        })
        .collect();
    let mut metadata = metrics(&total, "total_");
    if let Some(members) = metadata.as_object_mut() {
        members.insert("page".to_owned(), json!(1));
        members.insert("total_pages".to_owned(), json!(1));
        members.insert("has_more".to_owned(), json!(false));
    }
    Ok(Json(json!({ "results": results, "metadata": metadata })))
}

async fn read(
    services: &Services,
    identity: &Identity,
    (query, days): (&Query, UsageRange),
) -> Result<(UsageSum, Vec<DayUsage>), DialectError> {
    let asked = query.text("user_id");
    let Ok(reader) = identity.require::<UsageRead>() else {
        let Identity::User(caller) = identity else {
            return Err(custom(StatusCode::FORBIDDEN, DENIED));
        };
        if let Some(id) = asked {
            let user = callers::find_readable(services, identity, id).await?;
            if user.id != caller.principal.id.0 {
                return Err(custom(StatusCode::FORBIDDEN, DENIED));
            }
        }
        let report = usage::of_caller(services, caller, days).await?;
        return Ok((report.total, report.days));
    };
    if let Some(id) = asked {
        let user = callers::find_readable(services, identity, id).await?;
        let report = usage::of_user(services, &reader, user.id, days).await?;
        return Ok((report.total, report.days));
    }
    let filter = UsageFilter {
        days,
        user: None,
        group: None,
        model: None,
    };
    let overview = usage::overview(services, &reader, &filter).await?;
    Ok((overview.total, overview.days))
}

/// Returns sums as metrics, whose names begin with a prefix. Only uses that were permitted are counted, so none has failed.
fn metrics(sum: &UsageSum, prefix: &str) -> Value {
    let tokens = sum.tokens_in.saturating_add(sum.tokens_out);
    let pairs = [
        ("spend", dollars(sum.cost.nanos())),
        ("prompt_tokens", sum.tokens_in.into()),
        ("completion_tokens", sum.tokens_out.into()),
        ("total_tokens", tokens.into()),
        ("api_requests", sum.requests.into()),
        ("successful_requests", sum.requests.into()),
        ("failed_requests", 0.into()),
        ("cache_read_input_tokens", 0.into()),
        ("cache_creation_input_tokens", 0.into()),
    ];
    let pairs = pairs.into_iter().map(|(name, value)| {
        let name = match name {
            "total_tokens" => name.to_owned(),
            name => format!("{prefix}{name}"),
        };
        (name, value)
    });
    Value::Object(pairs.collect())
}
