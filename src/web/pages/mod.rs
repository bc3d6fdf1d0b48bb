//! The hosted pages: a struct and a template each; all their words are in `templates/i18n/`.

pub mod consent;
pub mod enroll;
pub mod error;
pub mod form_post;
pub mod page;
pub mod passkey;
pub mod render;
pub mod returning;
pub mod second_factor;
pub mod select_account;
pub mod setup;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod signed_out;

#[cfg(test)]
mod tests;
