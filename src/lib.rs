//! Genkan: a self-hosted OpenID Connect provider.
#![forbid(unsafe_code)]
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
mod hashing;
mod i18n;
mod jobs;
pub mod keys;
pub mod protocol;
pub mod server;
pub mod storage;
mod web;
