//! Loading of demo data into the database, in one transaction: an interrupted load leaves nothing behind.

use db::{
    PgConnection,
    audit::{self, Audited},
    demo as sql,
};
use domain::{
    access::BuiltinRole,
    action::{Action, TargetKind},
    error::Conflict,
    features::FeatureSet,
};
use serde_json::json;
use time::UtcOffset;
use tokio::{
    sync::mpsc::{self, Receiver},
    task::{self, JoinHandle},
};

use super::{
    chunk::Chunk,
    clients,
    crowd::{Crowd, Plan, RoleIds},
    groups,
};
use crate::{Error, Services};

const USERS_EXIST: Error = Error::Conflict(Conflict::DemoUsersExist);
const SAME_USERS: Error = Error::Conflict(Conflict::DemoUsersRepeated);

/// Maximum ratio of existing users to new ones at which the indexes are dropped and rebuilt rather than maintained row by
/// row. Measured with 100,000 users: rebuilding costs 0.1 ms per user, maintaining 0.6 ms.
const REBUILD_UP_TO: u64 = 8;

/// Share of the users of a large data set who have usage and conversations: one in this number.
const METERED: u64 = 20;
/// Number of users that have usage in a data set whose share is larger.
const USERS_PER_SHARE: u64 = 50;

/// Parameters of a load.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// Number of users to generate.
    pub users: u64,
    /// Seed of the random generator: another seed gives other users.
    pub seed: u64,
    /// Behaviour in a database that has users.
    pub existing_users: ExistingUsers,
}

/// Behaviour of a load in a database that has users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingUsers {
    /// Fails with a conflict.
    Fail,
    /// Adds the demo users to the existing ones.
    Add,
    /// Changes nothing and succeeds.
    Skip,
}

/// Result of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Loaded demo data.
    Loaded {
        /// Number of inserted rows, over all tables.
        rows: u64,
    },
    /// Existing users: nothing was changed.
    Skipped,
}

/// Progress of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Copying of the rows.
    Users {
        /// Number of copied users.
        user_count: u64,
        /// Number of copied rows, over all tables.
        rows: u64,
    },
    /// Rebuilding of indexes and foreign keys.
    Indexes {
        /// Number of those that are rebuilt.
        done: usize,
        /// Total number to rebuild.
        of: usize,
    },
    /// Computation of statistics and totals.
    Counting,
    /// `VACUUM` after the commit, which makes reads fast.
    Vacuuming,
}

/// Loads demo data. Other transactions cannot write meanwhile; while indexes are dropped and rebuilt, they cannot read
/// either.
///
/// # Errors
/// [`Error::Conflict`] when there are users and the order does not allow for them, or when some of the demo users exist.
pub async fn load(
    services: &Services,
    order: Order,
    mut report: impl FnMut(Step),
) -> Result<Outcome, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    sql::prepare(&mut transaction).await?;
    sql::lock(&mut transaction).await?;
    let taken = sql::count_users(&mut transaction).await?;
    if taken > 0 {
        match order.existing_users {
            ExistingUsers::Fail => return Err(USERS_EXIST),
            ExistingUsers::Skip => return Ok(Outcome::Skipped),
            ExistingUsers::Add => {}
        }
    }
    let plan = Plan {
        users: order.users,
        seed: order.seed,
        today: (services.clock)(),
        taken,
        roles: find_roles(&mut transaction).await?,
    };
    for feature in FeatureSet::OpenWebui.features() {
        db::features::insert(&mut transaction, &feature).await?;
    }
    let clients = sql::insert_clients(&mut transaction, &clients::names(&plan), plan.today).await;
    let crowd = Crowd::new(plan, clients.map_err(same_users)?);
    let rows = fill(&mut transaction, crowd, &mut report).await?;
    let audited = write_entry(&mut transaction, plan).await?;
    db::commit(transaction, audited).await?;
    report(Step::Vacuuming);
    sql::vacuum(&services.pool).await?;
    Ok(Outcome::Loaded { rows })
}

