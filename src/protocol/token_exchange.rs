//! Token exchange (RFC 8693): an app on a device trades what it has from a provider's SDK for tokens of ours.
//!
//! The provider is named by `subject_issuer`, never by the token; a nonce of ours (`native_nonce`) ties the token to
//! this sign-in. Whatever is refused is refused by a word that stays the same, for the app, and a sentence, for its
//! developer.
use super::{Code, Error, error::invalid_request, params::Params};
use crate::domain::{Client, Credential, Issuer, ProviderName, Scopes, Secret};

/// Kinds of tokens (section 3).
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// The same: what is issued.
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// An authorization code, for which the specification has no name.
const AUTHORIZATION_CODE: &str = "urn:genkan:params:oauth:token-type:authorization_code";

/// Parameters that may be there several times (section 2.1).
pub const REPEATABLE: [&str; 2] = ["audience", "resource"];

/// The longest name that an app may tell, in bytes.
const LONGEST_NAME: usize = 1024;

/// A sign-in by a provider's SDK.
#[derive(Debug, Clone)]
pub struct TokenExchangeRequest {
    /// Where the credential comes from.
    pub provider: ProviderName,
    /// The credential.
    pub credential: Credential,
    /// The nonce that we gave.
    pub nonce: Option<String>,
    /// What for.
    pub scope: Scopes,
    /// What the SDK says that the person is called; nobody has signed it.
    pub user_name: Option<String>,
    /// For whom else the tokens are to be.
    targets: Vec<String>,
}

impl TokenExchangeRequest {
    /// Reads what a client asks for that may use this grant type.
    pub fn parse(params: &Params, client: &Client) -> Result<Self, Error> {
        // Nobody acts for anybody else here (section 1.1).
        if params.get("actor_token").or(params.get("actor_token_type")).is_some() {
            return Err(invalid_request("actor_token is not served: tokens are for whoever signed in"));
        }
        if params.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
            return Err(invalid_request("requested_token_type must be that of access tokens, or be left out"));
        }
        let provider = params.require("subject_issuer", "subject_issuer is missing: the name of a provider")?;
        Ok(Self {
            provider: provider.parse().map_err(|_| invalid_request("subject_issuer is no name of a provider"))?,
            credential: credential(params)?,
            nonce: params.get("nonce").map(Into::into),
            scope: scope(params, client)?,
            user_name: params.get("user_name").filter(|name| name.len() <= LONGEST_NAME).map(Into::into),
            targets: REPEATABLE.iter().flat_map(|name| params.all(name)).map(Into::into).collect(),
        })
    }

    /// Refuses to issue tokens for others than ourselves (section 2.2.2).
    pub fn check_targets(&self, issuer: &Issuer) -> Result<(), Error> {
        let good = self.targets.iter().all(|target| target == issuer.as_str());
        if good { Ok(()) } else { Err(Error::new(Code::InvalidTarget, "tokens are issued for this provider alone")) }
    }
}

fn credential(params: &Params) -> Result<Credential, Error> {
    let secret = || match params.require("subject_token", "subject_token is missing")? {
        // A provider might forgive what is around it, and one would be as good as two.
        text if text.bytes().all(|c| c.is_ascii_graphic()) => Ok(Secret::from(text)),
        _ => Err(invalid_request("subject_token has a character that no token has")),
    };
    match params.require("subject_token_type", "subject_token_type is missing")? {
        ID_TOKEN => {
            Ok(Credential::IdToken { token: secret()?, access_token: params.get("access_token").map(Secret::from) })
        }
        ACCESS_TOKEN => Ok(Credential::AccessToken(secret()?)),
        AUTHORIZATION_CODE => Ok(Credential::Code {
            code: secret()?,
            audience: params.get("subject_audience").map(Into::into),
            by_popup: match params.get("redirect_uri") {
                None => false,
                Some("postmessage") => true,
                Some(_) => return Err(invalid_request("redirect_uri must be postmessage, or be left out")),
            },
        }),
        _ => Err(invalid_request("subject_token_type must be that of ID tokens, access tokens or authorization codes")),
    }
}

