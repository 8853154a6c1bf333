//! Tests of the service against real databases, as one binary, so that it is linked once.

#![cfg(test)]

mod access_tokens;
mod account;
mod audit;
mod audit_log;
mod auth;
mod clients;
mod conversations;
mod credentials;
mod deletion;
mod demo;
mod extensions;
mod features;
mod group_managers;
mod groups;
mod housekeeping;
mod idempotency;
mod identifiers;
mod invitations;
mod jobs;
mod keys;
mod last_admin;
mod limits;
mod limits_model;
mod names;
mod overview;
mod owned_limits;
mod registrations;
mod registrations_list;
mod registrations_rejected;
mod registrations_undo;
mod renamed_roles;
mod resources;
mod roles;
mod roles_many_users;
mod sessions;
mod setup;
mod strength;
mod support;
mod targets;
mod token_grants;
mod usage;
mod user_actions;
mod users;
mod virtual_keys;