async fn find_roles(connection: &mut PgConnection) -> Result<RoleIds, Error> {
    Ok(RoleIds {
        admin: sql::find_role(connection, BuiltinRole::Admin).await?,
        auditor: sql::find_role(connection, BuiltinRole::Auditor).await?,
        user: sql::find_role(connection, BuiltinRole::User).await?,
    })
}

async fn fill(
    connection: &mut PgConnection,
    crowd: Crowd,
    report: &mut impl FnMut(Step),
) -> Result<u64, Error> {
    let plan = crowd.plan;
    let (largest_group, _) = groups::identify(&crowd, 0);
    sql::disable_triggers(connection).await?;
    let aside = if plan.users.saturating_mul(REBUILD_UP_TO) >= plan.taken {
        sql::set_aside(connection).await?
    } else {
        Vec::new()
    };
    let (generating, created) = generate(crowd);
    let mut rows = copy(connection, created, report)
        .await
        .map_err(same_users)?;
    generating
        .await
        .map_err(|failure| Error::Internal(failure.into()))?;
    rows += sql::insert_limits(connection, largest_group, plan.today).await?;
    rows += sql::insert_usage(connection, metering(plan)).await?;
    report(Step::Users {
        user_count: plan.users,
        rows,
    });
    report(Step::Counting);
    sql::fill_user_stats(connection).await?;
    sql::fill_user_spend(connection).await?;
    sql::fill_user_search(connection).await?;
    sql::refill_user_totals(connection).await?;
    sql::fill_group_totals(connection).await?;
    sql::fill_usage_totals(connection).await?;
    // In the order that `set_aside` returned: a foreign key needs the key that it refers to.
    let of = aside.len();
    for (done, index) in aside.into_iter().enumerate() {
        report(Step::Indexes { done, of });
        sql::restore(connection, index).await.map_err(same_users)?;
    }
    sql::enable_triggers(connection).await?;
    Ok(rows)
}

/// Returns the choice of the users who use the host application: all of a few, one in `METERED` of many.
fn metering(plan: Plan) -> sql::Metering {
    let one_in = (plan.users / USERS_PER_SHARE).clamp(1, METERED);
    sql::Metering {
        seed: plan.seed,
        one_in: one_in.cast_signed(),
        until: plan.today.to_offset(UtcOffset::UTC).date(),
    }
}

/// Generates all rows in a blocking task, on one core, while PostgreSQL copies them on another.
fn generate(crowd: Crowd) -> (JoinHandle<()>, Receiver<Chunk>) {
    let (send, created) = mpsc::channel(1);
    let generating = task::spawn_blocking(move || {
        for chunk in crowd.chunks() {
            if send.blocking_send(chunk).is_err() {
                // The receiver is gone: the load has failed and returns its own error.
                return;
            }
        }
    });
    (generating, created)
}

async fn copy(
    connection: &mut PgConnection,
    mut created: Receiver<Chunk>,
    report: &mut impl FnMut(Step),
) -> Result<u64, db::Error> {
    let (mut user_count, mut rows) = (0, 0);
    while let Some(chunk) = created.recv().await {
        chunk.copy(connection).await?;
        user_count += chunk.user_count;
        rows += chunk.rows();
        report(Step::Users { user_count, rows });
    }
    Ok(rows)
}

async fn write_entry(connection: &mut PgConnection, plan: Plan) -> Result<Audited, Error> {
    let actor = audit::Actor {
        label: "rollcall demo".to_owned(),
        via: "cli",
        ..audit::Actor::default()
    };
    let entry = audit::Entry {
        action: Action::DemoLoaded,
        target_kind: TargetKind::System,
        target_id: None,
        target_label: &format!("{} users", plan.users),
        changes: json!({ "users": [plan.taken, plan.taken + plan.users] }),
        reason: None,
    };
    let (_, audited) = audit::insert(connection, &actor, &entry).await?;
    Ok(audited)
}

fn same_users(error: db::Error) -> Error {
    match error {
        db::Error::Constraint { .. } => SAME_USERS,
        other @ (db::Error::Unavailable(_) | db::Error::Other(_)) => other.into(),
    }
}
