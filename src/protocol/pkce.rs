//! Proof Key for Code Exchange (RFC 7636), S256 only.
use super::{
    Error,
    error::{invalid_grant, invalid_request},
};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Checks the challenge of an authorization request (sections 4.2 and 4.3). `required`: it must be
/// there.
pub fn check_challenge(challenge: Option<&str>, method: Option<&str>, required: bool) -> Result<Option<String>, Error> {
    match (challenge, method) {
        (None, None) if required => {
            Err(invalid_request("code_challenge is missing: this client must use PKCE with S256"))
        }
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid_request("code_challenge_method is there without a code_challenge")),
        (Some(challenge), Some("S256")) if is_s256(challenge) => Ok(Some(challenge.into())),
        (Some(_), Some("S256")) => {
            Err(invalid_request("code_challenge must be the SHA-256 of the verifier in base64url, 43 characters"))
        }
        (Some(_), _) => Err(invalid_request("code_challenge_method must be S256")),
    }
}

/// The S256 challenge of a verifier: `BASE64URL(SHA256(ASCII(code_verifier)))` (section 4.2).
#[must_use]
pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

fn is_s256(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
}

/// Checks a verifier against the challenge of the authorization request (section 4.6).
pub fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Error> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if s256(verifier) == challenge => Ok(()),
        (Some(_), Some(_)) => Err(invalid_grant("code_verifier does not match the code_challenge")),
        (Some(_), None) => Err(invalid_grant("code_verifier is missing")),
        // RFC 9700 section 4.8.2: else an attacker could strip the challenge unnoticed.
        (None, Some(_)) => Err(invalid_grant("this code was issued without a code_challenge")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_appendix_b_passes() {
        assert_eq!(check_verifier(Some(CHALLENGE), Some(VERIFIER)), Ok(()));
    }

    /// `security.md` TK-05 to TK-07.
    #[test]
    fn a_challenge_and_its_verifier_belong_together() {
        let off_by_one = VERIFIER.replace("jXk", "jXl");
        for (challenge, verifier) in [
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some(CHALLENGE)),
            (Some(CHALLENGE), Some(off_by_one.as_str())),
            (Some(CHALLENGE), Some("")),
            (None, Some(VERIFIER)),
        ] {
            assert!(check_verifier(challenge, verifier).is_err(), "{challenge:?} {verifier:?}");
        }
        assert_eq!(check_verifier(None, None), Ok(()));
    }

    /// `security.md` AZ-27 to AZ-29.
    #[test]
    fn only_s256_in_its_one_form_is_a_challenge() {
        assert_eq!(check_challenge(Some(CHALLENGE), Some("S256"), true), Ok(Some(CHALLENGE.into())));
        assert_eq!(check_challenge(None, None, false), Ok(None));
        let too_long = format!("{CHALLENGE}{CHALLENGE}{CHALLENGE}");
        for (challenge, method) in [
            (None, None),
            (None, Some("S256")),
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (Some(CHALLENGE), Some("S512")),
            (Some(&CHALLENGE[1..]), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+/M"), Some("S256")),
            (Some(too_long.as_str()), Some("S256")),
        ] {
            assert!(check_challenge(challenge, method, true).is_err(), "{challenge:?} {method:?}");
        }
    }
}
