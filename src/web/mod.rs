//! HTTP.

pub mod pages;
