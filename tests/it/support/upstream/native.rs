//! What an app on a device gets from a provider's own library, and hands to Genkan.
use super::{Account, Upstream, account::Grant, site::now};
use crate::support::Params;
use serde_json::json;

/// How an app asks.
#[derive(Clone, Debug, Default)]
pub struct Native {
    /// Whom the answer is for, if not for whom it usually is: Apple's bundle id, a client id.
    pub audience: Option<String>,
    /// The nonce that the library is given, as it is given.
    pub nonce: Option<String>,
    /// Google: the client id of the app itself, where the answer is for its server.
    pub azp: Option<String>,
    /// Who is signed in on the device, if not who is in the browser.
    pub account: Option<Account>,
}

impl Native {
    /// With this nonce.
    pub fn with_nonce(nonce: &str) -> Self {
        Self { nonce: Some(nonce.into()), ..Self::default() }
    }

    /// For this client.
    pub fn audience(audience: &str) -> Self {
        Self { audience: Some(audience.into()), ..Self::default() }
    }
}

impl Upstream {
    /// An ID token.
    pub fn native_id_token(&self, native: Native) -> String {
        let grant = self.native_grant(native);
        self.site().id_token(&grant, json!({}), None)
    }

    /// A code for the server: Google's `serverAuthCode`, Apple's `authorizationCode`.
    pub fn native_code(&self, native: Native) -> String {
        let grant = self.native_grant(native);
        let mut site = self.site();
        let code = site.provider.code();
        // Apple's team has the app as a client of its own.
        site.other_clients.insert(grant.client_id.clone());
        site.codes.insert(code.clone(), grant);
        code
    }

    /// An access token of LINE or Facebook; for another app, if `audience` says so.
    pub fn native_access_token(&self, native: Native) -> String {
        let audience = native.audience.clone().unwrap_or_else(|| self.client_id());
        let grant = self.native_grant(Native { audience: Some(audience), ..native });
        self.site().access_token("", &grant)
    }

    fn native_grant(&self, native: Native) -> Grant {
        let site = self.site();
        let given = [("nonce", native.nonce), ("azp", native.azp)];
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        // Whoever asks for a code wants to come back with it.
        let request = Params(given.collect()).and("access_type", "offline");
        Grant {
            account: native.account.unwrap_or_else(|| site.account.clone()),
            client_id: native.audience.unwrap_or_else(|| site.provider.native_audience(&site)),
            scopes: site.provider.scopes().iter().map(|scope| (*scope).to_owned()).collect(),
            request,
            at: now(),
            first: true,
            native: true,
        }
    }
}
