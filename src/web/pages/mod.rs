//! The hosted pages: a struct and a template each; all their words are in `templates/i18n/`.

pub mod consent;
pub mod enroll;
pub mod error;
pub mod forgot;
pub mod form_post;
pub mod invite;
pub mod link;
pub mod local_mail;
pub mod mail_link;
pub mod mail_sign_in;
pub mod page;
pub mod passkey;
pub mod provider_buttons;
pub mod quiet_link;
pub mod render;
pub mod reset;
pub mod returning;
pub mod second_factor;
pub mod select_account;
pub mod setup;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sign_up_mail;
pub mod signed_out;

#[cfg(test)]
mod tests;
