//! What a person says of themselves, claim by claim (OpenID Connect Core section 5.1).
use super::{Claim, Profile, address::Address};
use serde_json::{Map, Value};

impl Profile {
    /// What is said of a claim.
    #[must_use]
    pub fn get(&self, claim: Claim) -> Option<&str> {
        let members = if claim.is_of_address() { self.0.get("address")?.as_object()? } else { &self.0 };
        members.get(claim.as_str())?.as_str()
    }

    /// Says something else of a claim, or nothing more. What was proved of what it was goes with it.
    pub fn set(&mut self, claim: Claim, value: String) {
        if self.get(claim).unwrap_or_default() == value {
            return;
        }
        if claim == Claim::PhoneNumber {
            self.0.remove("phone_number_verified");
        }
        if !claim.is_of_address() {
            put(&mut self.0, claim.as_str(), value);
            return;
        }
        let address = self.0.entry("address").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(members) = address {
            put(members, claim.as_str(), value);
            let part = |claim: Claim| members.get(claim.as_str()).and_then(Value::as_str).unwrap_or_default();
            let address = Address {
                street: part(Claim::StreetAddress),
                locality: part(Claim::Locality),
                region: part(Claim::Region),
                code: part(Claim::PostalCode),
                country: part(Claim::Country),
            };
            let whole = address.formatted();
            put(members, "formatted", whole);
            if members.is_empty() {
                self.0.remove("address");
            }
        }
    }

    /// The language they read, as a BCP 47 tag.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.0.get("locale")?.as_str()
    }

    /// Sets the language they read.
    pub fn set_locale(&mut self, tag: &str) {
        put(&mut self.0, "locale", tag.into());
    }

    /// The address of a picture that is kept elsewhere.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        self.0.get("picture")?.as_str()
    }

    /// Forgets it.
    pub fn remove_picture(&mut self) {
        self.0.remove("picture");
    }
}

fn put(claims: &mut Map<String, Value>, name: &str, value: String) {
    if value.is_empty() {
        claims.remove(name);
    } else {
        claims.insert(name.into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_proved_of_a_number_is_not_true_of_another() {
        let claims = json!({ "phone_number": "+819012345678", "phone_number_verified": true });
        let mut profile = Profile::from_claims(claims.as_object().unwrap().clone()).unwrap();
        profile.set(Claim::PhoneNumber, "+819012345678".into());
        assert!(profile.0.contains_key("phone_number_verified"));
        profile.set(Claim::PhoneNumber, "+819012345679".into());
        assert_eq!(Value::Object(profile.0.clone()), json!({ "phone_number": "+819012345679" }));
        profile.set(Claim::PhoneNumber, String::new());
        assert!(profile.0.is_empty());
    }

    #[test]
    fn an_address_that_nobody_changes_stays_as_it_was() {
        let claims = json!({ "address": { "formatted": "Somewhere", "country": "Japan" } });
        let mut profile = Profile::from_claims(claims.as_object().unwrap().clone()).unwrap();
        profile.set(Claim::Country, "Japan".into());
        assert_eq!(profile.0["address"]["formatted"], "Somewhere");
        profile.set(Claim::Locality, "Kyoto".into());
        assert_eq!(profile.0["address"]["formatted"], "Japan\nKyoto");
        profile.set(Claim::Country, String::new());
        profile.set(Claim::Locality, String::new());
        assert!(profile.0.is_empty());
    }
}
