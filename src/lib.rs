//! Genkan.

#![forbid(unsafe_code)]

pub mod i18n;
pub mod web;
