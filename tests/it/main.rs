//! The real program over HTTP, on SQLite and on PostgreSQL: one test binary.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod architecture;
mod browser;
mod real_clients;
mod sign_in;
