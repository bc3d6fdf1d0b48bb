//! OAuth 2.0 and OpenID Connect as pure functions over typed values: no I/O, no clock, no
//! randomness, no framework.
pub mod registration;
