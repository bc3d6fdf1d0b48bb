//! Genkan: a self-hosted OpenID Connect provider.
#![forbid(unsafe_code)]
pub mod config;
pub mod domain;
pub mod protocol;
