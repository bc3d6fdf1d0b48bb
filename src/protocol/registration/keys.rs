//! Keys of clients: `jwks` or `jwks_uri` (RFC 7591 section 2), and whether they are enough for how it signs.
use super::faults::Faults;
use crate::{
    domain::{ClientAlgorithm, ClientAuthMethod, ClientKey, ClientKeys},
    i18n::Message,
};
use serde_json::Value;
use url::{Host, Url};

/// Where the keys of a client are: here, or at an address of its own.
pub(super) type Keys = (Option<ClientKeys>, Option<String>);

/// Reads both, of which a client has one, and has to where it signs.
pub(super) fn keys(
    faults: &mut Faults,
    (set, uri): (Option<&Value>, Option<String>),
    (method, algorithm): (ClientAuthMethod, Option<ClientAlgorithm>),
) -> Keys {
    let is_signer = method == ClientAuthMethod::PrivateKeyJwt;
    match (set, &uri) {
        (Some(_), Some(_)) => faults.add("jwks_uri", "fault-jwks-both"),
        (None, None) if is_signer => faults.add("jwks", "fault-jwks-missing"),
        _ => {}
    }
    let jwks = set.and_then(|set| jwks(faults, set));
    let fits =
        |key: &ClientKey| ClientAlgorithm::ALL.iter().any(|one| algorithm.is_none_or(|a| a == *one) && key.fits(*one));
    if is_signer && jwks.as_ref().is_some_and(|set| !set.keys.iter().any(fits)) {
        faults.add("jwks", "fault-jwks-none-signs");
    }
    let uri = uri.filter(|uri| {
        let is_good = is_address(uri);
        if !is_good {
            faults.add("jwks_uri", "fault-jwks-uri");
        }
        is_good
    });
    (jwks, uri)
}

/// A JWK Set (RFC 7517 section 5), of public keys alone.
fn jwks(faults: &mut Faults, set: &Value) -> Option<ClientKeys> {
    let Some(keys) = set.get("keys").and_then(Value::as_array) else {
        faults.add("jwks", "fault-jwks");
        return None;
    };
    if keys.len() > ClientKeys::MOST || set.to_string().len() > ClientKeys::LONGEST {
        let most = ClientKeys::MOST.to_string();
        faults.add("jwks", Message::new("fault-jwks-large").with("most", most));
        return None;
    }
    let mut read: Vec<ClientKey> = vec![];
    for (index, key) in keys.iter().enumerate() {
        let place = || Message::new("fault-jwks-key").with("number", (index + 1).to_string());
        match ClientKey::parse(key) {
            Err(why) => faults.add("jwks", place().telling("why", why)),
            Ok(key) if key.kid().is_some() && read.iter().any(|other| other.kid() == key.kid()) => {
                faults.add("jwks", place().telling("why", "fault-key-same"));
            }
            Ok(key) => read.push(key),
        }
    }
    Some(ClientKeys { keys: read })
}

/// Whether keys may be read there: by https, or on this machine, for development.
fn is_address(text: &str) -> bool {
    let Some(url) = Url::parse(text).ok().filter(|_| text.len() <= 2048) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(set: Option<&Value>, uri: Option<&str>, method: ClientAuthMethod, alg: &str) -> Vec<(String, String)> {
        let mut faults = Faults::default();
        let uri = uri.map(ToOwned::to_owned);
        let (jwks, kept) = keys(&mut faults, (set, uri.clone()), (method, alg.parse().ok()));
        assert!(!faults.0.is_empty() || jwks.is_some() == set.is_some() && kept == uri);
        faults.0.into_iter().map(|fault| (fault.field, fault.problem.key().to_owned())).collect()
    }

    /// `security.md` DC-04.
    #[test]
    fn a_client_has_keys_here_or_at_one_address() {
        let ed = |kid: Value| json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": kid });
        let set = |keys: Vec<Value>| Some(json!({ "keys": keys }));
        let (signer, basic) = (ClientAuthMethod::PrivateKeyJwt, ClientAuthMethod::Basic);
        let uri = Some("https://app.test/jwks.json");
        assert!(read(set(vec![ed(json!("a")), ed(json!("b"))]).as_ref(), None, signer, "").is_empty());
        assert!(read(None, uri, signer, "").is_empty());
        assert!(read(None, uri, basic, "").is_empty() && read(None, None, basic, "").is_empty());
        assert!(read(set(vec![]).as_ref(), None, basic, "").is_empty());
        let many = (0..=ClientKeys::MOST).map(|n| ed(json!(n.to_string()))).collect();
        for (jwks, uri, alg, fault) in [
            (None, None, "", ("jwks", "fault-jwks-missing")),
            (set(vec![ed(json!(null))]), uri, "", ("jwks_uri", "fault-jwks-both")),
            (set(vec![]), None, "", ("jwks", "fault-jwks-none-signs")),
            (set(vec![ed(json!(null))]), None, "ES256", ("jwks", "fault-jwks-none-signs")),
            (set(vec![ed(json!("a")), ed(json!("a"))]), None, "", ("jwks", "fault-jwks-key")),
            (set(many), None, "", ("jwks", "fault-jwks-large")),
            (set(vec![json!("x".repeat(1024 * 1024))]), None, "", ("jwks", "fault-jwks-large")),
            (Some(ed(json!("a"))), None, "", ("jwks", "fault-jwks")),
            (Some(json!([])), None, "", ("jwks", "fault-jwks")),
        ] {
            assert_eq!(read(jwks.as_ref(), uri, signer, alg), [(fault.0.to_owned(), fault.1.to_owned())]);
        }
        for (uri, is_good) in [
            ("http://localhost:3000/jwks", true),
            ("http://[::1]/jwks", true),
            ("http://app.test/jwks", false),
            ("https://u:p@app.test/jwks", false),
            ("https://app.test/jwks#a", false),
            ("file:///etc/passwd", false),
            ("jwks", false),
        ] {
            assert_eq!(read(None, Some(uri), signer, "").is_empty(), is_good, "{uri}");
        }
    }
}
