//! Members in several languages (RFC 7591 section 2.2): `client_name#ja` beside `client_name`. They are told apart from
//! all others here, wherever metadata is read, and have the rules of the member without a tag.
use super::{ClientMetadata, faults::Faults};
use crate::{
    domain::{Localized, Readable},
    i18n::Message,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{fmt, marker::PhantomData};

/// In how many languages a member may be.
const MOST: usize = 20;

/// Whether a member is one in a language.
#[must_use]
pub fn is_tagged(name: &str) -> bool {
    Readable::split(name).is_some()
}

/// Reads members in languages.
pub(super) fn localized(faults: &mut Faults, members: Vec<(String, String)>) -> Localized {
    let mut localized = Localized::default();
    for (name, text) in members {
        let Some((member, tag)) = Readable::split(&name) else {
            faults.add(&name, "fault-language");
            continue;
        };
        let text = match member {
            Readable::ClientName => faults.line(&name, Some(text)),
            Readable::ClientUri | Readable::LogoUri | Readable::PolicyUri | Readable::TosUri => {
                faults.link(&name, Some(text))
            }
        };
        let Ok(language) = tag.parse() else {
            faults.add(&name, "fault-language");
            continue;
        };
        if !localized.insert(member, language, text.unwrap_or_default()) {
            faults.add(&name, "fault-language-twice");
        } else if localized.of(member).count() == MOST + 1 {
            faults.add(&name, Message::new("fault-too-many").with("most", MOST.to_string()));
        }
    }
    localized
}

/// Metadata, and its members in languages, which are too many to be fields. `T` has all the others, and may refuse what
/// it does not know.
#[derive(Debug)]
pub struct InLanguages<T> {
    /// All but these.
    pub plain: T,
    /// Names and texts, in the order they came in.
    pub localized: Vec<(String, String)>,
}

impl<T: Into<ClientMetadata>> From<InLanguages<T>> for ClientMetadata {
    fn from(read: InLanguages<T>) -> Self {
        Self { localized: read.localized, ..read.plain.into() }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InLanguages<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = InLanguages<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata of a client")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<InLanguages<T>, A::Error> {
        let mut localized = vec![];
        let plain = T::deserialize(MapAccessDeserializer::new(Sieve { map, tagged: &mut localized }))?;
        Ok(InLanguages { plain, localized })
    }
}

/// Lets all members through but those in languages.
struct Sieve<'a, A> {
    map: A,
    tagged: &'a mut Vec<(String, String)>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Sieve<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.map.next_key::<String>()? {
            if !is_tagged(&name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            // As for any other member, null is nothing.
            let text: Option<String> = self.map.next_value()?;
            self.tagged.extend(text.map(|text| (name, text)));
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::register;

    fn read(json: &str) -> Result<ClientMetadata, String> {
        let read: InLanguages<ClientMetadata> = serde_json::from_str(json).map_err(|why| why.to_string())?;
        Ok(read.into())
    }

    fn with(members: &str) -> String {
        format!(
            r#"{{"client_name":"Shop","token_endpoint_auth_method":"none","redirect_uris":["https://shop.test/cb"],{members}}}"#
        )
    }

    #[test]
    fn members_in_languages_are_read_beside_the_others() {
        let json = with(r#""client_name#JA":" 店 ","tos_uri#ja-jpan":"https://shop.test/ja","logo_uri#ja":null"#);
        let client = register(read(&json).unwrap()).unwrap();
        let members: Vec<_> = client.localized.members().collect();
        assert_eq!(
            members,
            [("client_name#ja".to_owned(), "店"), ("tos_uri#ja-Jpan".to_owned(), "https://shop.test/ja")]
        );
        assert_eq!((client.name_in("ja"), client.name_in("en")), ("店", "Shop"));
    }

    #[test]
    fn each_has_the_rules_of_the_member_without_a_tag() {
        let long = "x".repeat(101);
        let many: Vec<_> = ('a'..='u').map(|c| format!(r#""client_name#en-x-{c}":"x""#)).collect();
        for (members, field, key) in [
            (r#""client_name#jp":"x""#, "client_name#jp", "fault-language"),
            (r#""client_name#":"x""#, "client_name#", "fault-language"),
            (r#""client_name#ja#JP":"x""#, "client_name#ja#JP", "fault-language"),
            (r#""client_name#ja":"x","client_name#JA":"x""#, "client_name#JA", "fault-language-twice"),
            (r#""client_name#ja":"x","client_name#ja":"x""#, "client_name#ja", "fault-language-twice"),
            (r#""client_name#ja":" ""#, "client_name#ja", "fault-readable"),
            (r#""client_name#ja":"a\nb""#, "client_name#ja", "fault-readable"),
            (&format!(r#""client_name#ja":"{long}""#), "client_name#ja", "fault-readable"),
            (r#""logo_uri#ja":"javascript:alert(1)""#, "logo_uri#ja", "fault-https"),
            (r#""policy_uri#ja":"http://shop.test/""#, "policy_uri#ja", "fault-https"),
            (r#""tos_uri#ja":"""#, "tos_uri#ja", "fault-https"),
            (r#""client_uri#ja":"//shop.test""#, "client_uri#ja", "fault-https"),
            (&many.join(","), "client_name#en-x-u", "fault-too-many"),
        ] {
            let faults = register(read(&with(members)).unwrap()).unwrap_err();
            let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.problem.key())).collect();
            assert_eq!(told, [(field, key)], "{members}");
        }
    }

    #[test]
    fn no_other_member_is_let_through() {
        for (member, told) in [
            (r#""client_nam#ja":"x""#, "unknown field `client_nam#ja`, expected one of `client_id`"),
            (r#""scope#ja":"x""#, "unknown field `scope#ja`"),
            (r#""localized":[]"#, "unknown field `localized`"),
            (r#""client_name":"x""#, "duplicate field `client_name`"),
            (r#""client_name#ja":5"#, "invalid type: integer `5`, expected a string"),
        ] {
            let why = read(&with(member)).unwrap_err();
            assert!(why.starts_with(told) && why.contains(" at line 1 column "), "{why}");
        }
    }
}
