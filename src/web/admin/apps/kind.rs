//! The kinds of apps that there are templates for: what each is registered with, safe unless somebody wants otherwise.
use crate::{
    domain::{ApplicationType, Client, GrantType, words},
    protocol::registration::ClientMetadata,
};

/// A kind of app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the browser alone.
    Spa,
    /// On a server, which keeps a secret.
    Web,
    /// Installed on people's devices.
    Native,
    /// For itself, and nobody else.
    Machine,
    /// A server of the Model Context Protocol, or an agent that acts for people.
    Agent,
}

words!(Kind { Spa = "spa", Web = "web", Native = "native", Machine = "machine", Agent = "agent" });

impl Kind {
    /// What an app most likely is, by how it is registered.
    pub fn of(client: &Client) -> Self {
        let is_native = client.application_type == ApplicationType::Native;
        match client.is_public() {
            _ if !client.may(GrantType::AuthorizationCode) => Self::Machine,
            false => Self::Web,
            true if is_native => Self::Native,
            true => Self::Spa,
        }
    }

    /// What an app of this kind is registered with.
    pub fn metadata(self) -> ClientMetadata {
        let text = |text: &str| Some(text.to_owned());
        let with_code = Some(vec!["authorization_code".to_owned(), "refresh_token".to_owned()]);
        let base = ClientMetadata {
            grant_types: with_code,
            require_pkce: Some(true),
            skip_consent: Some(false),
            application_type: text("web"),
            token_endpoint_auth_method: text("none"),
            ..ClientMetadata::default()
        };
        match self {
            Self::Spa => ClientMetadata { scope: text("openid profile email"), ..base },
            Self::Web => ClientMetadata {
                token_endpoint_auth_method: text("client_secret_basic"),
                scope: text("openid profile email offline_access"),
                ..base
            },
            Self::Native => ClientMetadata {
                application_type: text("native"),
                scope: text("openid profile email offline_access"),
                ..base
            },
            Self::Machine => ClientMetadata {
                token_endpoint_auth_method: text("client_secret_basic"),
                grant_types: Some(vec!["client_credentials".into()]),
                scope: text("api"),
                ..base
            },
            // An agent acts while nobody looks: what it holds is good for less long.
            Self::Agent => ClientMetadata {
                application_type: text("native"),
                redirect_uris: vec!["http://127.0.0.1/callback".into()],
                scope: text("openid offline_access"),
                access_token_lifetime: Some(600),
                ..base
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::register;

    #[test]
    fn every_template_is_right_but_for_what_only_its_owner_knows() {
        for kind in Kind::ALL {
            let metadata = kind.metadata();
            let is_public = metadata.token_endpoint_auth_method.as_deref() == Some("none");
            let redirect_uris = match kind {
                Kind::Native => vec!["com.example.app:/callback".into()],
                Kind::Machine => vec![],
                Kind::Agent => metadata.redirect_uris.clone(),
                _ => vec!["https://app.example.com/callback".into()],
            };
            let client = register(ClientMetadata {
                client_name: Some("App".into()),
                client_secret: (!is_public).then(|| "0123456789abcdef".into()),
                redirect_uris,
                ..metadata
            });
            let client = client.unwrap_or_else(|faults| panic!("{kind}: {faults:?}"));
            assert!(client.require_pkce && !client.skip_consent, "{kind}");
            assert!(*kind == Kind::Agent || Kind::of(&client) == *kind, "{kind}");
        }
    }
}
