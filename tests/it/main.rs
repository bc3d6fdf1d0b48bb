//! The real program over HTTP, on SQLite and on PostgreSQL: one test binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod account;
mod architecture;
mod assurance;
mod authorize;
mod bearer;
mod browser;
mod commands;
mod crash;
mod discovery;
mod hostile;
mod leaving;
mod limits;
mod master_key;
mod pages;
mod passkeys;
mod prompts;
mod races;
mod real_clients;
mod redirect_uris;
mod refresh;
mod second_factor;
mod sessions;
mod several;
mod sign_in;
mod token;
