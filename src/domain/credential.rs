//! What an app on a device has from a provider's SDK, to show who somebody is.
use super::Secret;

/// A credential, by its kind. What it is worth is for the provider to say.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An ID token; perhaps with the access token that it was given with, which it then has to belong to.
    IdToken {
        /// The ID token.
        token: Secret,
        /// The access token beside it.
        access_token: Option<Secret>,
    },
    /// An access token.
    AccessToken(Secret),
    /// A code for the server.
    Code {
        /// The code.
        code: Secret,
        /// For which of our names at the provider it was made, where there are several.
        audience: Option<String>,
        /// Whether it comes from a pop-up of a page rather than from an app (Google).
        by_popup: bool,
    },
}

impl Credential {
    /// What tells it from every other, so that nobody brings it again. Of an ID token it is what is signed: a signature
    /// may be written in more than one way.
    #[must_use]
    pub fn unique(&self) -> &str {
        match self {
            Self::IdToken { token, .. } => {
                let whole = token.reveal();
                whole.rsplit_once('.').map_or(whole, |(signed, _)| signed)
            }
            Self::AccessToken(secret) | Self::Code { code: secret, .. } => secret.reveal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `providers.md` bug 33.
    #[test]
    fn an_id_token_is_the_same_whatever_its_signature() {
        let id_token = |text: &str| Credential::IdToken { token: text.into(), access_token: None };
        assert_eq!(id_token("a.b.c").unique(), id_token("a.b.d").unique());
        assert_ne!(id_token("a.b.c").unique(), id_token("a.c.c").unique());
        assert_ne!(Credential::AccessToken("a.b".into()).unique(), Credential::AccessToken("a.c".into()).unique());
    }
}
