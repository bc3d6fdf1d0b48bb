//! The real program over HTTP, on SQLite and on PostgreSQL: one test binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod account;
mod architecture;
mod assurance;
mod authorize;
mod bearer;
mod breached;
mod browser;
mod client_links;
mod commands;
mod crash;
mod discovery;
mod email;
mod embedding;
mod every_route;
mod exhaustion;
mod guessing;
mod hostile;
mod leaving;
mod limits;
mod logs;
mod mail;
mod master_key;
mod pages;
mod passkeys;
mod places;
mod profile;
mod prompts;
mod races;
mod real_clients;
mod recovery;
mod redirect_uris;
mod refresh;
mod registration;
mod second_factor;
mod session_life;
mod sessions;
mod several;
mod sign_in;
mod sign_up;
mod simulators;
mod token;
mod unicode;
