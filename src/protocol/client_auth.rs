//! Client authentication (RFC 6749 section 2.3, OpenID Connect Core section 9): which of the ways a client takes, and
//! whether its secret is right. What it signs is judged in `client_assertion.rs`.
use super::{
    Error,
    client_assertion::Assertion,
    error::{invalid_client, invalid_request},
    params::Params,
};
use crate::domain::{Client, ClientId, Digest, Secret, Timestamp};
use base64::{Engine, engine::general_purpose::STANDARD};

/// How a client says who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub client_id: ClientId,
    /// How it proves that.
    pub proof: Proof,
}

/// What a client brings to prove who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: it is public.
    Nothing,
    /// The secret that it shares with us.
    Secret(Secret),
    /// What it has signed (`client_assertion.rs`).
    Assertion(Box<Assertion>),
}

impl Proof {
    fn of(secret: Option<Secret>) -> Self {
        secret.map_or(Self::Nothing, Self::Secret)
    }
}

const TWO_WAYS: Error = invalid_request("the client authenticates in two ways");

impl Credentials {
    /// Reads them from the `Authorization` header and the body; one way alone may be used.
    pub fn parse(authorization: Option<&str>, params: &Params) -> Result<Self, Error> {
        let in_body = (params.once("client_id")?, params.once("client_secret")?);
        let assertion = Assertion::among(params)?;
        if assertion.is_some() && (authorization.is_some() || in_body.1.is_some()) {
            return Err(TWO_WAYS);
        }
        if let Some(assertion) = assertion {
            let client_id = assertion.client_id();
            // RFC 7521 section 4.2: it need not be there.
            if in_body.0.is_some_and(|sent| sent != client_id.as_str()) {
                return Err(invalid_request("the client_id of the body is not that of the assertion"));
            }
            return Ok(Self { client_id, proof: Proof::Assertion(Box::new(assertion)) });
        }
        let Some(header) = authorization else {
            let client_id = in_body.0.ok_or(invalid_client("the client does not say who it is"))?;
            return Ok(Self { client_id: client_id.into(), proof: Proof::of(in_body.1.map(Into::into)) });
        };
        let basic = basic(header)?;
        if in_body.1.is_some() {
            return Err(TWO_WAYS);
        }
        if in_body.0.is_some_and(|client_id| client_id != basic.client_id.as_str()) {
            return Err(invalid_request("the client_id of the body is not that of the header"));
        }
        Ok(basic)
    }

    /// Whether a secret, or none, is that of this client. An unknown one takes as long to refuse.
    pub fn check(&self, client: Option<&Client>, now: Timestamp) -> Result<(), Error> {
        let refused = invalid_client("the client is not known, or its secret is wrong");
        let presented = match &self.proof {
            Proof::Nothing => None,
            Proof::Secret(secret) => Some(secret.digest()),
            Proof::Assertion(_) => return Err(refused),
        };
        let Some(client) = client else {
            let _ = presented.is_some_and(|digest| digest == Digest::of(""));
            return Err(refused);
        };
        match (&client.secret_digest, presented) {
            (Some(_), Some(presented)) if !client.is_public() && client.has_secret(&presented, now) => Ok(()),
            (None, None) if client.is_public() => Ok(()),
            (None, Some(_)) if client.is_public() => {
                Err(invalid_client("this client is public: it must not send a secret"))
            }
            _ => Err(refused),
        }
    }
}

