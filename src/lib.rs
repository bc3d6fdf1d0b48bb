//! Genkan: a self-hosted OpenID Connect provider.
//!
//! Read, look up, decide, store, answer: [`web`] reads requests and answers, [`storage`] looks up and
//! stores, [`protocol`] decides, [`domain`] names the things. `ARCHITECTURE.md` has the map, the
//! arrows, and two walks from file to file.
#![forbid(unsafe_code)]
#![expect(rustdoc::private_intra_doc_links, reason = "the documentation is for its developers")]
pub mod admin;
pub mod app;
mod breached;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
mod fetch;
mod hashing;
mod i18n;
mod jobs;
pub mod keys;
pub mod mail;
mod metrics;
mod passkeys;
mod picture;
mod places;
pub mod protocol;
mod published;
pub mod server;
pub mod storage;
mod telemetry;
mod upstream;
mod vault;
mod web;
mod webhooks;
