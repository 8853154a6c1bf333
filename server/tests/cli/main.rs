//! The command line, run with a real database.

#![cfg(test)]

mod access;
mod audit;
mod audit_log;
mod colours;
mod conversations;
mod create;
mod databases;
mod delete;
mod dialects;
mod doctor;
mod errors;
mod failed_sign_ins;
mod guide;
mod hosts;
mod kept_alive;
mod keys;
mod list;
mod log;
mod memory;
mod meter;
mod migrate;
mod pgbouncer;
mod pipes;
mod purge;
mod recover;
mod remote;
mod restore;
mod roles;
mod schemas;
mod server;
mod slow_clients;
mod stalled;
mod stored_json;
mod support;
mod suspend;
mod tokens;
mod update;
mod upgrade;
mod virtual_keys;