/// What is asked for, which must be no more than the client may have; to sign in, where nothing is said.
fn scope(params: &Params, client: &Client) -> Result<Scopes, Error> {
    let invalid = |why| Error::new(Code::InvalidScope, why);
    let requested = params.get("scope").unwrap_or("openid").parse::<Scopes>();
    let requested = requested.map_err(|_| invalid("scope has a character that is not allowed"))?;
    if !client.scope.covers(&requested) {
        return Err(invalid("scope names something that this client may not have"));
    }
    Ok(requested)
}

/// Why an app gets no tokens for what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// As the specifications name it, with a sentence.
    pub error: Error,
    /// The word for it (`genkan_error`).
    pub reason: &'static str,
}

/// Declares refusals, and the list of all.
macro_rules! refusals {
    ($($name:ident = $code:ident $reason:literal $description:literal),+ $(,)?) => {
        $(
            #[doc = concat!("`", $reason, "`.")]
            pub const $name: Refusal =
                Refusal { error: Error::new(Code::$code, $description), reason: $reason };
        )+

        #[cfg(test)]
        const ALL: &[Refusal] = &[$($name),+];
    };
}

// Section 2.2.2 has `invalid_request` for whatever is wrong with a subject token. Apps are told more by `invalid_grant`
// (RFC 6749 section 5.2): a request that is wrong stays wrong, a credential that is not good may be followed by a better.
refusals! {
    PROVIDER_NOT_ALLOWED = UnauthorizedClient "provider_not_allowed" "the client is not open to people of this provider",
    PROVIDER_DISABLED = InvalidGrant "provider_disabled" "there is no such provider here, or it is switched off",
    NOT_SUPPORTED = InvalidGrant "credential_not_supported"
        "the provider does not say for whom such a credential is; sign in by the browser flow instead",
    NONCE_MISSING = InvalidGrant "nonce_missing" "get a nonce from /native/nonce, give it to the SDK and send it along",
    NONCE = InvalidGrant "nonce_mismatch"
        "the nonce is not one that was given to this client for this provider in the last minutes, or the token has another",
    MALFORMED = InvalidGrant "malformed" "it is not what subject_token_type says, or its times cannot be",
    SIGNATURE = InvalidGrant "bad_signature" "no key of the provider has signed it in the way that is expected",
    ISSUER = InvalidGrant "issuer_not_allowed" "it is of another issuer or tenant",
    AUDIENCE = InvalidGrant "audience_not_allowed"
        "it was made for an app that the settings of the provider do not name (audiences, authorized_parties)",
    EXPIRED = InvalidGrant "expired" "it has expired; ask the SDK for a new one",
    ACCESS_TOKEN_MISMATCH = InvalidGrant "access_token_mismatch" "it does not belong to access_token",
    REJECTED = InvalidGrant "rejected" "the provider does not accept it, or did before",
    REPLAYED = InvalidGrant "replayed" "it was taken before",
    NOT_WELCOME = InvalidGrant "not_welcome" "people of this domain or tenant are not welcome here",
    UNKNOWN = InvalidGrant "not_known" "nobody is known by this identity, and nobody gets an account for it",
    SUSPENDED = InvalidGrant "identity_suspended"
        "the provider has told us that this account of its is not to be relied on; sign in in another way",
    DISABLED = InvalidGrant "account_disabled" "the account may not sign in",
    ACCOUNT_EXISTS = InteractionRequired "account_exists"
        "an account has this address; open the browser flow, where its owner signs in and adds this way in",
    SECOND_FACTOR = InteractionRequired "interaction_required"
        "a second factor is asked for; open the browser flow",
    AWAY = InteractionRequired "interaction_required"
        "the account is frozen or about to be deleted; open the browser flow, where its owner can come back",
    SIGN_UP_ASKS = InteractionRequired "interaction_required"
        "a new account takes an answer on a page; open the browser flow",
    CONSENT = InteractionRequired "consent_required"
        "the person has not let this client have this yet; open the browser flow, or set skip_consent for your own app",
    PROVIDER_UNAVAILABLE = TemporarilyUnavailable "provider_unavailable" "the provider cannot be reached; try again later",
    TOO_MANY = TemporarilyUnavailable "too_many_requests" "too many tries from this address; try again later",
    CHANGED = TemporarilyUnavailable "try_again" "something has changed meanwhile; sign in again",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::{ClientMetadata, register};

    fn parse(query: &str) -> Result<TokenExchangeRequest, Code> {
        let client = register(ClientMetadata {
            client_name: Some("Phone".into()),
            token_endpoint_auth_method: Some("none".into()),
            grant_types: Some(vec!["urn:ietf:params:oauth:grant-type:token-exchange".into()]),
            scope: Some("openid email".into()),
            ..ClientMetadata::default()
        });
        let params = Params::parse(query.as_bytes()).unwrap();
        TokenExchangeRequest::parse(&params, &client.unwrap()).map_err(|error| error.code)
    }

    const GOOD: &str =
        "subject_issuer=google&subject_token=t&subject_token_type=urn:ietf:params:oauth:token-type:id_token&nonce=n";

    /// `security.md` TX-02 and TX-03.
    #[test]
    fn a_request_says_what_it_brings_and_from_where() {
        let read = parse(&format!("{GOOD}&access_token=a&user_name=Hana&scope=email")).unwrap();
        assert_eq!((read.provider.as_str(), read.nonce.as_deref()), ("google", Some("n")));
        assert_eq!((read.scope.to_string().as_str(), read.user_name.as_deref()), ("email", Some("Hana")));
        assert!(matches!(read.credential, Credential::IdToken { access_token: Some(_), .. }));
        assert_eq!(parse(GOOD).unwrap().scope.to_string(), "openid");
        let of = |kind: &str| GOOD.replace("urn:ietf:params:oauth:token-type:id_token", kind);
        assert!(matches!(parse(&of(ACCESS_TOKEN)).unwrap().credential, Credential::AccessToken(_)));
        let code = |more: &str| parse(&format!("{}{more}", of(AUTHORIZATION_CODE))).map(|read| read.credential);
        assert!(matches!(code(""), Ok(Credential::Code { audience: None, by_popup: false, .. })));
        assert!(matches!(code("&redirect_uri=postmessage"), Ok(Credential::Code { by_popup: true, .. })));
        assert!(matches!(code("&subject_audience=a"), Ok(Credential::Code { audience: Some(_), .. })));
        for (query, expected) in [
            (GOOD.replace("subject_issuer=google&", ""), Code::InvalidRequest),
            (GOOD.replace("google", "https://accounts.google.com"), Code::InvalidRequest),
            (GOOD.replace("subject_token=t&", ""), Code::InvalidRequest),
            (GOOD.replace("subject_token=t", "subject_token=t+"), Code::InvalidRequest),
            (of(""), Code::InvalidRequest),
            (of("id_token"), Code::InvalidRequest),
            (of("urn:ietf:params:oauth:token-type:refresh_token"), Code::InvalidRequest),
            (of("urn:ietf:params:oauth:token-type:saml2"), Code::InvalidRequest),
            (format!("{}&redirect_uri=https://evil.test", of(AUTHORIZATION_CODE)), Code::InvalidRequest),
            (format!("{GOOD}&actor_token=a"), Code::InvalidRequest),
            (format!("{GOOD}&actor_token_type={ACCESS_TOKEN}"), Code::InvalidRequest),
            (format!("{GOOD}&requested_token_type={ID_TOKEN}"), Code::InvalidRequest),
            (format!("{GOOD}&scope=openid+profile"), Code::InvalidScope),
            (format!("{GOOD}&scope=%22"), Code::InvalidScope),
        ] {
            assert_eq!(parse(&query).err(), Some(expected), "{query}");
        }
        assert!(parse(&format!("{GOOD}&requested_token_type={ACCESS_TOKEN}")).is_ok());
    }

    /// `security.md` TX-02.
    #[test]
    fn tokens_are_for_this_provider_alone() {
        let issuer = Issuer::parse("https://id.test").unwrap();
        let check =
            |more: &str| parse(&format!("{GOOD}{more}")).unwrap().check_targets(&issuer).map_err(|error| error.code);
        for good in ["", "&audience=https://id.test", "&resource=https://id.test&resource=https://id.test"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in
            ["&audience=other", "&resource=https://api.test", "&audience=https://id.test&audience=https://api.test"]
        {
            assert_eq!(check(bad), Err(Code::InvalidTarget), "{bad}");
        }
    }

    /// RFC 6749 section 5.2: which characters a description may have.
    #[test]
    fn refusals_can_be_told() {
        for Refusal { error, reason } in ALL {
            let is_plain = |text: &str| text.bytes().all(|c| matches!(c, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
            assert!(
                is_plain(error.description) && reason.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'),
                "{reason}"
            );
        }
    }
}
