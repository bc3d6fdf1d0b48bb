//! An authenticator (WebAuthn Level 3) that can lie in every way.
use super::Answer;
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use scraper::ElementRef;
use serde_json::{Value, json};
use std::sync::Arc;

/// Somebody was there.
pub const PRESENT: u8 = 0x01;
/// The authenticator knows them.
pub const VERIFIED: u8 = 0x04;
/// The key may be copied, and has been.
pub const COPIED: u8 = 0x18;

/// A passkey, and what its authenticator says of itself; clones have the same key.
#[derive(Clone, Debug)]
pub struct Passkey {
    key: Arc<EcdsaKeyPair>,
    id: Vec<u8>,
    /// Whose it is, as the server named them.
    pub handle: Option<Vec<u8>>,
    /// How often it has signed; stays 0 where it does not count.
    pub counter: u32,
    /// What it says in `flags`.
    pub flags: u8,
    /// The model.
    pub aaguid: [u8; 16],
    /// The page that it says has asked.
    pub origin: String,
    /// Whom it says it answers.
    pub rp_id: String,
    /// What it says in `type`, in place of the truth.
    pub kind: Option<&'static str>,
    /// Whether the page was in a frame of another.
    pub cross_origin: bool,
}

impl Passkey {
    /// A new key for the server at this address, bound to its device, which does not count.
    pub fn new(issuer: &str) -> Self {
        let mut id = vec![0; 32];
        aws_lc_rs::rand::fill(&mut id).unwrap();
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap().into(),
            id,
            handle: None,
            counter: 0,
            flags: PRESENT | VERIFIED,
            aaguid: [0; 16],
            origin: issuer.into(),
            rp_id: "localhost".into(),
            kind: None,
            cross_origin: false,
        }
    }

    /// The same passkey, saying that it is of somebody else, or not whose it is.
    #[must_use]
    pub fn saying(&self, handle: Option<&str>) -> Self {
        Self { handle: handle.map(|handle| handle.as_bytes().to_vec()), ..self.clone() }
    }

    /// The same passkey, signing with the key of another.
    #[must_use]
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self { key: other.key.clone(), ..self.clone() }
    }

    /// Its id, as the server writes it.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// Becomes a passkey of whom the options name: the answer of `create()`.
    pub fn create(&mut self, options: &Value) -> String {
        self.handle = Some(URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap());
        let data = self.authenticator_data(true);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        attestation.extend(data);
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", options)),
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "transports": ["internal", "smoke-signal"],
        });
        self.credential(&response)
    }

    /// The answer of `get()`.
    pub fn get(&self, options: &Value) -> String {
        let (data, client_data) = (self.authenticator_data(false), self.client_data("webauthn.get", options));
        let signed = [data.as_slice(), digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(self.key.sign(&SystemRandom::new(), &signed).unwrap()),
            "userHandle": self.handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle)),
        });
        self.credential(&response)
    }

    fn credential(&self, response: &Value) -> String {
        json!({
            "id": self.id(),
            "rawId": self.id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        })
        .to_string()
    }

    /// Section 6.1.
    fn authenticator_data(&self, with_key: bool) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | if with_key { 0x40 } else { 0 });
        data.extend(self.counter.to_be_bytes());
        if with_key {
            data.extend(self.aaguid);
            data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
            data.extend(&self.id);
            // {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}
            let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
            data.extend([b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat());
        }
        data
    }
}

impl Answer {
    /// What the form around this button asks the browser.
    #[track_caller]
    pub fn options(&self, button: &str) -> Value {
        let read = |element: ElementRef| {
            let form =
                element.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form");
            form.and_then(|form| form.attr("data-options")).map(ToOwned::to_owned)
        };
        let options = self.find(button, read).flatten().unwrap_or_else(|| panic!("no options at {button}: {self}"));
        serde_json::from_str(&options).unwrap()
    }
}
