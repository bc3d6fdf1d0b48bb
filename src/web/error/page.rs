//! What people are told: a word for which the catalogue says more, and the status.
use super::RETRY_AFTER;
use crate::{
    hashing, keys, mail,
    protocol::{
        Error,
        authorize::{NOT_REGISTERED, Rejection},
    },
    storage, vault,
    web::account::Place,
};
use actix_web::{HttpResponse, ResponseError, http::StatusCode};

/// A failure that a person is told of.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The protocol says no, and there is no client to tell.
    #[error(transparent)]
    Protocol(Error),
    /// A form that did not come from one of our pages in this browser, or came too late.
    #[error("a form without a good token")]
    FormExpired,
    /// An interaction of another browser, or too old, or tampered with.
    #[error("an interaction that is not this browser's")]
    OtherBrowser,
    /// A page for people who are signed in, and have proved it lately where that matters.
    #[error("signing in comes first")]
    SignInFirst {
        /// Where to go on then.
        place: Place,
        /// The way to an app that this is a part of, sealed.
        interaction: Option<String>,
    },
    /// A page for those who run the instance, or for others of them.
    #[error("not theirs to do")]
    NotForYou,
    /// They must have a second factor first.
    #[error("a second factor comes first")]
    SecondFactorFirst,
    /// Something that somebody else changed meanwhile, or that is not possible as things are now.
    #[error("it is otherwise by now")]
    Stale,
    /// There is no such page.
    #[error("no such page")]
    NotFound,
    /// A page that is there, called in a way it does not support.
    #[error("no such method here")]
    MethodNotAllowed,
    /// More tries than the limit allows.
    #[error("too many tries; {0} seconds to wait")]
    TooManyRequests(i64),
    /// The form took too long to arrive.
    #[error("too slow a form")]
    TooSlow,
    /// The form is larger than it may be.
    #[error("too large a form")]
    TooLarge,
    /// More header fields than there may be.
    #[error("too large a head")]
    HeadTooLarge,
    /// A request that names no host, or several.
    #[error("no host, or several")]
    NoHost,
    /// A request to another host than ours.
    #[error("another host")]
    OtherHost,
    /// People cannot create accounts themselves here.
    #[error("sign-up is closed")]
    SignUpClosed,
    /// They can where they are invited.
    #[error("sign-up is by invitation")]
    InvitationNeeded,
    /// The link that creates the owner is spent or wrong.
    #[error("a setup link that is not good")]
    SetupLinkInvalid,
    /// A link that came by mail is spent, too old, or was replaced.
    #[error("a link that is not good")]
    LinkInvalid,
    /// An address that is proved to be another account's.
    #[error("an address that is taken")]
    EmailTaken,
    /// An app that is not open to whoever signs in this way.
    #[error("the app is not open to this way in")]
    WayInClosed,
    /// A provider to which nobody can be sent now.
    #[error("a provider cannot be reached")]
    Upstream,
    /// An answer of a provider to a request that is not this browser's, or too old, or answered.
    #[error("an answer of a provider to no request of this browser")]
    UpstreamState,
    /// A way in that was to be linked in another session.
    #[error("a link that another session began")]
    LinkOtherSession,
    /// A way in that is another account's.
    #[error("a way in that is another account's")]
    IdentityTaken,
    /// Mail.
    #[error(transparent)]
    Mail(#[from] mail::Error),
    /// More passwords wait than may.
    #[error(transparent)]
    Hashing(#[from] hashing::Error),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str),
}

impl PageError {
    /// The word for it in the message catalogue, and the status.
    pub(super) fn reason(&self) -> (&'static str, StatusCode) {
        match self {
            Self::Protocol(error) if *error == NOT_REGISTERED => ("invalid_redirect_uri", StatusCode::BAD_REQUEST),
            Self::Protocol(error) => (error.code.as_str(), StatusCode::BAD_REQUEST),
            Self::FormExpired => ("invalid_csrf", StatusCode::FORBIDDEN),
            Self::OtherBrowser => ("other_browser", StatusCode::BAD_REQUEST),
            Self::SignInFirst { .. } => ("login_required", StatusCode::UNAUTHORIZED),
            Self::NotForYou => ("not_for_you", StatusCode::FORBIDDEN),
            Self::SecondFactorFirst => ("second_factor_first", StatusCode::FORBIDDEN),
            Self::Stale => ("stale", StatusCode::CONFLICT),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::TooSlow => ("invalid_request", StatusCode::REQUEST_TIMEOUT),
            Self::TooManyRequests(_) => ("too_many_requests", StatusCode::TOO_MANY_REQUESTS),
            Self::TooLarge => ("payload_too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::HeadTooLarge => ("payload_too_large", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Self::NoHost => ("other_host", StatusCode::BAD_REQUEST),
            Self::OtherHost => ("other_host", StatusCode::MISDIRECTED_REQUEST),
            Self::SignUpClosed => ("sign_up_closed", StatusCode::FORBIDDEN),
            Self::InvitationNeeded => ("invitation_needed", StatusCode::FORBIDDEN),
            Self::SetupLinkInvalid => ("setup_link_invalid", StatusCode::FORBIDDEN),
            Self::LinkInvalid => ("link_invalid", StatusCode::FORBIDDEN),
            Self::EmailTaken => ("email_taken", StatusCode::CONFLICT),
            Self::WayInClosed => ("way_in_closed", StatusCode::FORBIDDEN),
            Self::Upstream => ("upstream_unavailable", StatusCode::BAD_GATEWAY),
            Self::UpstreamState => ("upstream_state", StatusCode::BAD_REQUEST),
            Self::LinkOtherSession => ("link_other_session", StatusCode::FORBIDDEN),
            Self::IdentityTaken => ("identity_taken", StatusCode::CONFLICT),
            Self::Mail(mail::Error::Storage(storage::Error::Unavailable(_)))
            | Self::Hashing(hashing::Error::Busy)
            | Self::Storage(storage::Error::Unavailable(_)) => {
                ("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Hashing(_) | Self::Storage(_) | Self::Keys(_) | Self::Mail(_) | Self::Internal(_) => {
                ("server_error", StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    pub(super) fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyRequests(seconds) => Some(*seconds),
            _ if self.reason().1 == StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER),
            _ => None,
        }
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Protocol(error)
    }
}

impl From<vault::Error> for PageError {
    fn from(why: vault::Error) -> Self {
        match why {
            vault::Error::Storage(why) => why.into(),
            vault::Error::Keys(why) => why.into(),
        }
    }
}

/// A request that was good when its interaction began and no longer is.
impl From<Rejection> for PageError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Page(error) | Rejection::Redirect(_, error) => Self::Protocol(error),
        }
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.reason().1
    }

    /// Bare; `show` puts the page in its place, which needs to know the language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
