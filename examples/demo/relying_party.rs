//! The OpenID Connect half of the app: what an app of yours would have. All of it is the
//! `openidconnect` crate, but for the issuer in the response (RFC 9207), which it leaves to the app.
use crate::{
    Failure,
    provider::{CLIENT_ID, Provider},
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce,
    NonceVerifier, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope, SubjectIdentifier, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreTokenResponse, CoreUserInfoClaims},
    url::Url,
};
use serde::Deserialize;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The app, as Genkan knows it.
pub struct RelyingParty {
    client: Client,
    issuer: IssuerUrl,
    end_session: EndSessionUrl,
    after_sign_out: PostLogoutRedirectUrl,
    http: reqwest::Client,
}

/// What must be remembered from the request to its response.
pub struct Pending {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// The parameters that a browser brings back.
#[derive(Deserialize)]
pub struct Response {
    iss: Option<String>,
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Tokens that were verified.
pub struct Tokens {
    pub id_token: CoreIdToken,
    pub access_token: AccessToken,
    pub refresh_token: Option<RefreshToken>,
    subject: SubjectIdentifier,
}

impl RelyingParty {
    /// Reads what Genkan says of itself, its keys included.
    pub async fn discover(provider: &Provider, home: &str) -> Result<Self, Failure> {
        // A provider answers itself: to follow it elsewhere would let it reach into our network.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let issuer = IssuerUrl::new(provider.issuer.clone())?;
        let metadata =
            ProviderMetadataWithLogout::discover_async(issuer.clone(), &|request| send(http.clone(), request)).await?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let secret = ClientSecret::new(provider.client_secret.clone());
        let client = Client::from_provider_metadata(metadata, ClientId::new(CLIENT_ID.into()), Some(secret))
            .set_redirect_uri(RedirectUrl::new(format!("{home}/callback"))?);
        Ok(Self {
            client,
            issuer,
            end_session: end_session.ok_or("there is no end_session_endpoint")?,
            after_sign_out: PostLogoutRedirectUrl::new(format!("{home}/signed-out"))?,
            http,
        })
    }

    /// Where to send a browser to sign in.
    pub fn sign_in(&self) -> (Url, Pending) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.into())))
            .set_pkce_challenge(challenge)
            .url();
        (url, Pending { state, nonce, verifier })
    }

    /// Checks what came back and redeems the code.
    pub async fn finish(&self, pending: Pending, response: Response) -> Result<Tokens, Failure> {
        if response.iss.as_deref() != Some(self.issuer.as_str()) {
            return Err("the response is not from Genkan (iss)".into());
        }
        if response.state.as_deref() != Some(pending.state.secret()) {
            return Err("the response is not to this browser's request (state)".into());
        }
        if let Some(error) = response.error {
            return Err(format!("{error}: {}", response.error_description.unwrap_or_default()).into());
        }
        let code = AuthorizationCode::new(response.code.ok_or("the response has no code")?);
        let tokens = self
            .client
            .exchange_code(code)?
            .set_pkce_verifier(pending.verifier)
            .request_async(&|request| send(self.http.clone(), request))
            .await?;
        self.verify(&tokens, &pending.nonce, None)
    }

    /// New tokens for old.
    pub async fn refresh(&self, old: &Tokens) -> Result<Tokens, Failure> {
        let refresh_token = old.refresh_token.as_ref().ok_or("there is no refresh token")?;
        let tokens = self
            .client
            .exchange_refresh_token(refresh_token)?
            .request_async(&|request| send(self.http.clone(), request))
            .await?;
        // A renewed ID token has no nonce, and must be about the same person (OpenID Connect Core section 12.2).
        self.verify(&tokens, |_: Option<&Nonce>| Ok(()), Some(old))
    }

    /// What Genkan knows of the person, as far as they agreed.
    pub async fn userinfo(&self, tokens: &Tokens) -> Result<CoreUserInfoClaims, Failure> {
        let request = self.client.user_info(tokens.access_token.clone(), Some(tokens.subject.clone()))?;
        Ok(request.request_async(&|request| send(self.http.clone(), request)).await?)
    }

    /// Where to send a browser to sign out.
    pub fn sign_out(&self, tokens: &Tokens) -> Url {
        LogoutRequest::from(self.end_session.clone())
            .set_id_token_hint(&tokens.id_token)
            .set_post_logout_redirect_uri(self.after_sign_out.clone())
            .http_get_url()
    }

    /// Signature, issuer, audience, times and nonce are checked by the crate; then the binding of
    /// the access token to the ID token.
    fn verify(
        &self,
        tokens: &CoreTokenResponse,
        nonce: impl NonceVerifier,
        old: Option<&Tokens>,
    ) -> Result<Tokens, Failure> {
        let id_token = tokens.id_token().ok_or("the response has no ID token")?;
        let verifier = self.client.id_token_verifier();
        let claims = id_token.claims(&verifier, nonce)?;
        if old.is_some_and(|old| old.subject != *claims.subject()) {
            return Err("the new tokens are somebody else's".into());
        }
        if let Some(expected) = claims.access_token_hash() {
            let hash = AccessTokenHash::from_token(
                tokens.access_token(),
                id_token.signing_alg()?,
                id_token.signing_key(&verifier)?,
            )?;
            if hash != *expected {
                return Err("the access token is not the one of the ID token (at_hash)".into());
            }
        }
        let old_refresh_token = old.and_then(|old| old.refresh_token.clone());
        Ok(Tokens {
            id_token: id_token.clone(),
            access_token: tokens.access_token().clone(),
            refresh_token: tokens.refresh_token().cloned().or(old_refresh_token),
            subject: claims.subject().clone(),
        })
    }
}

/// How the crate sends its requests.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut received = http.execute(request.try_into()?).await?;
    let (status, headers) = (received.status(), std::mem::take(received.headers_mut()));
    let mut response = HttpResponse::new(received.bytes().await?.into());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
