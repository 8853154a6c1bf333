//! Tests of the queries, triggers and plans with real databases, in one binary that is linked once.

#![cfg(test)]

mod access;
mod access_plans;
mod audit;
mod audit_list;
mod audit_plans;
mod conversation_plans;
mod counters;
mod days;
mod dialects;
mod directory_plans;
mod feature_access;
mod flashes;
mod fold_names;
mod folding;
mod groups;
mod jobs_plans;
mod limits_plans;
mod links;
mod list;
mod list_plans;
mod login_attempts;
mod roles;
mod schema;
mod session_store;
mod sessions;
mod sessions_list;
mod sessions_plans;
mod stall;
mod usage_plans;
mod visibility;
