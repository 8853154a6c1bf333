//! The command line, by running it over a real database.

#![cfg(test)]

mod audit;
mod audit_log;
mod create;
mod delete;
mod failed_sign_ins;
mod faults;
mod guide;
mod keys;
mod list;
mod log;
mod memory;
mod purge;
mod recover;
mod remote;
mod restore;
mod server;
mod slow_clients;
mod stored_json;
mod support;
mod suspend;
mod tokens;
mod update;
