//! Genkan: a self-hosted OpenID Connect provider.
#![forbid(unsafe_code)]
pub mod clock;
pub mod config;
pub mod domain;
mod hashing;
mod i18n;
pub mod keys;
pub mod protocol;
pub mod storage;
mod web;