/// HTTP Basic: both halves are form-encoded first (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Result<Credentials, Error> {
    let malformed = invalid_client("the Authorization header must be: Basic base64(client_id:client_secret)");
    let (scheme, encoded) = header.split_once(' ').ok_or(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed);
    }
    let decoded = STANDARD.decode(encoded.trim_start_matches(' ')).map_err(|_| malformed)?;
    let middle = decoded.iter().position(|byte| *byte == b':').ok_or(malformed)?;
    let half = |encoded: &[u8]| {
        // One name without a value, by the same decoder as everything else.
        let named = Params::parse(&[b"x=", encoded].concat()).map_err(|_| malformed)?;
        if encoded.contains(&b'&') { Err(malformed) } else { Ok(named.get("x").unwrap_or_default().to_owned()) }
    };
    let (client_id, secret) = (half(&decoded[..middle])?, half(&decoded[middle + 1..])?);
    if client_id.is_empty() {
        return Err(malformed);
    }
    let secret = Some(secret.into()).filter(|_| !decoded.ends_with(b":"));
    Ok(Credentials { client_id: ClientId(client_id), proof: Proof::of(secret) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PreviousSecret;
    use crate::protocol::{
        Code,
        registration::{ClientMetadata, register},
    };

    fn read(header: Option<&str>, body: &str) -> Result<(String, Option<String>), Code> {
        let header = header.map(|text| format!("Basic {}", STANDARD.encode(text)));
        Credentials::parse(header.as_deref(), &Params::parse(body.as_bytes()).unwrap())
            .map(|c| match c.proof {
                Proof::Nothing => (c.client_id.0, None),
                Proof::Secret(secret) => (c.client_id.0, Some(secret.reveal().to_owned())),
                Proof::Assertion(_) => panic!("nothing is signed here"),
            })
            .map_err(|error| error.code)
    }

    /// `security.md` TK-09.
    #[test]
    fn credentials_are_read_from_one_place() {
        let both = |id: &str, secret: &str| Ok((id.to_owned(), Some(secret.to_owned())));
        assert_eq!(read(Some("web:s"), ""), both("web", "s"));
        assert_eq!(read(Some("a%3Ab:p%25+%2B"), ""), both("a:b", "p% +"));
        assert_eq!(read(Some("web:s"), "client_id=web"), both("web", "s"));
        assert_eq!(read(None, "client_id=web&client_secret=s"), both("web", "s"));
        assert_eq!(read(None, "client_id=spa"), Ok(("spa".into(), None)));
        assert_eq!(read(Some("web:"), ""), Ok(("web".into(), None)));
        assert_eq!(read(Some("web:s"), "client_id=other"), Err(Code::InvalidRequest));
        assert_eq!(read(Some("web:s"), "client_secret=s"), Err(Code::InvalidRequest));
        assert_eq!(read(None, "client_id=a&client_id=a"), Err(Code::InvalidRequest));
        for (header, body) in
            [(None, ""), (Some("web"), ""), (Some(":s"), ""), (Some("a&b:s"), ""), (Some("a%00:s"), "")]
        {
            assert_eq!(read(header, body), Err(Code::InvalidClient), "{header:?}");
        }
        for header in ["Bearer x", "Basic", "Basic ###", "basicweb"] {
            assert!(Credentials::parse(Some(header), &Params::default()).is_err(), "{header}");
        }
    }

    /// `security.md` TK-10.
    #[test]
    fn the_right_secret_alone_opens() {
        let metadata = ClientMetadata {
            client_id: Some("web".into()),
            client_name: Some("Web".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            ..ClientMetadata::default()
        };
        let web = register(metadata.clone()).unwrap();
        let spa = register(ClientMetadata {
            client_secret: None,
            token_endpoint_auth_method: Some("none".into()),
            ..metadata
        })
        .unwrap();
        let check = |secret: Option<&str>, client| {
            let proof = Proof::of(secret.map(Into::into));
            Credentials { client_id: "web".into(), proof }.check(client, Timestamp(9)).is_ok()
        };
        assert!(check(Some("0123456789abcdef"), Some(&web)));
        for wrong in [None, Some(""), Some("null"), Some("0123456789ABCDEF"), Some("0123456789abcdef ")] {
            assert!(!check(wrong, Some(&web)), "{wrong:?}");
        }
        let previous_secret = |until| {
            let digest = Digest::of("the one before it");
            Client { previous_secret: Some(PreviousSecret { digest, until: Timestamp(until) }), ..web.clone() }
        };
        let [lasting, over] = [10, 9].map(previous_secret);
        assert!(check(Some("the one before it"), Some(&lasting)) && check(Some("0123456789abcdef"), Some(&lasting)));
        assert!(!check(Some("the one before it"), Some(&over)) && check(Some("0123456789abcdef"), Some(&over)));
        assert!(check(None, Some(&spa)) && !check(Some("x"), Some(&spa)) && !check(Some("x"), None));
    }
}
