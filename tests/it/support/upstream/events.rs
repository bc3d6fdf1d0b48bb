//! What providers send by themselves: Apple's notifications, Google's security events (RFC 8417), Facebook's signed
//! requests, and logout tokens (OpenID Connect Back-Channel Logout section 2.4). `Part::Event` changes their claims.
use super::{
    Part, Signing, Upstream,
    keys::hmac_sha256,
    site::{Site, now},
};
use crate::support::random;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// What Facebook posts in the field `signed_request`, as its text.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    /// What it says.
    pub payload: Value,
    /// What it is signed with.
    pub secret: String,
    /// Whether what is signed is the JSON itself, and not, as it should be, its encoding.
    pub over_json: bool,
}

impl std::fmt::Display for SignedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let json = self.payload.to_string();
        let encoded = URL_SAFE_NO_PAD.encode(&json);
        let signed = if self.over_json { &json } else { &encoded };
        let signature = hmac_sha256(self.secret.as_bytes(), signed.as_bytes());
        write!(f, "{}.{encoded}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Upstream {
    /// Apple's news of a person, the body of its request: `email-disabled`, `email-enabled`, `consent-revoked`,
    /// `account-delete`.
    pub fn notification(&self, kind: &str, subject: &str) -> String {
        let site = self.site();
        let mut event = json!({ "type": kind, "sub": subject, "event_time": now() * 1000 });
        if kind.starts_with("email-") {
            event["email"] = site.account.email.clone().into();
            event["is_private_email"] = "true".into();
        }
        let mut claims = envelope(&site, &site.base);
        claims["exp"] = (now() + 86_400).into();
        // JSON inside JSON.
        claims["events"] = event.to_string().into();
        let payload = site.sign(Part::Event, Signing::Key(site.key()), json!({}), claims);
        json!({ "payload": payload }).to_string()
    }

    /// Google's news of a person, the body of its request: the last part of the name of an event, such as
    /// `sessions-revoked`.
    pub fn security_event(&self, event: &str, subject: &str) -> String {
        let site = self.site();
        let family = if event.starts_with("token") { "oauth" } else { "risc" };
        let issuer = format!("{}/", site.base);
        let subject = json!({ "subject_type": "iss-sub", "iss": issuer, "sub": subject });
        let detail = match event {
            "verification" => json!({ "state": random() }),
            "account-disabled" => json!({ "subject": subject, "reason": "hijacking" }),
            _ => json!({ "subject": subject }),
        };
        let mut claims = envelope(&site, &issuer);
        claims["events"] =
            json!({ (format!("https://schemas.openid.net/secevent/{family}/event-type/{event}")): detail });
        site.sign(Part::Event, Signing::Key(site.key()), json!({}), claims)
    }

    /// What Facebook posts when somebody takes the app away, or wants their data deleted.
    pub fn signed_request(&self, user_id: &str) -> SignedRequest {
        let payload = json!({ "algorithm": "HMAC-SHA256", "issued_at": now(), "user_id": user_id });
        SignedRequest { payload, secret: self.client_secret(), over_json: false }
    }

    /// What a provider posts in the field `logout_token` when somebody signs out there.
    pub fn logout_token(&self, subject: Option<&str>, sid: Option<&str>) -> String {
        let site = self.site();
        let mut claims = envelope(&site, &site.base);
        claims["exp"] = (now() + 120).into();
        claims["events"] = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        for (name, value) in [("sub", subject), ("sid", sid)] {
            if let Some(value) = value {
                claims[name] = value.into();
            }
        }
        site.sign(Part::Event, Signing::Key(site.key()), json!({ "typ": "logout+jwt" }), claims)
    }

    /// The `sid` of whoever is signed in there.
    pub fn sid(&self) -> String {
        self.site().sid.clone()
    }
}

fn envelope(site: &Site, issuer: &str) -> Value {
    json!({ "iss": issuer, "aud": site.client_id, "iat": now(), "jti": random() })
}
