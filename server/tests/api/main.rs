//! The whole application, as a browser or a program meets it, over a real database.

#![cfg(test)]

mod abandoned;
mod access;
mod access_tokens;
mod account;
mod addresses;
mod again;
mod audit;
mod auth;
mod days;
mod deleted;
mod document;
mod done_pages;
mod exports;
mod filters;
mod flash;
mod forms;
mod fovea;
mod guessed_address;
mod idempotency;
mod jobs;
mod keys;
mod large_bodies;
mod limits;
mod manage;
mod markup;
mod meta;
mod namesakes;
mod nulls;
mod own_address;
mod own_doors;
mod owned;
mod pages;
mod parts;
mod person;
mod reads_that_write;
mod registration;
mod reset;
mod security;
mod sessions;
mod setup;
mod stored_json;
mod support;
mod targets;
mod users;
