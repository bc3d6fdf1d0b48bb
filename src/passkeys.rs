//! Passkeys (WebAuthn Level 3): what authenticators are asked, and how their answers are judged
//! (sections 7.1 and 7.2), by `webauthn-rs`. No I/O: what lies between the two is the caller's to keep.
use crate::domain::{Aaguid, Digest, Issuer, UserId};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// How long a person may take to answer, in seconds.
pub const LIFETIME: i64 = 300;

/// Why an answer does not count. People are told one thing, whichever it is.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read.
    #[error("an answer that cannot be read")]
    Malformed,
    /// It was given to somebody else's page, in a frame, or for another purpose, or its signature does not hold.
    #[error("{0}")]
    Wrong(WebauthnError),
    /// It was given inside a page of another origin.
    #[error("an answer given in a frame")]
    Framed,
    /// It is of another person than it says.
    #[error("an answer for another person")]
    OtherPerson,
    /// The authenticator counts its signatures, and has counted fewer than before: there may be a copy.
    #[error("the counter went back")]
    CounterWentBack,
}

impl From<WebauthnError> for Refusal {
    fn from(why: WebauthnError) -> Self {
        match why {
            WebauthnError::CredentialPossibleCompromise => Self::CounterWentBack,
            why => Self::Wrong(why),
        }
    }
}

/// This instance, as authenticators know it: by the host of its issuer.
#[derive(Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
    id: String,
}

/// Whose passkey is made, as the authenticator shows it.
pub struct Owner<'a> {
    /// The person.
    pub id: &'a UserId,
    /// What they sign in with.
    pub login: &'a str,
    /// How they are called.
    pub name: &'a str,
}

/// What a browser is asked, as JSON, and what judging its answer takes.
pub struct Asked<S> {
    /// The options, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    pub options: String,
    /// Not for the browser to read.
    pub state: S,
}

/// A passkey is being made.
#[derive(Serialize, Deserialize)]
pub struct Adding(PasskeyRegistration);

/// A passkey is being used.
#[derive(Serialize, Deserialize)]
pub struct Proving {
    state: DiscoverableAuthentication,
    /// Whether it is known who is asked; else the answer has to say.
    is_known: bool,
}

/// A passkey that was made.
#[derive(Debug)]
pub struct Made {
    /// What the authenticator calls it.
    pub credential_id: String,
    /// What judging its answers takes, as JSON.
    pub credential: String,
    /// How often it has signed.
    pub counter: i64,
    /// By what it was made.
    pub aaguid: Option<Aaguid>,
}

/// What a good answer proves.
#[derive(Debug)]
pub struct Proved {
    /// What judging the next answer takes.
    pub credential: String,
    /// How often it has signed.
    pub counter: i64,
    /// Whether the key may be on several devices.
    pub may_be_copied: bool,
    /// Whether the authenticator made sure that it is its owner.
    pub verified: bool,
}

/// An answer, read and not yet judged.
pub struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads what `toJSON` wrote.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let credential: PublicKeyCredential = serde_json::from_str(text).map_err(|_| Refusal::Malformed)?;
        if credential.type_ == "public-key" { Ok(Self(credential)) } else { Err(Refusal::Malformed) }
    }

    /// The passkey that it says it is of.
    #[must_use]
    pub fn credential_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0.raw_id)
    }
}

impl Passkeys {
    /// `None`: the issuer is an address, and passkeys are for names (section 5.1.3).
    #[must_use]
    pub fn new(issuer: &Issuer) -> Option<Self> {
        let origin = Url::parse(issuer.as_str()).ok()?;
        let id = origin.domain()?.to_owned();
        let lifetime = Duration::from_secs(LIFETIME.unsigned_abs());
        let builder = WebauthnBuilder::new(&id, &origin).ok()?.timeout(lifetime);
        Some(Self { webauthn: builder.build().ok()?, id })
    }

    /// The relying party's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Asks for a new passkey that its authenticator can find by itself and uses for its owner alone;
    /// not from one that has made one of those in `known`. `instance`: what it may call us.
    pub fn ask_for_new(&self, instance: &str, owner: &Owner, known: &[String]) -> Result<Asked<Adding>, Refusal> {
        // The library wants a UUID; ours may be any text, and are no business of the authenticator's.
        let (asked, state) = self.webauthn.start_passkey_registration(Uuid::nil(), owner.login, owner.name, None)?;
        let mut options = to_value(&asked.public_key)?;
        options["rp"]["name"] = instance.into();
        options["user"]["id"] = URL_SAFE_NO_PAD.encode(handle(owner.id)).into();
        options["excludeCredentials"] = descriptors(known);
        options["authenticatorSelection"]["residentKey"] = "required".into();
        options["authenticatorSelection"]["requireResidentKey"] = true.into();
        Ok(Asked { options: options.to_string(), state: Adding(state) })
    }

