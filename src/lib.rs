//! Genkan: a self-hosted OpenID Connect provider.
#![forbid(unsafe_code)]
pub mod domain;
pub mod protocol;
