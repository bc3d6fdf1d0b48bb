//! The database, and all the SQL there is.
//!
//! Every statement runs unchanged on SQLite and PostgreSQL. Whatever changes state does so by one
//! conditional statement (`UPDATE … WHERE still_valid RETURNING …`), of which one caller wins.
pub mod api_keys;
pub mod attempts;
pub mod audit;
pub mod cleanup;
pub mod clients;
mod columns;
pub mod consents;
pub mod copies;
mod db;
pub mod deliveries;
pub mod devices;
mod error;
pub mod figures;
pub mod grants;
pub mod groups;
pub mod idempotency;
pub mod identities;
pub mod leases;
pub mod manifest;
pub mod master_key;
pub mod news;
pub mod outbox;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod providers;
mod reader;
pub mod recovery;
pub mod registration;
pub mod revoked_tokens;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod signing_keys;
pub mod spent;
pub mod tickets;
pub mod upstream_requests;
pub mod upstream_tokens;
pub mod users;
pub mod versions;
pub mod webhooks;
mod writer;

pub use db::{Db, Options};
pub use error::{Error, Result};