    /// Judges what came of asking for a new one.
    pub fn judge_new(&self, answer: &str, Adding(state): &Adding) -> Result<Made, Refusal> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| Refusal::Malformed)?;
        if answer.type_ != "public-key" {
            return Err(Refusal::Malformed);
        }
        not_framed(&answer.response.client_data_json)?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, state)?;
        let credential = to_json(&passkey)?;
        let made = Credential::from(passkey);
        Ok(Made {
            credential_id: URL_SAFE_NO_PAD.encode(&made.cred_id),
            credential,
            counter: made.counter.into(),
            aaguid: self.aaguid(&answer.response.attestation_object),
        })
    }

    /// Asks for a passkey that there is: one of these, or any where none is named.
    pub fn ask(&self, known: &[String]) -> Result<Asked<Proving>, Refusal> {
        let (asked, state) = self.webauthn.start_discoverable_authentication()?;
        let mut options = to_value(&asked.public_key)?;
        options["allowCredentials"] = descriptors(known);
        Ok(Asked { options: options.to_string(), state: Proving { state, is_known: !known.is_empty() } })
    }

    /// Judges an answer by the passkey that it names, which is `owner`'s.
    pub fn judge(
        &self,
        Answer(answer): &Answer,
        Proving { state, is_known }: &Proving,
        credential: &str,
        owner: &UserId,
    ) -> Result<Proved, Refusal> {
        not_framed(&answer.response.client_data_json)?;
        // Section 7.2, step 6: an authenticator that was told which passkey may leave out whose it is.
        match answer.get_user_unique_id() {
            Some(said) if said == handle(owner).as_bytes() => {}
            None if *is_known => {}
            _ => return Err(Refusal::OtherPerson),
        }
        let mut passkey: Passkey = serde_json::from_str(credential).map_err(|_| Refusal::Malformed)?;
        let result = self.webauthn.finish_discoverable_authentication_v2(answer, state.clone(), &passkey)?;
        passkey.update_credential(&result);
        Ok(Proved {
            credential: to_json(&passkey)?,
            counter: result.counter().into(),
            may_be_copied: result.backup_eligible(),
            verified: result.user_verified(),
        })
    }

    /// The authenticator's model. Its data begin with the hash of our id, flags and counter; then comes
    /// this (section 6.5.1).
    fn aaguid(&self, attestation: &[u8]) -> Option<Aaguid> {
        let hash = digest::digest(&digest::SHA256, self.id.as_bytes());
        let begin = attestation.windows(hash.as_ref().len()).position(|bytes| bytes == hash.as_ref())?;
        let bytes = attestation.get(begin + 37..begin + 53)?;
        Some(Aaguid(u128::from_be_bytes(bytes.try_into().ok()?)))
    }
}

/// What authenticators know a person by: always the same, and nothing that means anything elsewhere.
#[must_use]
pub fn handle(user: &UserId) -> String {
    Digest::of(&format!("passkeys of {user}")).as_str().to_owned()
}

/// Refuses what was answered inside a page of another origin, which the library lets through.
fn not_framed(client_data: &[u8]) -> Result<(), Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ClientData {
        cross_origin: Option<bool>,
        top_origin: Option<String>,
    }
    let data: ClientData = serde_json::from_slice(client_data).map_err(|_| Refusal::Malformed)?;
    if data.cross_origin == Some(true) || data.top_origin.is_some() { Err(Refusal::Framed) } else { Ok(()) }
}

fn descriptors(known: &[String]) -> Value {
    known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect()
}

fn to_value(value: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|_| Refusal::Malformed)
}

fn to_json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|_| Refusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_known_by_the_host_of_its_issuer() {
        let id = |issuer: &str| Passkeys::new(&Issuer::parse(issuer).unwrap()).map(|known| known.id);
        assert_eq!(id("https://id.example.com").as_deref(), Some("id.example.com"));
        assert_eq!(id("https://id.example.com:8443").as_deref(), Some("id.example.com"));
        assert_eq!(id("http://localhost:8080").as_deref(), Some("localhost"));
        for address in ["http://127.0.0.1:8080", "http://[::1]:8080", "https://192.0.2.1"] {
            assert_eq!(id(address), None, "{address}");
        }
    }

    #[test]
    fn what_is_asked_for_is_found_without_a_name_and_verifies_its_owner() {
        let passkeys = Passkeys::new(&Issuer::parse("https://id.example.com").unwrap()).unwrap();
        let owner = Owner { id: &"alice".into(), login: "alice@example.com", name: "Alice" };
        let asked = passkeys.ask_for_new("Home", &owner, &["AAAA".into()]).unwrap();
        let options: Value = serde_json::from_str(&asked.options).unwrap();
        assert_eq!(options["rp"], json!({ "id": "id.example.com", "name": "Home" }));
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["requireResidentKey"], true);
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["excludeCredentials"][0]["id"], "AAAA");
        assert_eq!(options["timeout"], 300_000);
        let id = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        assert_eq!((id.len(), id), (43, handle(&"alice".into()).into_bytes()));
        assert_ne!(handle(&"alice".into()), handle(&"bob".into()));

        let asked = passkeys.ask(&["AAAA".into()]).unwrap();
        let options: Value = serde_json::from_str(&asked.options).unwrap();
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["rpId"], "id.example.com");
        assert_eq!(options["allowCredentials"], json!([{ "type": "public-key", "id": "AAAA" }]));
    }

    #[test]
    fn an_answer_in_a_frame_is_refused() {
        for data in [r#"{"crossOrigin":true}"#, r#"{"crossOrigin":false,"topOrigin":"https://evil.test"}"#, "", "[]"] {
            assert!(not_framed(data.as_bytes()).is_err(), "{data}");
        }
        assert!(not_framed(br#"{"crossOrigin":false}"#).is_ok() && not_framed(b"{}").is_ok());
    }
}
